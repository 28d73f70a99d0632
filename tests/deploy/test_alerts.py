"""docker/alerts.yml: Prometheus would read it, and every metric and label that it names exists in a running service."""

from __future__ import annotations

import re
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from assistant.braking import AN_HOUR
from assistant.privacy.retention import LATE
from assistant.settings import ROOT
from tests.support.faces import BASE, Face, open_face, sms_form

WORDS = yaml.safe_load((ROOT / "docker" / "alerts.yml").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = [rule for group in WORDS["groups"] for rule in group["rules"]]
SELECTOR = re.compile(r"\b(camille_\w+|up)(?:\{([^}]*)\})?")
GROUPED = re.compile(r"\bby \(([^)]*)\)")
# Prometheus's own: whether it could read the page at all.
UP = "up"


def names() -> list[str]:
    return [rule["alert"] for rule in RULES]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    """Every series that /metrics shows after one message, one failure and one limit."""
    face: Face = open_face(tmp_path_factory.mktemp("var"), limited=True)
    for number in range(AN_HOUR + 2):
        face.post("/sms", sms_form(f"message {number}", sid=f"SM{number}"))
    face.app.test_client().get("/", base_url=BASE)
    text = face.app.test_client().get("/metrics", base_url=BASE).get_data(as_text=True)
    face.close()
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


@pytest.fixture(scope="module")
def shown(samples: list[Sample]) -> dict[str, set[str]]:
    """Their labels, by name."""
    found: dict[str, set[str]] = {}
    for sample in samples:
        found.setdefault(sample.name, set()).update(sample.labels)
    return found


def test_the_file_is_what_prometheus_reads() -> None:
    assert set(WORDS) == {"groups"}
    assert all(set(group) <= {"name", "interval", "rules"} for group in WORDS["groups"])
    assert len(set(names())) == len(RULES)


def test_prometheus_asks_who_the_rules_speak_of() -> None:
    """The job by its name, at the port that a face listens on, with the secret that a face is given."""
    asks = yaml.safe_load((ROOT / "docker" / "prometheus.yml").read_text(encoding="utf-8"))
    compose = yaml.safe_load((ROOT / "docker" / "compose.yml").read_text(encoding="utf-8"))
    (job,) = asks["scrape_configs"]
    assert {name for rule in RULES for name in re.findall(r'job="(\w+)"', rule["expr"])} == {job["job_name"]}
    assert asks["rule_files"] == ["alerts.yml"]
    (where,) = job["dns_sd_configs"]
    face = compose["services"][where["names"][0]]
    assert str(where["port"]) == face["environment"]["PORT"]
    assert "front" in face["networks"]
    given = face["environment"]["METRICS_TOKEN_FILE"].rpartition("/")[2]
    assert job["authorization"]["credentials_file"] == given in face["secrets"]


@pytest.mark.parametrize("rule", RULES, ids=names())
class TestRule:
    def test_it_says_what_happens_and_what_to_do(self, rule: dict[str, Any]) -> None:
        assert {"alert", "expr", "labels", "annotations"} <= set(rule) <= {
            "alert", "expr", "for", "labels", "annotations",
        }  # fmt: skip
        assert re.fullmatch(r"[A-Z][A-Za-z]+", rule["alert"])
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert set(rule["annotations"]) == {"summary", "description"}
        assert all(text.strip().endswith((".", "?")) for text in rule["annotations"].values())

    def test_prometheus_understands_the_expression(self, rule: dict[str, Any]) -> None:
        assert promql_parser.parse(rule["expr"]) is not None

    def test_what_it_looks_at_exists(self, rule: dict[str, Any], shown: dict[str, set[str]]) -> None:
        looked_at = SELECTOR.findall(rule["expr"])
        assert looked_at
        for name, matchers in looked_at:
            if name == UP:
                continue
            assert name in shown, name
            assert set(re.findall(r"(\w+)!?=", matchers)) <= shown[name]
            for grouped in GROUPED.findall(rule["expr"]):
                assert {label.strip() for label in grouped.split(",")} <= shown[name]

    def test_its_words_name_only_what_the_expression_keeps(self, rule: dict[str, Any]) -> None:
        kept = {label.strip() for found in GROUPED.findall(rule["expr"]) for label in found.split(",")}
        used = set(re.findall(r"\$labels\.(\w+)", " ".join(rule["annotations"].values())))
        assert used <= kept


def test_a_wrong_expression_would_be_found() -> None:
    with pytest.raises(ValueError, match=r"."):
        promql_parser.parse("sum by (rate(camille_turns_total[10m])")


@pytest.mark.parametrize(
    "watched",
    ["outbox_age", "last_purge", "answers", "failures", "sent_for_one", "misunderst", "turn_seconds", "budget"],
)
def test_what_must_be_watched_is(watched: str) -> None:
    assert any(watched in rule["expr"] for rule in RULES)


def test_each_part_that_may_be_away_wakes_somebody(samples: list[Sample]) -> None:
    """And no rule waits for a part that nothing tells of."""
    told = {sample.labels["part"] for sample in samples if sample.name == "camille_up"}
    watched = {part for rule in RULES for part in re.findall(r'camille_up\{part="(\w+)"\} == 0', rule["expr"])}
    assert watched == told


def test_a_purge_is_late_here_when_it_is_for_whoever_asks_on_the_command_line() -> None:
    (rule,) = [rule for rule in RULES if "last_purge" in rule["expr"]]
    assert rule["expr"].endswith(f"> {LATE.total_seconds():.0f}")

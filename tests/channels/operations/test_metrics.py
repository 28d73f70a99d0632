"""/metrics: what it counts, for whom it is there, and that nobody can be found in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from assistant.errors import SettingError
from assistant.privacy.retention import purge_all
from assistant.settings import read_settings
from assistant.storage import switches
from channels.limits.limits import EXTENSION
from channels.operations.metrics import OTHER
from tests.channels.visitor import Visitor
from tests.support.faces import BASE, NOON, Face, call_form, open_face, sms_form
from tests.support.practice import Browser
from tests.support.redis_server import redis_server

TOKEN = "t" * 40
PERSON = "+33639980041"
# Everything that a label may be called, so that a new one is thought about.
LABELS = {"channel", "group", "stage", "limit", "face", "status", "part", "way", "le", "door", "why", "kind"}


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    opened = open_face(tmp_path, limited=True, metrics_token=TOKEN)
    yield opened
    opened.close()


def look(face: Face, headers: Mapping[str, str] | None = None, address: str = "127.0.0.1") -> Any:
    client = face.app.test_client()
    return client.get("/metrics", base_url=BASE, headers=headers, environ_base={"REMOTE_ADDR": address})


def told(face: Face) -> dict[tuple[str, ...], float]:
    """Every sample: its name, its labels by name, its value."""
    text = look(face).get_data(as_text=True)
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


class TestForWhom:
    def test_this_machine(self, face: Face) -> None:
        answer = look(face)
        assert answer.status_code == 200
        assert answer.mimetype == "text/plain"

    @pytest.mark.parametrize("address", ["198.51.100.7", "10.0.0.4", "::ffff:198.51.100.7", "", "nonsense"])
    def test_nobody_else(self, face: Face, address: str) -> None:
        assert look(face, address=address).status_code == 404

    @pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
    @pytest.mark.parametrize("value", ["127.0.0.1", "198.51.100.7"])
    def test_nobody_through_a_proxy_on_this_machine(self, face: Face, header: str, value: str) -> None:
        assert look(face, {header: value}).status_code == 404

    def test_whoever_has_the_token(self, face: Face) -> None:
        assert look(face, {"Authorization": f"Bearer {TOKEN}"}, "198.51.100.7").status_code == 200

    @pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", f"Bearer {TOKEN[1:]}", f"Basic {TOKEN}", "Bearer é"])
    def test_not_with_another(self, face: Face, given: str) -> None:
        headers = {"Authorization": given.encode().decode("latin-1")}
        assert look(face, headers, "198.51.100.7").status_code == 404

    def test_no_token_is_no_key(self, tmp_path: Path) -> None:
        face = open_face(tmp_path)
        assert look(face, {"Authorization": "Bearer "}, "198.51.100.7").status_code == 404
        face.close()


class TestWhatIsCounted:
    def test_turns_by_channel_and_group(self, face: Face) -> None:
        face.post("/sms", sms_form("Bonjour", number=PERSON, sid="SM1"))
        face.post("/voice", call_form(sid="CA1"))
        visitor = Visitor(face.app.test_client()).look()
        visitor.write("je veux mourir")
        found = told(face)
        group = face.conversation.book.topics["saluer"].group
        assert found["camille_turns_total", "channel=sms", f"group={group}"] == 1
        assert found["camille_turns_total", "channel=web", "group=safety"] == 1
        assert sum(value for key, value in found.items() if key[:2] == ("camille_turns_total", "channel=voice")) == 1

    def test_a_message_that_comes_twice_is_one_turn(self, face: Face) -> None:
        for _ in range(3):
            face.post("/sms", sms_form("Bonjour", number=PERSON, sid="SM1"))
        assert told(face)["camille_turn_seconds_count", "channel=sms"] == 1

    def test_the_stages_of_a_turn(self, face: Face) -> None:
        face.post("/sms", sms_form("Bonjour", number=PERSON, sid="SM1"))
        face.post("/sms", sms_form("une phrase que personne ne comprend", number=PERSON, sid="SM2"))
        found = told(face)
        count = {stage: found.get(("camille_stage_seconds_count", f"stage={stage}")) for stage in ("gate", "storage")}
        assert count == {"gate": 2, "storage": 2}
        assert found["camille_stage_seconds_count", "stage=understanding"] == 1
        assert found["camille_misunderstandings_total", "channel=sms"] == 1

    def test_what_breaks(self, face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object, **__: object) -> None:
            raise RuntimeError("some words")

        monkeypatch.setattr("assistant.conversation.look", broken)
        face.post("/sms", sms_form("Bonjour", number=PERSON, sid="SM1"))
        assert told(face)["camille_turn_failures_total", "channel=sms"] == 1

    def test_what_was_carried_and_what_waits(self, face: Face) -> None:
        face.post("/sms", sms_form("Bonjour", number=PERSON, sid="SM1", NumSegments="2"))
        found = told(face)
        assert found["camille_segments_today", "channel=sms", "way=in"] == 2
        assert found["camille_messages_today", "channel=sms", "way=out"] == 1
        assert found["camille_sms_sent_for_one_received",] == 1
        assert found["camille_outbox_age_seconds",] == 0

    def test_how_much_of_the_budget_is_used(self, face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
        face.post("/sms", sms_form("Bonjour", number=PERSON, sid="SM1"))
        assert told(face)["camille_sms_budget_used",] == 0, "there is none"
        priced = replace(face.settings, segment_price=Decimal("0.10"), sms_budget=Decimal("0.40"))
        monkeypatch.setattr(face.conversation, "settings", priced)
        segments = told(face)["camille_segments_today", "channel=sms", "way=out"]
        assert told(face)["camille_sms_budget_used",] == pytest.approx(segments / 4)

    def test_limits_and_answers(self, face: Face) -> None:
        client = face.app.test_client()
        statuses = [client.post("/medecin/entrer/code", base_url=BASE).status_code for _ in range(21)]
        assert statuses[-1] == 429
        client.get("/nulle-part", base_url=BASE)
        found = told(face)
        assert found["camille_limits_met_total", "limit=sign_in"] == 1
        assert found["camille_answers_total", "face=codes", "status=4xx"] == 21
        assert found["camille_answers_total", f"face={OTHER}", "status=4xx"] == 1

    def test_a_page_that_somebody_switched_off_is_no_failure(self, face: Face) -> None:
        with face.conversation.database.transaction() as connection:
            for one in ("web", "practice"):
                switches.switch_off(connection, one, NOON)
        client = face.app.test_client()
        for path in ("/", "/reprise", "/medecin"):
            assert client.get(path, base_url=BASE).status_code == 503
        found = told(face)
        assert found["camille_answers_total", "face=web", "status=closed"] == 2
        assert found["camille_answers_total", "face=practice", "status=closed"] == 1
        assert not [key for key in found if "status=5xx" in key]

    @pytest.mark.parametrize(
        ("method", "path", "name"),
        [("POST", "/sms", "sms"), ("POST", "/voice", "voice"), ("GET", "/medecin/retour", "door")],
    )
    def test_nor_is_what_nobody_plugged_in(self, tmp_path: Path, method: str, path: str, name: str) -> None:
        """Whoever scans the network would have woken those who run a page alone."""
        face = open_face(tmp_path, metrics_token=TOKEN, twilio_account_sid="", twilio_auth_token="")
        assert face.app.test_client().open(path, method=method, base_url=BASE).status_code == 503
        assert told(face)["camille_answers_total", f"face={name}", "status=closed"] == 1
        face.close()

    def test_but_one_that_breaks_while_it_is_closed_is(self, face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object, **__: object) -> None:
            raise RuntimeError

        monkeypatch.setattr("channels.closing.render_template", broken)
        with face.conversation.database.transaction() as connection:
            switches.switch_off(connection, "web", NOON)
        assert face.app.test_client().get("/", base_url=BASE).status_code == 500
        assert told(face)["camille_answers_total", "face=web", "status=5xx"] == 1

    def test_when_it_was_purged_last(self, face: Face) -> None:
        assert told(face)["camille_last_purge_timestamp_seconds",] == 0, "never"
        purge_all(face.conversation.database, NOON)
        assert told(face)["camille_last_purge_timestamp_seconds",] == NOON.timestamp()

    def test_a_redis_that_is_away(self, tmp_path: Path) -> None:
        with redis_server(tmp_path) as redis:
            face = open_face(tmp_path / "var", limited=True, redis_url=redis.url)
            assert told(face)["camille_up", "part=redis"] == 1
            redis.stop()
            assert told(face)["camille_up", "part=redis"] == 0
            assert told(face)["camille_up", "part=database"] == 1
            face.close()

    def test_who_was_not_let_in_by_door_and_why(self, face: Face) -> None:
        before = told(face)
        assert before["camille_sign_ins_failed_total", "door=pilotage", "why=too_many_of_all"] == 0
        browser = Browser(face.app.test_client(), BASE)
        for _ in range(2):
            browser.look("/medecin/entrer/code").press("Entrer", nom="accueil-2222", code="000000")
        browser.look("/pilotage/entrer").press("Entrer", nom="marie-2222", passe="", code="000000")
        found = told(face)
        assert found["camille_sign_ins_failed_total", "door=practice", "why=wrong"] == 2
        assert found["camille_sign_ins_failed_total", "door=pilotage", "why=wrong"] == 1

    def test_how_much_of_what_all_may_guess_is_used_up(self, face: Face) -> None:
        assert told(face)["camille_guesses_used", "kind=resume"] == 0
        face.post("/sms", sms_form("reprise 1234", number=PERSON, sid="SM1"))
        found = told(face)
        assert found["camille_guesses_used", "kind=resume"] == pytest.approx(1 / 50)
        assert found["camille_guesses_used", "kind=access"] == 0

    def test_without_a_database_the_rest_is_told(self, face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
        def gone() -> None:
            raise OperationalError("SELECT", {}, Exception("gone"))

        monkeypatch.setattr(face.conversation.database, "transaction", gone)
        found = told(face)
        assert found["camille_up", "part=database"] == 0
        assert found["camille_up", "part=model"] == 1
        assert found["camille_up", "part=redis"] == 1
        assert ("camille_outbox_age_seconds",) not in found


class TestNobodyInIt:
    def test_labels_are_few_and_theirs_are_closed_lists(self, face: Face) -> None:
        words = ["Bonjour", "1", "je m'appelle Zebulon", "mon code est 83629174", "1 85 05 78 006 084 91", "STOP"]
        for number, text in enumerate(words):
            face.post("/sms", sms_form(text, number=PERSON, sid=f"SM{number}"))
            face.app.test_client().get(f"/i/{'Zebulon'}{number}", base_url=BASE)
            face.app.test_client().open("/", method=f"ZEBULON{number}", base_url=BASE)
        text = look(face).get_data(as_text=True)
        labels = set(re.findall(r'(\w+)="', text))
        assert labels <= LABELS
        assert not re.search(r"zebulon|83629174|639980041|p1_", text, re.I)
        series = len(re.findall(r"^camille_", text, re.M))
        assert series < 400

    def test_no_limit_has_a_name_of_its_own(self, face: Face) -> None:
        rules = face.app.extensions[EXTENSION]
        rules.met("page")
        assert told(face)["camille_limits_met_total", "limit=page"] == 1


def test_a_short_token_is_refused_in_public(tmp_path: Path) -> None:
    given = {"CAMILLE_VAR": str(tmp_path), "SECRET_KEY": "k" * 40, "PSEUDONYM_PEPPER": "p" * 40}
    with pytest.raises(SettingError, match="METRICS_TOKEN"):
        read_settings({**given, "PUBLIC_BASE_URL": BASE, "METRICS_TOKEN": "short"})
    assert "hush" not in repr(read_settings({**given, "METRICS_TOKEN": "hush"}))

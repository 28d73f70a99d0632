"""Some of each attack, on the real processes: everything holds, and the ledger tells when something does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from security.attack.__main__ import attack
from security.attack.ledger import Ledger
from security.attack.looking import MARK, faults
from security.attack.roles import guarded
from security.attack.target import Target
from security.attack.visitor import Answer
from tests.channels.steering.test_roles import FOR

KINDS = {
    "schemathesis", "forged webhook", "replayed webhook", "guesses", "shutting out", "telling apart", "role",
    "session fixation", "open redirect", "embedding", "another site", "host", "method", "path", "cache", "smuggling",
    "large body", "slow clients", "injection: SQL", "injection: HTML", "injection: TwiML", "injection: header",
}  # fmt: skip
# What those who run the service must stand too.
STEERED = KINDS - {"forged webhook", "replayed webhook", "shutting out", "slow clients", "smuggling", "telling apart"}
PAGE = (
    ("content-type", "text/html; charset=utf-8"),
    ("content-security-policy", "default-src 'none'"),
)


@pytest.mark.model
def test_nothing_gets_through(tmp_path: Path) -> None:
    ledger = Ledger()
    attack(ledger, tmp_path, whole=False)
    assert [f"{each.kind}: {each.what}: {each.outcome}" for each in ledger.through] == []
    counts = {kind: tried for kind, tried, _ in ledger.counts()}
    assert set(counts) == KINDS
    assert sum(counts.values()) > 2_500
    assert min(counts.values()) >= 8
    assert ledger.figures["Shut out by one address"] == "0 of 5"
    tried = {kind: " ".join(each.what for each in ledger.attempts if each.kind == kind) for kind in counts}
    assert [kind for kind in STEERED if "/pilotage" not in tried[kind]] == []


def test_each_role_is_asked_for_all_that_is_hers_and_all_that_is_not(tmp_path: Path) -> None:
    """From the description, which is made from the code: an address without a role in it would be asked of nobody."""
    found = {(method, path): role for method, path, role in guarded(tmp_path)}
    assert found == {(method.lower(), path): role for (method, path), role in FOR.items()}


def answer(body: str = "<html></html>", status: int = 200, path: str = "/", *headers: tuple[str, str]) -> Answer:
    return Answer("GET", path, status, headers or PAGE, body.encode(), 0.01)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        pytest.param(answer(status=500), "status 500", id="a failure"),
        pytest.param(answer(status=503), "status 503", id="a page that is away"),
        pytest.param(answer(f"<{MARK} onload=1>"), "an element of ours", id="an element"),
        pytest.param(answer(f'<a href="x" {MARK}=1>'), "an element of ours", id="an attribute"),
        pytest.param(answer('<a href="javascript:x">'), "a script of ours", id="an address that is a script"),
        pytest.param(answer("Traceback (most recent call last)"), "a trace of our code", id="a trace"),
        pytest.param(answer("the key is s3cret"), "SECRET_KEY is given away", id="a secret"),
        pytest.param(answer("", 200, "/", ("x-evil", "1")), "a header that is not ours: x-evil", id="a header"),
        pytest.param(
            answer("", 200, "/", ("set-cookie", "evil=1; Secure; HttpOnly; Path=/")),
            "a cookie that is not ours",
            id="a cookie",
        ),
        pytest.param(
            answer("", 200, "/", ("set-cookie", "__Host-camille=1; Path=/")), "a cookie without its marks", id="marks"
        ),
        pytest.param(
            answer("", 303, "/", ("location", "//evil.example")), "a redirection elsewhere", id="a redirection"
        ),
        pytest.param(
            answer("<html>", 200, "/", ("content-type", "text/html")), "a page without a policy", id="no policy"
        ),
        pytest.param(answer("<Response>", 200, "/", ("content-type", "text/xml")), "TwiML that is not", id="bad TwiML"),
        pytest.param(
            answer(f"<Response><{MARK}/></Response>", 200, "/", ("content-type", "text/xml")),
            "an instruction that is not ours",
            id="an instruction",
        ),
        pytest.param(
            answer(f"a;={MARK}", 200, "/", ("content-type", "text/csv")), "a formula in a table", id="a formula"
        ),
    ],
)
def test_what_is_wrong_with_an_answer_is_seen(given: Answer, fault: str, tmp_path: Path) -> None:
    assert any(each.startswith(fault) for each in faults(given, target(tmp_path)))


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(answer(), id="a page"),
        pytest.param(answer(status=404), id="a calm refusal"),
        pytest.param(answer("", 303, "/", ("location", "/medecin")), id="a redirection to us"),
        pytest.param(answer(f"&lt;{MARK}&gt;"), id="what was written, as text"),
        pytest.param(answer('<input value="javascript:x">'), id="what was typed, in its field"),
        pytest.param(
            answer("<Response><Message>a</Message></Response>", 200, "/sms", ("content-type", "text/xml")), id="TwiML"
        ),
        pytest.param(answer("", 503, "/readyz", ("content-type", "application/json")), id="not ready yet"),
    ],
)
def test_what_is_right_is_left_alone(given: Answer, tmp_path: Path) -> None:
    assert faults(given, target(tmp_path)) == []


def test_the_ledger_is_written_whole(tmp_path: Path) -> None:
    ledger = Ledger()
    ledger.note("guesses", "a code", "answered 403", held=True)
    ledger.note("guesses", "a | code\n", "let in", held=False)
    ledger.figures["Longest wait"] = "9 ms"
    text = ledger.write(tmp_path).read_text(encoding="utf-8")
    assert "| guesses | 2 | 1 |" in text
    assert "- guesses: `a \\| code·`: let in" in text
    assert "- Longest wait: 9 ms" in text
    lines = [json.loads(line) for line in (tmp_path / "attack.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["held"] for line in lines] == [True, False]
    assert [each.what for each in ledger.through] == ["a | code\n"]


def target(folder: Path) -> Target:
    """One that is not started: only its address and its secrets are looked at."""
    from assistant.settings import read_settings
    from assistant.storage.database import Database

    settings = read_settings({"CAMILLE_VAR": str(folder)})
    database = Database(settings.database_url)
    return Target(0, "https://camille.example", settings, database, folder / "log", {"SECRET_KEY": "s3cret"})

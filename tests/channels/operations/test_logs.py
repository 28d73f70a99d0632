"""One JSON line for each turn and each fault; no words, no numbers, no address of anybody, no value of an error."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gunicorn.config import Config

from assistant.privacy.pseudonyms import pseudonym
from channels.cli.gunicorn_service import JsonLogger
from channels.operations import logs
from tests.support.faces import BASE, Face, call_form, open_face, sms_form
from tests.support.practice import Browser

PERSON = "+33639980051"
SECRET = "1 85 05 78 006 084 91"


class Written(io.StringIO):
    """What was written, line by line."""

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def written() -> Iterator[Written]:
    root, ours = logging.getLogger(), logging.getLogger("camille")
    handlers, level, before = list(root.handlers), root.level, ours.level
    stream = Written()
    logs.install(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    ours.setLevel(before)


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    opened = open_face(tmp_path)
    yield opened
    opened.close()


class TestATurn:
    def test_it_is_one_line(self, face: Face, written: Written) -> None:
        face.post("/sms", sms_form("Bonjour", number=PERSON, sid="SM1"))
        face.post("/sms", sms_form("1", number=PERSON, sid="SM2"))
        first, second = written.lines
        assert first["event"] == second["event"] == "turn"
        assert (first["channel"], first["topic"]) == ("sms", "saluer")
        assert second["step"].startswith("activer/")
        assert 0 < second["ms"] < 60_000
        assert {"gate_ms", "storage_ms"} <= set(second)
        assert first["timestamp"].endswith("Z")
        assert first["level"] == "info"

    def test_who_is_eight_letters_of_a_pseudonym(self, face: Face, written: Written) -> None:
        face.post("/sms", sms_form("Bonjour", number=PERSON, sid="SM1"))
        (line,) = written.lines
        whole = pseudonym("phone", PERSON, face.settings.pseudonym_pepper)
        assert line["who"] == whole.removeprefix("p1_")[:8]

    @pytest.mark.parametrize("text", [SECRET, "je m'appelle Zebulon Quatrepoint", "mon adresse est z@exemple.fr"])
    def test_it_says_nothing_of_what_was_written(self, face: Face, written: Written, text: str) -> None:
        face.post("/sms", sms_form(text, number=PERSON, sid="SM1"))
        face.post("/voice", call_form(number=PERSON, sid="CA1"))
        face.post("/voice/turn?n=1", call_form(number=PERSON, sid="CA1", SpeechResult=text, Confidence="0.9"))
        kept = written.getvalue()
        assert len(written.lines) == 3
        for word in (*text.split(), PERSON, PERSON[3:], "SM1", "CA1"):
            assert len(word) < 4 or word not in kept

    def test_names_of_ours_are_not_taken_for_secrets(self, face: Face) -> None:
        book = face.conversation.book
        steps = [f"{name}/{step}" for name, journey in book.journeys.items() for step in journey.steps]
        changed = {
            name for name in (*book.topics, *book.answers, *steps) if logs.redacted(None, "", {"x": name})["x"] != name
        }
        assert changed == set()

    def test_a_repeat_is_no_line(self, face: Face, written: Written) -> None:
        for _ in range(3):
            face.post("/sms", sms_form("Bonjour", number=PERSON, sid="SM1"))
        assert len(written.lines) == 1

    def test_what_broke_is_named_by_its_type(
        self, face: Face, written: Written, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(turn: Any, *_: object, **__: object) -> None:
            raise RuntimeError(f"cannot read {turn.text}")

        monkeypatch.setattr("assistant.conversation.look", broken)
        face.post("/sms", sms_form(f"Zebulon {SECRET}", number=PERSON, sid="SM1"))
        assert written.lines[-1]["failed"] == "RuntimeError"
        assert "Zebulon" not in written.getvalue()


class TestAFault:
    def test_a_view_is_named_and_its_path_is_not(
        self, face: Face, written: Written, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(token: str) -> str:
            raise ValueError(f"no such {token} for Zebulon")

        monkeypatch.setitem(face.app.view_functions, "inviting.look", broken)
        token = "Q7mZ0bVn3kXyR2tLwEaHcg"
        assert face.app.test_client().get(f"/i/{token}", base_url=BASE).status_code == 500
        line = written.lines[-1]
        assert "inviting.look" in line["event"]
        assert line["error"] == ["ValueError"]
        assert any("test_logs.py" in place and place.endswith(" broken") for place in line["at"])
        assert token not in written.getvalue()
        assert "Zebulon" not in written.getvalue()

    def test_causes_are_named_and_locals_are_not(self, written: Written) -> None:
        def inner(words: str) -> None:
            try:
                int(words)
            except ValueError as error:
                raise KeyError(words) from error

        try:
            inner("Zebulon Quatrepoint")
        except KeyError:
            logging.getLogger("camille").exception("It did not work")
        (line,) = written.lines
        assert line["error"] == ["KeyError", "ValueError"]
        assert "Zebulon" not in written.getvalue()
        assert "exception" not in line
        assert "exc_info" not in line

    @pytest.mark.parametrize(
        "secret",
        [
            SECRET,
            "06 39 98 00 51",
            "z.quatrepoint@exemple.fr",
            "198.51.100.7",
            "2001:db8:1:2::7",
            "Q7mZ0bVn3kXyR2tLwEaHcg",
            "p1_Q7mZ0bVn3kXyR2tLwEaHcg",
        ],
    )
    @pytest.mark.parametrize("where", ["message", "argument", "deep"])
    def test_what_another_library_writes_is_cleaned(self, written: Written, secret: str, where: str) -> None:
        log = logging.getLogger("some.library")
        if where == "message":
            log.warning(f"cannot reach {secret} now")  # noqa: G004 - what a library does
        elif where == "argument":
            log.warning("cannot reach %s now", secret)
        else:
            line = logs.redacted(None, "", {"event": "x", "given": [{"to": (secret,)}, {secret: 1}]})
            assert secret not in json.dumps(line)
            return
        assert secret not in written.getvalue()
        assert "cannot reach" in written.lines[0]["event"]

    def test_a_line_cannot_be_forged(self, written: Written) -> None:
        logging.getLogger("camille").warning("one\n%s", '{"event": "turn"}')
        assert len(written.lines) == 1

    def test_a_time_stays_a_time(self, written: Written) -> None:
        logging.getLogger("camille").warning("one")
        assert len(written.lines[0]["timestamp"]) == len("2026-11-23T12:00:00.000000Z")


def test_installing_twice_writes_once(written: Written) -> None:
    again = Written()
    logs.install(again)
    logging.getLogger("camille").warning("one")
    assert (len(written.lines), len(again.lines)) == (0, 1)


def test_gunicorn_writes_the_same_lines(capfd: pytest.CaptureFixture[str]) -> None:
    """It warns of requests that it cannot read, with the address they came from."""
    config = Config()
    logger = JsonLogger(config)
    logger.warning("Invalid request from ip=%s: %s", "198.51.100.7", "x")
    line = json.loads(capfd.readouterr().err.strip().splitlines()[-1])
    assert "Invalid request" in line["event"]
    assert "198.51.100.7" not in json.dumps(line)


class TestASignInThatFailed:
    def test_it_is_one_line_of_the_door_and_why(self, face: Face, written: Written) -> None:
        browser = Browser(face.app.test_client(), BASE)
        browser.look("/medecin/entrer/code").press("Entrer", nom="accueil-2222", code="000 001")
        browser.look("/pilotage/entrer").press("Entrer", nom="marie-2222", passe="le train", code="000002")
        lines = [line for line in written.lines if line["event"] == "sign_in_failed"]
        assert [(line["door"], line["why"], line["level"]) for line in lines] == [
            ("practice", "wrong", "warning"),
            ("pilotage", "wrong", "warning"),
        ]

    def test_nothing_of_whom_or_from_where(self, face: Face, written: Written) -> None:
        browser = Browser(face.app.test_client(), BASE)
        browser.client.environ_base["HTTP_X_FORWARDED_FOR"] = "198.51.100.7"
        for _ in range(12):
            browser.look("/pilotage/entrer").press("Entrer", nom="marie-2222", passe="le train", code="000002")
        lines = [line for line in written.lines if line["event"] == "sign_in_failed"]
        assert [line["why"] for line in lines] == ["wrong"] * 5 + ["too_many"] * 7
        assert {name for line in lines for name in line} == {"event", "door", "why", "level", "logger", "timestamp"}
        assert not re.search(r"marie|train|000002|198\.51|p1_", json.dumps(lines))

    def test_a_link_that_is_over_is_one_once_its_button_is_pressed(self, face: Face, written: Written) -> None:
        client = face.app.test_client()
        client.get(f"/pilotage/acces/{'a' * 22}", base_url=BASE)
        assert written.lines == [], "previews look too"
        browser = Browser(client, BASE)
        token = re.search(r'name="csrf_token" value="([^"]*)"', browser.look("/pilotage/entrer").html)
        assert token
        headers = {"Referer": BASE}
        for path in (f"/pilotage/acces/{'a' * 22}", f"/medecin/acces/{'a' * 22}/code"):
            client.post(path, data={"csrf_token": token[1]}, base_url=BASE, headers=headers)
        assert [(line["door"], line["why"]) for line in written.lines] == [
            ("pilotage", "unknown"),
            ("practice", "expired"),
        ]

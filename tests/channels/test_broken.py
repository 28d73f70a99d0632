"""The database is away: what is said by SMS, to whom, and what becomes of a STOP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from assistant import unstored
from assistant.privacy.pseudonyms import pseudonym
from assistant.storage.schema import stopped
from channels.limits.recent import Recent
from tests.channels.visitor import Visitor
from tests.support.faces import Face, call_form, open_face, sms_form
from tests.support.redis_server import redis_server
from tests.support.twiml import parsed

KNOWN, STRANGER = "+33639980001", "+33639980002"


@pytest.fixture(params=["here", "redis"])
def face(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Face]:
    monkeypatch.setattr(unstored, "EVERY", 0.05)
    if request.param == "here":
        opened = open_face(tmp_path / "var")
        yield opened
        opened.close()
        return
    with redis_server(tmp_path) as redis:
        opened = open_face(tmp_path / "var", redis_url=redis.url)
        yield opened
        opened.close()


def away(face: Face, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    def gone(**_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(face.conversation.database, "transaction", gone)
    return monkeypatch


def wrote(face: Face, body: str, sid: str, number: str = KNOWN) -> tuple[int, str]:
    answer = face.post("/sms", sms_form(body, number=number, sid=sid))
    return answer.status_code, "".join(parsed(answer.data).itertext()) if answer.data else ""


def test_who_is_known_is_told_and_a_stranger_is_left_to_try_again(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wrote(face, "Bonjour", "SM1")[0] == 200
    with monkeypatch.context() as patched:
        away(face, patched)
        status, said = wrote(face, "1", "SM2")
        assert (status, "34 22" in said) == (200, True)
        # She may have said STOP, and nobody can tell.
        assert wrote(face, "1", "SM3", STRANGER) == (503, "")


def test_nothing_is_said_to_who_said_stop(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    wrote(face, "Bonjour", "SM1")
    wrote(face, "STOP", "SM2")
    with monkeypatch.context() as patched:
        away(face, patched)
        assert wrote(face, "Bonjour", "SM3") == (503, "")


def test_nothing_is_said_to_who_says_stop_meanwhile(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    wrote(face, "Bonjour", "SM1")
    with monkeypatch.context() as patched:
        away(face, patched)
        assert wrote(face, "STOP", "SM2") == (503, "")
        assert wrote(face, "merci", "SM3") == (503, "")


def test_a_stop_that_redis_did_not_hear_is_told_to_it_again(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    wrote(face, "Bonjour", "SM1")
    with monkeypatch.context() as patched:
        away(face, patched)
        if isinstance(face.conversation.reachable, Recent):
            monkeypatch.setattr(face.conversation.reachable, "_away_until", time.monotonic() + 0.5)
        assert wrote(face, "STOP", "SM2") == (503, "")
        time.sleep(0.6)
        assert wrote(face, "merci", "SM3") == (503, "")
    if face.settings.redis_url:
        address = pseudonym("phone", KNOWN, face.settings.pseudonym_pepper)
        another, end = Recent(face.settings.redis_url), time.monotonic() + 30
        while another.has(address):
            assert time.monotonic() < end, "another process would still write to her"
            assert not face.conversation.reachable.has(address)
            time.sleep(0.2)


def test_a_stop_is_not_lost(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    wrote(face, "Bonjour", "SM1")
    with monkeypatch.context() as patched:
        away(face, patched)
        assert wrote(face, "arrêtez de m'écrire", "SM2") == (503, "")
        time.sleep(0.2)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        with face.conversation.database.transaction() as connection:
            if connection.execute(select(stopped.c.address)).all():
                break
        time.sleep(0.05)
    else:
        pytest.fail("it was lost")
    # Twilio's own next try finds it done.
    status, said = wrote(face, "arrêtez de m'écrire", "SM2")
    assert status == 200
    assert "STOP" in said or "plus" in said
    assert wrote(face, "1", "SM3")[1].count("OUI") == 1


def test_a_stop_that_waits_is_stored_when_the_process_ends(
    face: Face, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(unstored, "EVERY", 600)
    wrote(face, "Bonjour", "SM1")
    with monkeypatch.context() as patched:
        away(face, patched)
        assert wrote(face, "STOP", "SM2") == (503, "")
    face.close()
    again = open_face(tmp_path / "var")
    with again.conversation.database.transaction() as connection:
        assert len(connection.execute(select(stopped.c.address)).all()) == 1
    again.close()


@pytest.mark.parametrize("number", [KNOWN, STRANGER])
def test_what_to_do_in_danger_needs_no_database(face: Face, monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    with monkeypatch.context() as patched:
        away(face, patched)
        status, said = wrote(face, "je fais un infarctus", "SM1", number)
        assert status == 200
        assert "15" in said or "112" in said


def test_a_call_is_told_whom_to_call(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        away(face, patched)
        answer = face.post("/voice", call_form())
        assert answer.status_code == 200
        assert "34, 22" in "".join(parsed(answer.data).itertext())  # as it is said


def test_a_danger_written_on_the_page_is_answered(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Visitor(face.app.test_client()).look()
    with monkeypatch.context() as patched:
        away(face, patched)
        visitor.write("je veux mourir")
    assert visitor.status == 503
    assert "pause" not in visitor.text, "nobody has closed the page"
    assert "Qui appeler maintenant" in visitor.title
    assert [number for number in ("31\N{NO-BREAK SPACE}14", "tel:3114", "tel:15") if number not in visitor.html] == []

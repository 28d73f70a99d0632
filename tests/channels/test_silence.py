"""Whoever does not answer is left in peace; whoever says anything at all may be written to again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from assistant.inviting import Inviting
from assistant.privacy.pseudonyms import pseudonym
from assistant.storage import outbox, schema, switches, unanswered
from tests.channels.visitor import Visitor
from tests.support.faces import NOON, PERSON, Face, call_form, open_face, sms_form


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    opened = open_face(tmp_path)
    with opened.conversation.database.transaction() as connection:
        for _ in range(unanswered.MOST):
            unanswered.note(connection, address(opened), NOON)
    yield opened
    opened.close()


def address(face: Face) -> str:
    return pseudonym("phone", PERSON, face.settings.pseudonym_pepper)


def silent(face: Face) -> bool:
    with face.conversation.database.transaction() as connection:
        return unanswered.too_many(connection, address(face))


@pytest.mark.parametrize("words", ["bonjour", "STOP", "SUPPRIMER", "🙂"])
def test_any_message_is_an_answer(face: Face, words: str) -> None:
    assert silent(face)
    face.post("/sms", sms_form(words, number=PERSON))
    assert not silent(face)


def test_so_is_a_call(face: Face) -> None:
    face.post("/voice", call_form(number=PERSON))
    assert not silent(face)


def test_so_is_what_is_said_to_a_channel_that_is_paused(face: Face) -> None:
    with face.conversation.database.transaction() as connection:
        switches.switch_off(connection, "sms", NOON)
    face.post("/sms", sms_form("bonjour", number=PERSON))
    assert not silent(face)


def test_somebody_else_answers_for_herself(face: Face) -> None:
    face.post("/sms", sms_form("bonjour", number="+33639980002"))
    assert silent(face)


def test_who_presses_the_link_has_answered(face: Face) -> None:
    """On the page nobody knows which telephone she has: the invitation does."""
    database = face.conversation.database
    with database.transaction() as connection:
        connection.execute(insert(schema.practices).values(id="cabinet", key="k", name="Cabinet", made_at=NOON))
        martin: dict[str, Any] = {"id": "Martin", "practice": "cabinet", "subject": "s", "role": "physician"}
        connection.execute(insert(schema.members).values(**martin, shown_as="Dr", secret="", made_at=NOON))
    given = Inviting(face.settings, database).make(
        practice="cabinet", physician="Martin", way="sms", aim="activer", at=NOON
    )
    with database.transaction() as connection:
        row: dict[str, Any] = {"key": f"{outbox.INVITE}{given.id}", "kind": "sms", "address": address(face)}
        outbox.put(connection, **row, number="", body="", due_at=NOON, at=NOON)
    visitor = Visitor(face.app.test_client())
    visitor.look(f"/i/{given.token}")
    assert silent(face), "looking is what machines do"
    visitor.press("Commencer avec Camille")
    assert not silent(face)

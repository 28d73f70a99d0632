"""STOP and return: the state, and the dated proof of how it came."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection

from assistant.storage import consents, schema

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
LATER = AT + timedelta(hours=1)
PHONE, OTHER = "p1_telephone", "p1_autre"


def proofs(connection: Connection) -> list[tuple[str, str, str, datetime]]:
    """Who, what, where and when, in the order it was noted."""
    kept = schema.consents.c
    lines = select(kept.address, kept.kind, kept.channel, kept.given_at).order_by(kept.id)
    return [tuple(row) for row in connection.execute(lines)]


def test_nobody_has_said_stop_at_first(connection: Connection) -> None:
    assert consents.is_stopped(connection, PHONE) == (False, False)


def test_stop_is_noted_with_its_proof(connection: Connection) -> None:
    consents.stop(connection, PHONE, "sms", AT)
    assert consents.is_stopped(connection, PHONE) == (True, False)
    assert proofs(connection) == [(PHONE, "stop", "sms", AT)]


def test_stop_is_one_persons_own(connection: Connection) -> None:
    consents.stop(connection, PHONE, "sms", AT)
    assert consents.is_stopped(connection, OTHER) == (False, False)


def test_stop_said_twice_changes_nothing(connection: Connection) -> None:
    consents.stop(connection, PHONE, "sms", AT)
    consents.ask_to_return(connection, PHONE)
    consents.stop(connection, PHONE, "sms", LATER)
    assert consents.is_stopped(connection, PHONE) == (True, True)
    assert proofs(connection) == [(PHONE, "stop", "sms", AT)]
    assert connection.execute(select(schema.stopped.c.since)).scalar_one() == AT


def test_the_question_to_return_is_noted_once_and_is_no_proof(connection: Connection) -> None:
    consents.stop(connection, PHONE, "sms", AT)
    consents.ask_to_return(connection, PHONE)
    assert consents.is_stopped(connection, PHONE) == (True, True)
    assert len(proofs(connection)) == 1


def test_asking_somebody_who_did_not_say_stop_is_nothing(connection: Connection) -> None:
    consents.ask_to_return(connection, PHONE)
    assert consents.is_stopped(connection, PHONE) == (False, False)


def test_a_return_is_noted_with_its_proof(connection: Connection) -> None:
    consents.stop(connection, PHONE, "sms", AT)
    consents.ask_to_return(connection, PHONE)
    consents.allow(connection, PHONE, "sms", LATER)
    assert consents.is_stopped(connection, PHONE) == (False, False)
    assert proofs(connection) == [(PHONE, "stop", "sms", AT), (PHONE, "return", "sms", LATER)]


def test_stop_after_a_return_is_a_new_stop(connection: Connection) -> None:
    consents.stop(connection, PHONE, "sms", AT)
    consents.ask_to_return(connection, PHONE)
    consents.allow(connection, PHONE, "sms", AT)
    consents.stop(connection, PHONE, "sms", LATER)
    assert consents.is_stopped(connection, PHONE) == (True, False)
    assert [kind for _, kind, _, _ in proofs(connection)] == ["stop", "return", "stop"]


@pytest.mark.parametrize("kind", ["stop", "return", "erase"])
@pytest.mark.parametrize("channel", ["web", "sms", "voice"])
def test_every_kind_and_channel_has_room(connection: Connection, kind: str, channel: str) -> None:
    consents.note(connection, PHONE, kind, channel, AT)  # type: ignore[arg-type]
    assert proofs(connection) == [(PHONE, kind, channel, AT)]


def test_a_proof_has_no_room_for_words() -> None:
    assert set(schema.consents.c.keys()) == {"id", "address", "kind", "channel", "given_at"}

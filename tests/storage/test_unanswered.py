"""What Camille began at a telephone that does not answer is counted: so often, and then no more."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection

from assistant.storage import outbox, persons, schema, unanswered
from assistant.storage.database import Database
from tests.support.at_once import at_once

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
DAY, LEASE = timedelta(days=1), timedelta(minutes=2)
PHONE, OTHER = "p1_telephone", "p1_autre"


def claimed(connection: Connection, key: str, address: str = PHONE) -> outbox.Due:
    row = {"key": key, "kind": "sms", "address": address, "number": "s1.x", "body": "Bonjour", "segments": 1}
    outbox.put(connection, **row, due_at=AT, at=AT)  # type: ignore[arg-type]
    (due,) = outbox.claim(connection, AT, LEASE)
    return due


def send(connection: Connection, key: str, address: str = PHONE) -> None:
    outbox.settle(connection, claimed(connection, key, address), "sent", AT, provider_id=key, segments=1)


def times(connection: Connection, address: str = PHONE) -> int:
    query = select(schema.unanswered.c.times).where(schema.unanswered.c.address == address)
    return int(connection.execute(query).scalar() or 0)


@pytest.mark.parametrize(("key", "counts"), [("invite:1", 1), ("reminder:1", 1), ("text:sms:SM1", 0), ("x", 0)])
def test_what_she_begins_counts_and_what_she_answers_does_not(connection: Connection, key: str, counts: int) -> None:
    send(connection, key)
    assert times(connection) == counts


def test_after_three_it_is_too_many(connection: Connection) -> None:
    for index, before in enumerate([False, False, False, True]):
        assert unanswered.too_many(connection, PHONE) is before
        send(connection, f"invite:{index}")
    assert not unanswered.too_many(connection, OTHER)


@pytest.mark.parametrize("end", ["failed", "cancelled", "refused"])
def test_what_did_not_leave_does_not_count(connection: Connection, end: str) -> None:
    outbox.settle(connection, claimed(connection, "invite:1"), end, AT)  # type: ignore[arg-type]
    assert times(connection) == 0


def test_it_counts_once_whoever_tells_that_it_left(connection: Connection) -> None:
    """The process died before it could note it: the provider tells, and tells again."""
    claimed(connection, "invite:1")
    for state in ("sent", "delivered"):
        outbox.progress(connection, "SM1", state, "", AT, key="invite:1")  # type: ignore[arg-type]
    assert times(connection) == 1


def test_an_answer_begins_anew(connection: Connection) -> None:
    for index in range(unanswered.MOST):
        send(connection, f"invite:{index}")
        send(connection, f"invite:{index} other", OTHER)
    unanswered.answered(connection, PHONE)
    assert not unanswered.too_many(connection, PHONE)
    assert unanswered.too_many(connection, OTHER), "and nobody else's"
    send(connection, "reminder:9")
    assert times(connection) == 1


def test_who_comes_by_it_has_answered(connection: Connection) -> None:
    send(connection, "invite:1")
    send(connection, "invite:2", OTHER)
    unanswered.taken_up(connection, "invite:1")
    unanswered.taken_up(connection, "invite:404")
    assert (times(connection), times(connection, OTHER)) == (0, 1)


def test_it_is_the_last_one_that_is_dated(connection: Connection) -> None:
    for day in range(2):
        unanswered.note(connection, PHONE, AT + day * DAY)
    assert connection.execute(select(schema.unanswered.c.at)).scalars().all() == [AT + DAY]


def test_who_has_herself_erased_leaves_no_count(connection: Connection) -> None:
    unanswered.note(connection, PHONE, AT)
    connection.execute(schema.persons.insert().values(id="ada", version=1, progress="{}", said="null", seen_at=AT))
    connection.execute(schema.addresses.insert().values(pseudonym=PHONE, person="ada"))
    persons.forget(connection, "ada")
    assert times(connection) == 0


def test_several_at_once_are_each_counted(database: Database) -> None:
    def one() -> None:
        with database.transaction() as connection:
            unanswered.note(connection, PHONE, AT)

    at_once([one] * 8)
    with database.transaction() as connection:
        assert times(connection) == 8

"""Reminders: when they are due, whose they are, and that nothing is left of a number when they are over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from assistant.storage import reminders, schema
from assistant.storage.database import Database

AT = datetime(2026, 11, 23, 9, tzinfo=timezone.utc)
TOMORROW = AT + timedelta(days=1)
SEALED = "s1.scelle"


@pytest.fixture(autouse=True)
def _persons(database: Database) -> None:
    with database.transaction() as connection:
        for name in ("ada", "bob"):
            row = {"id": name, "version": 1, "progress": "{}", "said": "null", "seen_at": AT}
            connection.execute(insert(schema.persons).values(**row))


def put(connection: Connection, person: str = "ada", **changed: Any) -> None:
    row: dict[str, Any] = {"address": f"p1_{person}", "channel": "sms", "number": SEALED, "due_at": TOMORROW, "at": AT}
    reminders.put(connection, person=person, **row | changed)


def states(connection: Connection) -> list[tuple[str, str]]:
    kept = schema.reminders.c
    return [tuple(row) for row in connection.execute(select(kept.state, kept.number).order_by(kept.id))]


def test_it_is_due_in_its_time_and_not_before(connection: Connection) -> None:
    put(connection)
    assert reminders.due(connection, TOMORROW - timedelta(microseconds=1)) == []
    (found,) = reminders.due(connection, TOMORROW)
    assert (found.person, found.address, found.channel, found.number) == ("ada", "p1_ada", "sms", SEALED)
    assert (found.due_at, found.made_at, found.seen_at) == (TOMORROW, AT, AT)
    assert SEALED not in repr(found)


def test_what_a_person_waits_for_is_hers(connection: Connection) -> None:
    put(connection, due_at=TOMORROW + timedelta(days=1))
    put(connection)
    put(connection, "bob")
    assert [found.due_at for found in reminders.pending(connection, "ada")] == [TOMORROW, TOMORROW + timedelta(days=1)]


def test_cancelled_it_is_over_and_has_no_number(connection: Connection) -> None:
    put(connection)
    put(connection, "bob")
    assert reminders.cancel(connection, "ada") == 1
    assert reminders.cancel(connection, "ada") == 0
    assert states(connection) == [("cancelled", ""), ("due", SEALED)]
    assert reminders.cancel_at(connection, "p1_bob") == 1
    assert reminders.due(connection, TOMORROW) == []


def test_sent_it_counts_from_when_it_went(connection: Connection) -> None:
    put(connection)
    (found,) = reminders.pending(connection, "ada")
    late = TOMORROW + timedelta(hours=5)
    reminders.settle(connection, found.id, "sent", late)
    assert states(connection) == [("sent", "")]
    assert reminders.sent_since(connection, "ada", late) == 1
    assert reminders.sent_since(connection, "ada", late + timedelta(microseconds=1)) == 0
    assert reminders.sent_since(connection, "bob", AT) == 0
    assert reminders.sent_since(connection, "bob", AT, address="p1_ada") == 1, "it rang on the same telephone"


def test_an_end_is_an_end(connection: Connection) -> None:
    put(connection)
    (found,) = reminders.pending(connection, "ada")
    reminders.cancel(connection, "ada")
    reminders.settle(connection, found.id, "sent", TOMORROW)
    assert states(connection) == [("cancelled", "")]
    assert reminders.hold(connection, found.id) is None


def test_moved_it_is_due_later(connection: Connection) -> None:
    put(connection)
    (found,) = reminders.due(connection, TOMORROW)
    reminders.move(connection, found.id, TOMORROW + timedelta(days=1))
    assert reminders.due(connection, TOMORROW) == []
    assert reminders.hold(connection, found.id) is not None


class TestWaitedAtMidnight:
    """A count that nothing of the day moves, but what is called off."""

    MIDNIGHT, END = AT.replace(hour=0), AT.replace(hour=0) + timedelta(days=1)

    def counted(self, connection: Connection) -> dict[str, int]:
        return reminders.waiting(connection, self.MIDNIGHT, self.END, self.MIDNIGHT)

    def test_one_that_goes_is_still_counted(self, connection: Connection) -> None:
        put(connection, due_at=AT, at=AT - timedelta(days=3))
        assert self.counted(connection) == {"sms": 1}
        (found,) = reminders.due(connection, AT)
        reminders.settle(connection, found.id, "sent", AT)
        assert self.counted(connection) == {"sms": 1}

    def test_one_that_went_yesterday_is_not(self, connection: Connection) -> None:
        put(connection, due_at=AT - timedelta(days=1), at=AT - timedelta(days=3))
        (found,) = reminders.due(connection, AT)
        reminders.settle(connection, found.id, "sent", self.MIDNIGHT - timedelta(seconds=1))
        assert reminders.waiting(connection, AT - timedelta(days=9), self.END, self.MIDNIGHT) == {}

    def test_one_that_is_asked_for_today_is_not(self, connection: Connection) -> None:
        put(connection, due_at=AT, at=self.MIDNIGHT)
        assert self.counted(connection) == {}

    def test_one_that_is_called_off_goes(self, connection: Connection) -> None:
        put(connection, due_at=AT, at=AT - timedelta(days=3))
        reminders.cancel(connection, "ada")
        assert self.counted(connection) == {}


def test_it_goes_with_its_person(connection: Connection, rows: Callable[[str], int]) -> None:
    put(connection)
    connection.exec_driver_sql("DELETE FROM persons WHERE id = 'ada'")
    assert rows("reminders") == 0


def test_of_two_workers_one_holds_it(database: Database) -> None:
    if database.engine.dialect.name != "postgresql":
        pytest.skip("on SQLite there is one writer at a time")
    with database.transaction() as connection:
        put(connection)
    with database.transaction() as one, database.transaction() as two:
        (found,) = reminders.due(one, TOMORROW)
        assert reminders.hold(one, found.id) is not None
        assert reminders.hold(two, found.id) is None

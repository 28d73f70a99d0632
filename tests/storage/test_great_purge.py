"""A purge of many rows: slice after slice, so that people are answered meanwhile, and none dearer than the first."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import event, insert, select

from assistant.privacy import retention
from assistant.privacy.purposes import CARRIED, TURN_TRACE
from assistant.storage import schema
from assistant.storage.database import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
INSTANT = timedelta(microseconds=1)


def put(database: Database, provider: str, count: int, age: timedelta, apart: timedelta = timedelta(0)) -> None:
    """Messages of the past, the first of them the oldest."""
    with database.transaction() as connection:
        for number in range(count):
            at = NOW - age + number * apart
            row = {"provider": provider, "message_id": f"{age.days}-{number}", "reply": "{}", "received_at": at}
            connection.execute(insert(schema.inbox).values(**row))


def deleted(database: Database) -> list[int]:
    """How many rows of the inbox each transaction takes away, from now on."""
    told: list[int] = []

    def commit(_connection: object) -> None:
        told.append(0)

    def look(_c: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("DELETE FROM inbox"):
            told[-1] += cursor.rowcount  # type: ignore[attr-defined]

    event.listen(database.engine, "begin", commit)
    event.listen(database.engine, "after_cursor_execute", look)
    return told


def test_a_great_purge_lets_people_pass(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slice after slice, each in a transaction of its own; what came at the same instant, and has a key of two, too."""
    monkeypatch.setattr(retention, "SLICE", 3)
    put(database, "x", 10, TURN_TRACE + INSTANT)
    taken = deleted(database)
    assert retention.purge_all(database, NOW)["inbox"] == 10
    assert [count for count in taken if count] == [3, 3, 3, 1]
    with database.transaction() as connection:
        assert connection.execute(select(schema.inbox.c.message_id)).all() == []


def test_what_stays_is_stepped_over_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the page are kept for longer than those of carriers beside them: each slice begins behind them."""
    monkeypatch.setattr(retention, "SLICE", 3)
    hour = timedelta(hours=1)
    put(database, "web", 20, CARRIED + 60 * hour, hour)
    put(database, "x", 10, CARRIED + 30 * hour, hour)
    begins = list[datetime]()
    slice_ = retention._slice

    def look(*given: object) -> tuple[int, datetime | None]:
        went, first = slice_(*given)  # type: ignore[arg-type]
        if given[1].name == "inbox of carriers" and first:  # type: ignore[attr-defined]
            begins.append(first)
        return went, first

    monkeypatch.setattr(retention, "_slice", look)
    assert retention.purge_all(database, NOW)["inbox"] == 10
    assert begins == [NOW - CARRIED - 30 * hour + number * hour for number in (0, 3, 6, 9)]
    with database.transaction() as connection:
        assert set(connection.execute(select(schema.inbox.c.provider)).scalars()) == {"web"}

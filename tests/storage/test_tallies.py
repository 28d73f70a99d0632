"""The count of messages and segments: by day, of nobody, and the ratio that is watched."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta, timezone
from math import inf

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection

from assistant.settings import Settings
from assistant.storage import schema, tallies
from assistant.storage.database import Database
from assistant.storage.tallies import Tally, ratio
from tests.support.at_once import at_once

AT = datetime(2026, 11, 23, 12, 34, 56, tzinfo=timezone.utc)


def test_each_day_channel_and_way_is_one_row(connection: Connection) -> None:
    tallies.count(connection, "sms", "in", 1, AT)
    tallies.count(connection, "sms", "in", 2, AT + timedelta(hours=9))
    tallies.count(connection, "sms", "out", 1, AT)
    tallies.count(connection, "voice", "out", 0, AT)
    tallies.count(connection, "sms", "in", 1, AT + timedelta(days=1))
    kept = connection.execute(select(schema.tallies).order_by(*schema.tallies.primary_key)).all()
    days = [AT.replace(hour=0, minute=0, second=0) + timedelta(days=day) for day in (0, 0, 0, 1)]
    assert sorted(row.day for row in kept) == days, "the day, not the hour"
    assert tallies.told(connection, AT) == [
        Tally("sms", "in", 3, 4),
        Tally("sms", "out", 1, 1),
        Tally("voice", "out", 1, 0),
    ]


def test_what_came_before_is_not_told(connection: Connection) -> None:
    tallies.count(connection, "sms", "in", 1, AT)
    assert tallies.told(connection, AT + timedelta(days=1)) == []


def test_those_who_count_at_the_same_time_do_not_wait_for_each_other(settings: Settings) -> None:
    """Each keeps her row until her turn is on the disk: a day has several, and is one when it is told."""
    if settings.database_url.startswith("sqlite"):
        pytest.skip("one transaction at a time")
    with closing(Database(settings.database_url)) as database:
        database.upgrade()
        with database.transaction() as first, database.transaction() as second:
            tallies.count(first, "sms", "in", 1, AT)
            second.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            tallies.count(second, "sms", "in", 2, AT + timedelta(microseconds=1))
        with database.transaction() as connection:
            assert tallies.told(connection, AT, AT + timedelta(days=1)) == [Tally("sms", "in", 2, 3)]
            assert tallies.told(connection, AT - timedelta(days=1), AT) == []


def test_a_day_has_few_rows(connection: Connection) -> None:
    for number in range(100):
        tallies.count(connection, "sms", "in", 1, AT + timedelta(microseconds=number * 997, hours=number % 11))
    kept = connection.execute(select(schema.tallies.c.day)).scalars().all()
    assert len(kept) == tallies.PARTS
    midnight = AT.replace(hour=0, minute=0, second=0)
    assert {day.replace(microsecond=0) for day in kept} == {midnight}, "the day, not the hour"
    assert tallies.told(connection, AT) == [Tally("sms", "in", 100, 100)]


def test_there_is_no_room_for_anybody() -> None:
    assert set(schema.tallies.c.keys()) == {"day", "channel", "way", "messages", "segments"}


def test_those_who_count_at_once_lose_nothing(database: Database) -> None:
    def count() -> None:
        for _ in range(25):
            with database.transaction() as connection:
                tallies.count(connection, "sms", "out", 2, AT)

    at_once([count] * 4)
    with database.transaction() as connection:
        assert tallies.told(connection, AT) == [Tally("sms", "out", 100, 200)]


@pytest.mark.parametrize(
    ("received", "sent", "expected"),
    [(0, 0, None), (10, 11, 1.1), (10, 5, 0.5), (0, 3, inf), (3, 0, 0)],
)
def test_the_ratio_is_of_messages_by_sms(received: int, sent: int, expected: float | None) -> None:
    found = [Tally("sms", "in", received, 99), Tally("sms", "out", sent, 99), Tally("voice", "out", 50, 0)]
    assert ratio(found) == expected

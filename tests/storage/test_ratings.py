"""Whether answers helped: counted once a person and answer, by day, of nobody."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection

from assistant.errors import TurnConflictError
from assistant.privacy.retention import purge
from assistant.stops import DAYS, span
from assistant.storage import inbox, ratings, schema
from assistant.storage.database import Database
from assistant.storage.ratings import Rating
from tests.support.at_once import at_once

AT = datetime(2026, 11, 23, 12, 34, 56, tzinfo=timezone.utc)
DAY = AT.replace(hour=0, minute=0, second=0)


def rate(connection: Connection, once: str, about: str = "cout", *, helped: bool = True, at: datetime = AT) -> bool:
    return ratings.note(connection, once, about, "web", helped=helped, at=at)


def test_each_opinion_counts_once(connection: Connection) -> None:
    assert [rate(connection, once) for once in ("a", "a", "b")] == [True, False, True]
    assert not rate(connection, "a", helped=False), "nor does it change its mind"
    assert ratings.told(connection, AT) == [Rating("cout", 2, 0)]


def test_what_helped_least_comes_first(connection: Connection) -> None:
    for index, (about, helped) in enumerate(
        [("cout", True), ("cout", False), ("activer/fin", True), ("acces", False), ("perdu", False), ("perdu", False)]
    ):
        rate(connection, str(index), about, helped=helped)
    told = ratings.told(connection, AT)
    assert told == [Rating("perdu", 0, 2), Rating("acces", 0, 1), Rating("cout", 1, 1), Rating("activer/fin", 1, 0)]


def test_what_came_before_is_not_told(connection: Connection) -> None:
    rate(connection, "a")
    rate(connection, "b", at=AT + timedelta(days=1))
    assert ratings.told(connection, AT + timedelta(days=1)) == [Rating("cout", 1, 0)]
    assert ratings.told(connection, AT) == [Rating("cout", 2, 0)]


def test_there_is_no_room_for_anybody(connection: Connection) -> None:
    """Neither in the count nor in what makes a form count once."""
    assert set(schema.ratings.c.keys()) == {"day", "about", "channel", "helped", "times"}
    rate(connection, "a")
    (count,) = connection.execute(select(schema.ratings)).mappings()
    assert count["day"] == DAY
    (claim,) = connection.execute(select(schema.inbox)).mappings()
    assert (claim["address"], claim["received_at"]) == ("", DAY)
    assert "cout" not in claim["reply"]


def test_the_id_of_a_message_is_not_that_of_a_rating(connection: Connection) -> None:
    rate(connection, "a")
    assert inbox.recorded(connection, "web", "a") is None


def test_those_who_rate_at_once_lose_nothing(database: Database) -> None:
    """Twice each, as by a double click on two connections, and all of them in the same row."""

    def several() -> None:
        for once in range(20):
            with suppress(TurnConflictError), database.transaction() as connection:
                rate(connection, str(once))

    at_once([several] * 2)
    with database.transaction() as connection:
        assert ratings.told(connection, AT) == [Rating("cout", 20, 0)]


def test_who_rated_is_remembered_longer_than_a_count_is_shown(connection: Connection) -> None:
    """Or the same person would be two of the eleven."""
    rate(connection, "a")
    shown = AT
    while ratings.told(connection, *span(shown)) or shown == AT:
        shown += timedelta(days=1)
        purge(connection, shown)
        assert not rate(connection, "a", at=shown), shown
    assert (shown - AT).days == DAYS + 1


@pytest.mark.parametrize("helped", [True, False])
def test_both_answers_are_kept_apart(connection: Connection, helped: bool) -> None:
    rate(connection, "a", helped=helped)
    assert ratings.told(connection, AT) == [Rating("cout", int(helped), int(not helped))]

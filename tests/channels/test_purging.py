"""The nightly purge: at its hour, once; what was missed is caught up with, and what failed is tried again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from threading import Event

import pytest
from sqlalchemy.exc import OperationalError

from assistant.clock import now
from assistant.errors import PepperError
from assistant.privacy.retention import is_due, purge_all
from assistant.storage.database import Database
from channels.cli import purging
from channels.cli.purging import purge_nightly
from tests.support.purged import purged

HOUR = datetime(2026, 11, 24, 3, 30, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
PARIS = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("last", "at", "due"),
    [
        pytest.param(None, HOUR - MINUTE, True, id="never"),
        pytest.param(HOUR - timedelta(days=1), HOUR - MINUTE, False, id="a minute before the hour"),
        pytest.param(HOUR - timedelta(days=1), HOUR, True, id="at the hour"),
        pytest.param(HOUR, HOUR + MINUTE, False, id="done"),
        pytest.param(HOUR - MINUTE, HOUR + timedelta(hours=9), True, id="down at the hour"),
        pytest.param(HOUR + MINUTE, HOUR + timedelta(hours=23), False, id="done late, and the day ends"),
        pytest.param(HOUR + timedelta(hours=9), HOUR + timedelta(days=1), True, id="done late, the next night"),
        pytest.param(HOUR - timedelta(days=9), HOUR - MINUTE, True, id="down for a week"),
        pytest.param(HOUR, (HOUR + MINUTE).astimezone(PARIS), False, id="told in another zone"),
        pytest.param(HOUR - MINUTE, (HOUR + MINUTE).astimezone(PARIS), True, id="told in another zone, due"),
    ],
)
def test_when_it_is_due(database: Database, last: datetime | None, at: datetime, due: bool) -> None:
    if last is not None:
        purge_all(database, last)
    assert is_due(database, at) is due


@pytest.fixture
def keep(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Have the purge kept, looking every few milliseconds; ended after the test."""
    monkeypatch.setattr(purging, "EVERY", 0.01)
    stopped = Event()
    threads = []
    yield lambda: threads.append(purge_nightly(database, stopped))
    stopped.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_what_was_missed_is_done_at_once_and_once(
    database: Database, keep: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[datetime] = []

    def noted(database: Database, at: datetime) -> dict[str, int]:
        times.append(at)
        return purge_all(database, at)

    monkeypatch.setattr(purging, "purge_all", noted)
    begun = now()
    keep()
    until(lambda: purged(database) is not None)
    time.sleep(0.2)
    assert len(times) == 1
    found = purged(database)
    assert found is not None
    assert begun <= found <= now()


@pytest.mark.parametrize("error", [OperationalError("DELETE", {}, Exception()), PepperError("other")], ids=str)
def test_a_database_that_is_away_is_tried_again(
    database: Database,
    keep: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    """Not a day later."""
    tries = iter(range(3))

    def away(database: Database, at: datetime) -> dict[str, int]:
        if next(tries) < 2:
            raise error
        return purge_all(database, at)

    monkeypatch.setattr(purging, "purge_all", away)
    keep()
    until(lambda: purged(database) is not None)
    assert [each.message for each in caplog.records if each.levelname == "ERROR"] == [
        f"The purge did not happen: {type(error).__name__}"
    ] * 2

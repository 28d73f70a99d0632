"""Seven to twenty-one in Paris, winter and summer, and on the nights when the clocks change."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.daytime import CLOSES, OPENS, PARIS, daytime


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23T11:00", "2026-11-23T11:00"),
        ("2026-11-23T05:59:59", "2026-11-23T06:00"),
        ("2026-11-23T06:00", "2026-11-23T06:00"),
        ("2026-11-23T19:59:59", "2026-11-23T19:59:59"),
        ("2026-11-23T20:00", "2026-11-24T06:00"),
        ("2026-11-23T23:30", "2026-11-24T06:00"),
        ("2026-07-01T04:59", "2026-07-01T05:00"),
        ("2026-07-01T19:00", "2026-07-02T05:00"),
        ("2026-12-31T22:00", "2027-01-01T06:00"),
        # The night when summer begins, and the one when it ends.
        ("2027-03-27T20:30", "2027-03-28T05:00"),
        ("2026-10-24T19:30", "2026-10-25T06:00"),
    ],
)
def test_by_day_at_once_by_night_in_the_morning(at: str, opens: str) -> None:
    assert daytime(utc(at)) == utc(opens)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=st.just(timezone.utc)))  # noqa: DTZ001
def test_it_is_never_earlier_and_always_by_day(at: datetime) -> None:
    found = daytime(at)
    assert found >= at
    assert OPENS <= found.astimezone(PARIS).time() < CLOSES
    assert daytime(found) == found
    assert found == at or found.astimezone(PARIS).time() == OPENS

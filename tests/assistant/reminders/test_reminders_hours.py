"""Quiet hours: 9 to 19 in Paris, Monday to Saturday, no public holiday. Each rule alone, then any instant."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta, timezone

import holidays
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.reminders.hours import PARIS, allowed
from assistant.settings import ROOT

ANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MOMENTS = st.integers(1_735_000_000, 2_367_000_000).map(lambda second: datetime.fromtimestamp(second, timezone.utc))


def paris(said: str) -> datetime:
    return datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("at", "first"),
    [
        pytest.param("2026-11-26 11:07", "2026-11-26 11:07", id="an open hour"),
        pytest.param("2026-11-26 09:00", "2026-11-26 09:00", id="as it opens"),
        pytest.param("2026-11-26 08:59", "2026-11-26 09:00", id="too early"),
        pytest.param("2026-11-26 00:00", "2026-11-26 09:00", id="midnight"),
        pytest.param("2026-11-26 18:59", "2026-11-26 18:59", id="the last minute"),
        pytest.param("2026-11-26 19:00", "2026-11-27 09:00", id="as it closes"),
        pytest.param("2026-11-26 23:30", "2026-11-27 09:00", id="too late"),
        pytest.param("2026-11-28 10:00", "2026-11-28 10:00", id="Saturday"),
        pytest.param("2026-11-28 19:30", "2026-11-30 09:00", id="Saturday evening"),
        pytest.param("2026-11-29 10:00", "2026-11-30 09:00", id="Sunday"),
        pytest.param("2026-11-29 20:00", "2026-11-30 09:00", id="Sunday evening"),
        pytest.param("2026-07-14 10:00", "2026-07-15 09:00", id="14 July, a Tuesday"),
        pytest.param("2026-07-13 20:00", "2026-07-15 09:00", id="the evening before"),
        pytest.param("2026-04-06 10:00", "2026-04-07 09:00", id="Easter Monday"),
        pytest.param("2026-04-04 19:00", "2026-04-07 09:00", id="Saturday before Easter Monday"),
        pytest.param("2026-05-14 10:00", "2026-05-15 09:00", id="Ascension"),
        pytest.param("2026-12-25 10:00", "2026-12-26 09:00", id="Christmas, a Friday"),
        pytest.param("2026-12-26 10:00", "2026-12-26 10:00", id="26 December is Alsace's"),
        pytest.param("2026-12-31 19:00", "2027-01-02 09:00", id="New Year's Eve: the holidays of the next year"),
        pytest.param("2027-05-01 10:00", "2027-05-03 09:00", id="1 May, a Saturday"),
        pytest.param("2026-10-25 02:30", "2026-10-26 09:00", id="the clocks go back"),
        pytest.param("2027-03-28 02:30", "2027-03-30 09:00", id="the clocks go forward on Easter Sunday"),
    ],
)
def test_first_permitted_instant(at: str, first: str) -> None:
    assert allowed(paris(at)) == paris(first)


@pytest.mark.parametrize(
    ("at", "first"),
    [
        pytest.param("2026-07-15T07:00", "2026-07-15T07:00", id="9 in Paris, in summer"),
        pytest.param("2026-07-15T06:59", "2026-07-15T07:00", id="before 9, in summer"),
        pytest.param("2026-01-14T07:00", "2026-01-14T08:00", id="8 in Paris, in winter"),
        pytest.param("2026-07-15T17:00", "2026-07-16T07:00", id="19 in Paris, in summer"),
        pytest.param("2026-01-14T17:00", "2026-01-14T17:00", id="18 in Paris, in winter"),
        pytest.param("2026-07-13T22:30", "2026-07-15T07:00", id="already 14 July in Paris"),
        pytest.param("2026-11-28T23:30", "2026-11-30T08:00", id="already Sunday in Paris"),
    ],
)
def test_hours_are_those_of_paris(at: str, first: str) -> None:
    def utc(said: str) -> datetime:
        return datetime.fromisoformat(said).replace(tzinfo=timezone.utc)

    assert allowed(utc(at)) == utc(first)
    assert allowed(utc(at)).tzinfo is timezone.utc


@ANY
@given(MOMENTS)
def test_permitted_never_before_and_once_for_all(at: datetime) -> None:
    found = allowed(at)
    assert found >= at
    assert allowed(found) == found
    here = found.astimezone(PARIS)
    assert 9 <= here.hour < 19
    assert here.weekday() < 6
    assert here.date() not in holidays.country_holidays("FR", years=here.year)


@ANY
@given(MOMENTS, st.integers(0, 100_000))
def test_the_first_one(at: datetime, seconds: int) -> None:
    """What is between is not permitted, and a later wish is never served earlier."""
    found = allowed(at)
    between = at + timedelta(seconds=seconds)
    assert allowed(between) >= found
    if between < found:
        assert allowed(between) == found


def test_holidays_are_loaded_late() -> None:
    """The library takes a second to import: a service that starts does not wait for it."""
    line = "import sys, assistant.reminders.when, assistant.reminders.spoken; print('holidays' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", line], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.strip() == "False"

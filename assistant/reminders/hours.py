"""The hours at which Camille may call or write first: 9 to 19 in Paris, Monday to Saturday, no public holiday.

Source: reference A7. An SMS sent at 19:00 sharp arrives after: the last minute is 18:59.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
OPENS, CLOSES = time(9), time(19)
SUNDAY = 6


def allowed(at: datetime) -> datetime:
    """The first permitted instant at or after `at`, an aware time; the answer is in UTC."""
    local = at.astimezone(PARIS)
    day, hour = local.date(), local.time()
    if hour < CLOSES and _is_open(day):
        return at.astimezone(timezone.utc) if hour >= OPENS else instant(day, OPENS)
    if hour >= CLOSES:
        day += timedelta(days=1)
    while not _is_open(day):
        day += timedelta(days=1)
    return instant(day, OPENS)


def instant(day: date, hour: time) -> datetime:
    """That hour of that day in Paris, in UTC. An hour that a change of clocks skips is read an hour later."""
    return datetime.combine(day, hour, PARIS).astimezone(timezone.utc)


def _is_open(day: date) -> bool:
    return day.weekday() != SUNDAY and day not in _holidays(day.year)


@lru_cache(maxsize=8)
def _holidays(year: int) -> frozenset[date]:
    # Late: it takes a second, and a turn seldom needs it. The days off of Alsace and overseas are not the country's.
    from holidays import country_holidays

    return frozenset(country_holidays("FR", years=year))

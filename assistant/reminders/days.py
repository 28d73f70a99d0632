"""The days that words stand for, counted from today: « mardi », « le 3 », « fin du mois », « après Noël »."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum
from typing import Literal

from assistant.reminders.times import Feast

Edge = Literal["", "debut", "milieu", "fin"]
DAY = timedelta(days=1)
SATURDAY = 5
# Beyond any reminder; a weekday or a day of the month is looked for no farther.
WEEKS, MONTHS, YEARS = 14, 14, 9
# The days of a week that its beginning, its middle and its end are, the first that is still to come is meant.
OF_WEEK: dict[Edge, tuple[int, ...]] = {"debut": (0,), "milieu": (2, 3), "fin": (4, 5)}
AROUND_WEEK: dict[Edge, range] = {"": range(7), "debut": range(3), "milieu": range(1, 4), "fin": range(3, 7)}
AROUND_MONTH: dict[Edge, range] = {
    "": range(1, 32),
    "debut": range(1, 11),
    "milieu": range(10, 21),
    "fin": range(21, 32),
}


class Rank(IntEnum):
    """How much a word says of the day: the lowest decides, the others must agree."""

    DATE = 0
    NUMBER = 1
    WEEKDAY = 2
    PERIOD = 3


@dataclass(frozen=True)
class Day:
    """`dates`: what may be meant, in order; the first that is not over is. `holds`: whether a date agrees with it.

    `shift`: days to add in the end, for « après » and « avant ».
    """

    rank: Rank
    dates: tuple[date, ...]
    holds: Callable[[date], bool]
    shift: int = 0
    weekday: int | None = None

    def after(self) -> Day:
        """The day after, or after the whole period."""
        if self.rank is not Rank.PERIOD:
            return replace(self, shift=1)
        last = max(filter(self.holds, (self.dates[0] + DAY * days for days in range(32))))
        return exactly(last + DAY)

    def before(self) -> Day:
        """The day before. Before the end of a period is the end itself."""
        return self if self.rank is Rank.PERIOD else replace(self, shift=-1)


def exactly(*dates: date) -> Day:
    return Day(Rank.DATE, dates, lambda day: day in dates)


def in_days(today: date, days: int) -> Day:
    return exactly(today + DAY * days)


def in_months(today: date, months: int, days: int = 0) -> Day:
    """The same day so many months on, or the last of a shorter month."""
    first = month_on(today, months)
    return exactly(min(first + DAY * (today.day - 1), month_on(first, 1) - DAY) + DAY * days)


def month_on(today: date, months: int) -> date:
    """The first day of the month so many months on."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(year)
    return date(year, month + 1, 1)


def weekday(today: date, which: int, weeks: int = 0) -> Day:
    """Never today: who means today says so."""
    first = today + DAY * ((which - today.weekday() - 1) % 7 + 1 + 7 * weeks)
    if weeks:
        return exactly(first)
    dates = tuple(first + DAY * 7 * week for week in range(WEEKS))
    return Day(Rank.WEEKDAY, dates, lambda day: day.weekday() == which, weekday=which)


def numbered(today: date, number: int) -> Day | None:
    """« le 3 »: of this month, or of the next that has one."""
    months = (month_on(today, months) for months in range(MONTHS))
    dates = tuple(
        day
        for first in months
        if (day := first + DAY * (number - 1)).month == first.month and number >= 1 and day >= today
    )
    return Day(Rank.NUMBER, dates, lambda day: day.day == number) if dates else None


def dated(today: date, number: int, month: int, year: int | None = None) -> Day | None:
    """« le 3 décembre »: the next one, or that of `year`. None when there is no such day, or it is over."""
    years = range(today.year, today.year + YEARS) if year is None else (year,)
    dates = tuple(day for each in years if (day := _date(each, month, number)) is not None and day >= today)
    return exactly(*dates) if dates else None


def week(today: date, edge: Edge, weeks: int | None = None) -> Day | None:
    """The days of the week so many weeks on; of the next that has them to come when `weeks` is None."""
    monday = today - DAY * today.weekday()
    wanted = OF_WEEK.get(edge, (0,))
    mondays = [monday, monday + DAY * 7] if weeks is None else [monday + DAY * 7 * weeks]
    dates = tuple(day for each in mondays for one in wanted if (day := each + DAY * one) > today)
    if not dates:
        return None
    around = AROUND_WEEK[edge]
    start = dates[0] - DAY * dates[0].weekday()
    return Day(Rank.PERIOD, dates, lambda day: start <= day < start + DAY * 7 and day.weekday() in around)


def month(today: date, edge: Edge, months: int | None = None) -> Day | None:
    """The days of the month so many months on; of the next that has them to come when `months` is None."""
    firsts = [month_on(today, each) for each in ((0, 1) if months is None else (months,))]
    dates = tuple(day for first in firsts if (day := _of_month(first, edge)) > today)
    if not dates:
        return None
    around, start, stop = AROUND_MONTH[edge], dates[0].replace(day=1), month_on(dates[0], 1)
    return Day(Rank.PERIOD, dates, lambda day: start <= day < stop and day.day in around)


def month_named(today: date, which: int, edge: Edge) -> Day | None:
    """« début décembre », « en mars »."""
    return month(today, edge, (which - today.month) % 12) or month(today, edge, (which - today.month) % 12 + 12)


def weekend(today: date, weeks: int = 0) -> Day:
    """The Saturday to come, or what is left of today's week-end."""
    saturday = today + DAY * (SATURDAY - today.weekday() + 7 * weeks)
    pairs = [saturday, saturday + DAY, saturday + DAY * 7]
    dates = tuple(day for day in pairs if day >= today)
    start = dates[0] - DAY * (dates[0].weekday() - SATURDAY)
    return Day(Rank.PERIOD, dates, lambda day: start <= day <= start + DAY)


def feast(today: date, which: Feast) -> Day:
    """The next one, today's not over; a feast of several days lasts to its end."""
    if not 1 < today.year < date.max.year - 2:
        raise OverflowError(today.year)
    spans = []
    for year in range(today.year - 1, today.year + 3):
        if which.easter is not None:
            first = last = easter(year) + DAY * which.easter
        else:
            first = date(year, which.first[1], which.first[0])
            later = which.last[::-1] < which.first[::-1]
            last = date(year + later, which.last[1], which.last[0])
        if last >= today:
            spans.append((first, last))
    first, last = spans[0]
    if first == last:
        return exactly(*(start for start, _ in spans))
    dates = tuple(max(start, today) for start, _ in spans)
    return Day(Rank.PERIOD, dates, lambda day: first <= day <= last)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous rule, in Meeus, Astronomical Algorithms, chapter 8)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    number, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, number, day + 1)


def _of_month(first: date, edge: Edge) -> date:
    if edge == "fin":
        return month_on(first, 1) - DAY
    return first.replace(day=15) if edge == "milieu" else first


def _date(year: int, number_of_month: int, number: int) -> date | None:
    try:
        return date(year, number_of_month, number)
    except ValueError:
        return None

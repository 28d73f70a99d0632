"""What a practice may be told of its invitations: no figure speaks of a few persons. Pure: counts in, cells out.

No cell under 11 (the rule of the French health data hub for exports), and none that shown ones give away:

* A cell is published once, eight days into the month after its own, and never changes. A figure that moved while one
  looks would tell what a patient did this morning.
* Figures are rounded down: 11, 15, 20, 25. Exact ones would tell, on the day when all who were invited finished, that
  each of them did. Rounding up, or to the nearest, would say that somebody came who did not.
* Only as many may have finished as are shown to have started: with more, earlier starts could be counted back.
* A total stands over six months that nothing else adds up (January to June, July to December), so that the totals of
  two dates cannot be subtracted. It stands where all its months are shown, and tells nothing new; or where none is, and
  then as if each month but one could be full: each of them may still be anything from 0 to 10. Where some are shown and
  some are not, what is left of a total would be the hidden ones: there is none.

Nobody's order may be counted on either: that at most as many start as were invited, or finish as started, narrows none
of the hidden cells further (tests/assistant/test_figures.py holds every table against a linear programme).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from assistant.storage.days import month_of
from assistant.storage.practice_months import Month, What

WHAT: tuple[What, ...] = ("made", "started", "finished")

LEAST = 11
STEP = 5
# How late a month is told: what was begun on its last days has come to rest.
LATE = timedelta(days=7)
MONTHS_SHOWN = 12
HALF = 6

# None is under 11, or stands for what would tell of something under 11. "untold" is a total that would.
Cells = Mapping[What, "int | None"]
Totals = Mapping[What, "int | Literal['untold'] | None"]
# Over fewer months that are all hidden, no total can be told, whatever it is.
LEAST_HIDDEN = 3


@dataclass(frozen=True)
class Line:
    """One month. Each cell says « at least so many »."""

    month: datetime
    cells: Cells


@dataclass(frozen=True)
class Half:
    """Six months of the calendar: those told so far, and their total once all six are. None: not told yet."""

    lines: tuple[Line, ...]
    total: Totals | None


def publish(months: Sequence[Month], first: datetime, now: datetime) -> tuple[Half, ...]:
    """The last twelve months that may be told by `now`, of a practice that began in the month of `first`."""
    known = {month.month: month for month in months}
    begin = max(_months(month_of(first), 0), _months(_last(now), 1 - MONTHS_SHOWN))
    halves: list[Half] = []
    at = begin
    while at <= _last(now):
        end = _months(at, HALF - (at.month - 1) % HALF - 1)
        told = [_months(at, number) for number in range(_between(at, min(end, _last(now))) + 1)]
        counts = [known.get(month) or Month(month, 0, 0, 0) for month in told]
        # From where the practice began, or from the half's own first month: no part of it is out of sight.
        whole = told[-1] == end and (at == month_of(first) or (at.month - 1) % HALF == 0)
        lines = tuple(Line(month, line_of(count)) for month, count in zip(told, counts, strict=True))
        halves.append(Half(lines, totals(counts, lines) if whole and len(lines) > 1 else None))
        at = _months(end, 1)
    return tuple(halves)


def rounded(count: int) -> int | None:
    """What is shown of `count`: None under 11, and never more than there were."""
    return None if count < LEAST else max(LEAST, count - count % STEP)


def next_day(now: datetime) -> datetime:
    """When the next month is told."""
    return _months(_last(now), 2) + LATE


def line_of(month: Month) -> Cells:
    """The cells of one month."""
    started = rounded(month.started)
    finished = rounded(month.finished) if started is not None and month.finished <= month.started else None
    return {"made": rounded(month.made), "started": started, "finished": finished}


def totals(months: Sequence[Month], lines: Sequence[Line]) -> Totals:
    """The total of each column, where it gives no cell away."""
    found: dict[What, int | Literal["untold"] | None] = {}
    for what in WHAT:
        true = sum(_count(month, what) for month in months)
        hidden = sum(line.cells[what] is None for line in lines)
        if hidden == 0:
            found[what] = rounded(true)
        elif hidden == len(lines) >= LEAST_HIDDEN:
            found[what] = rounded(min(true, (LEAST - 1) * (hidden - 1)))
        else:
            found[what] = "untold"
    return found


def _count(month: Month, what: What) -> int:
    return {"made": month.made, "started": month.started, "finished": month.finished}[what]


def _last(now: datetime) -> datetime:
    """The last month that is over, and was LATE ago."""
    return _months(month_of(now - LATE), -1)


def _months(month: datetime, more: int) -> datetime:
    number = month.year * 12 + month.month - 1 + more
    return month.replace(year=number // 12, month=number % 12 + 1)


def _between(one: datetime, other: datetime) -> int:
    return (other.year - one.year) * 12 + other.month - one.month

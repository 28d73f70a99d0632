"""What a practice is shown: each figure, and above all that none gives away how few persons another one is about.

The whole table is held against a linear programme: everything that somebody can know from what is shown becomes a
constraint, and each hidden cell is then made as small and as large as the constraints let it be. They are sums over
nested sets on two sides (a month's chain, a column's total), whose programmes have whole solutions: the range that is
found is the true one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from math import inf

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from assistant.figures import (
    HALF,
    LATE,
    LEAST,
    MONTHS_SHOWN,
    STEP,
    WHAT,
    Half,
    Line,
    What,
    line_of,
    next_day,
    publish,
    totals,
)
from assistant.storage.practice_months import Month

Counts = tuple[int, int, int]
JANUARY = datetime(2026, 1, 1, tzinfo=timezone.utc)
MOST_HIDDEN = LEAST - 1


def month(number: int, year: int = 2026) -> datetime:
    return datetime(year, number, 1, tzinfo=timezone.utc)


def months(counts: Sequence[Counts], first: int = 1) -> list[Month]:
    return [Month(month(first + number), *count) for number, count in enumerate(counts)]


class TestCells:
    @pytest.mark.parametrize(
        ("count", "shown"),
        [(0, None), (1, None), (10, None), (11, 11), (12, 11), (14, 11), (15, 15), (19, 15), (20, 20), (1_003, 1_000)],
    )
    def test_eleven_or_nothing_and_never_more_than_there_were(self, count: int, shown: int | None) -> None:
        assert line_of(Month(JANUARY, count, count, count)) == dict.fromkeys(WHAT, shown)

    def test_none_is_shown_to_finish_of_a_hidden_start(self) -> None:
        assert line_of(Month(JANUARY, 40, 10, 25)) == {"made": 40, "started": None, "finished": None}

    def test_nor_more_than_started(self) -> None:
        assert line_of(Month(JANUARY, 40, 12, 30)) == {"made": 40, "started": 11, "finished": None}

    def test_a_poster_may_bring_more_than_were_invited(self) -> None:
        assert line_of(Month(JANUARY, 1, 62, 31)) == {"made": None, "started": 60, "finished": 30}


class TestTotals:
    def told(self, counts: Sequence[Counts]) -> dict[str, object]:
        given = months(counts)
        return dict(totals(given, [Line(one.month, line_of(one)) for one in given]))

    def test_over_months_that_are_all_shown(self) -> None:
        assert self.told([(42, 11, 11)] * 6) == {"made": 250, "started": 65, "finished": 65}

    def test_over_months_that_are_all_hidden_it_is_all_there_is_to_see(self) -> None:
        assert self.told([(9, 6, 2)] * 6) == {"made": 50, "started": 35, "finished": 11}

    def test_not_as_much_as_would_fill_each_of_them(self) -> None:
        """Sixty in six hidden months would be ten in each."""
        assert self.told([(10, 10, 10)] * 6) == dict.fromkeys(WHAT, 50)

    def test_none_where_one_month_would_be_what_is_left(self) -> None:
        assert self.told([*[(40, 40, 40)] * 5, (3, 3, 3)]) == dict.fromkeys(WHAT, "untold")

    @pytest.mark.parametrize("hidden", range(1, 6))
    def test_nor_where_several_would(self, hidden: int) -> None:
        assert self.told([*[(40, 40, 40)] * (6 - hidden), *[(7, 7, 7)] * hidden]) == dict.fromkeys(WHAT, "untold")

    @pytest.mark.parametrize("number", [1, 2])
    @pytest.mark.parametrize("count", [0, 8, 10])
    def test_none_over_one_or_two_hidden_months(self, number: int, count: int) -> None:
        """Whether it is few is not told either: it is the same word whatever it is."""
        assert self.told([(count, count, count)] * number) == dict.fromkeys(WHAT, "untold")

    def test_few_over_more(self) -> None:
        assert self.told([(3, 1, 0)] * 3) == dict.fromkeys(WHAT, None)


class TestWhen:
    LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)

    def shown(self, now: datetime, first: datetime = LONG_AGO) -> list[datetime]:
        full = [Month(month(number, year), 40, 40, 40) for year in (2025, 2026) for number in range(1, 13)]
        return [line.month for half in publish(full, first, now) for line in half.lines]

    def test_a_month_is_told_eight_days_into_the_next_and_not_a_moment_before(self) -> None:
        eighth = datetime(2026, 12, 8, tzinfo=timezone.utc)
        assert self.shown(eighth - timedelta(microseconds=1))[-1] == month(10)
        assert self.shown(eighth)[-1] == month(11)
        assert next_day(eighth - timedelta(microseconds=1)) == eighth
        assert next_day(eighth) == datetime(2027, 1, 8, tzinfo=timezone.utc)

    def test_twelve_months_and_no_more(self) -> None:
        assert self.shown(datetime(2026, 12, 8, tzinfo=timezone.utc)) == [
            month(12, 2025),
            *[month(number) for number in range(1, 12)],
        ]

    def test_none_from_before_the_practice_began(self) -> None:
        now = datetime(2026, 12, 8, tzinfo=timezone.utc)
        assert self.shown(now, datetime(2026, 10, 31, 22, tzinfo=timezone.utc)) == [month(10), month(11)]
        assert self.shown(now, datetime(2026, 12, 1, tzinfo=timezone.utc)) == []

    def test_a_total_comes_once_six_months_are_whole(self) -> None:
        full = [Month(month(number), 40, 40, 40) for number in range(1, 13)]
        for now, known in (("2026-07-07", [False]), ("2026-07-08", [True]), ("2026-12-31", [True, False])):
            halves = publish(full, month(1), datetime.fromisoformat(now).replace(tzinfo=timezone.utc))
            assert [half.total is not None for half in halves] == known, now

    def test_none_over_a_half_whose_beginning_is_out_of_sight(self) -> None:
        """Its total was told when it ended; told again over fewer months, it would be another sum of the same."""
        full = [Month(month(number, year), 40, 40, 40) for year in (2025, 2026) for number in range(1, 13)]
        halves = publish(full, month(1, 2025), datetime(2026, 11, 20, tzinfo=timezone.utc))
        assert [(half.lines[0].month, half.total is not None) for half in halves] == [
            (month(11, 2025), False),
            (month(1), True),
            (month(7), False),
        ]

    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.tuples(*[st.integers(0, 60)] * 3), min_size=30, max_size=30), st.integers(0, 30))
    def test_what_was_told_once_never_changes(self, counts: list[Counts], begins: int) -> None:
        """Two dates beside each other tell no more than the later one: nothing is left to subtract."""
        start = 2024 * 12
        at = [month(number % 12 + 1, number // 12) for number in range(start, start + 30)]
        told = [Month(one, *count) for one, count in zip(at, counts, strict=True)][begins:]
        first = at[begins] if begins < 30 else at[-1]
        seen: dict[object, object] = {}
        for number in range(0, 900, 3):
            for half in publish(told, first, at[0] + timedelta(days=number)):
                for line in half.lines:
                    assert seen.setdefault(line.month, line.cells) == line.cells
                if half.total:
                    assert seen.setdefault((half.lines[-1].month, "total"), half.total) == half.total


@dataclass
class Known:
    """What is known of `half` by whoever reads it: how large each cell may be, and sums that may not be exceeded.

    `ordered`: with the knowledge that in each month at most as many finish as start, and start as were invited.
    """

    half: Half
    ordered: bool
    sums: list[tuple[np.ndarray, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number in range(len(self.half.lines)) if self.ordered else ():
            for lower, upper in (("started", "made"), ("finished", "started")):
                row = self.zeros()
                row[self.place(number, lower)], row[self.place(number, upper)] = 1, -1
                self.sums.append((row, 0))
        for what in WHAT if self.half.total else ():
            self._total(what)

    @property
    def bounds(self) -> list[tuple[float, float | None]]:
        cells = [(what, line.cells[what]) for line in self.half.lines for what in WHAT]
        # Without an order, what finished may be hidden for another reason than being few.
        few = {what: None if what == "finished" and not self.ordered else MOST_HIDDEN for what in WHAT}
        return [(0, few[what]) if cell is None else within(cell) for what, cell in cells]

    def ends(self, number: int, what: str) -> tuple[float, float]:
        """The least and the most that one cell can be."""
        goal, found = self.zeros(), []
        goal[self.place(number, what)] = 1
        rows, limits = [row for row, _ in self.sums], [limit for _, limit in self.sums]
        for sign in (1, -1):
            given = {"A_ub": np.array(rows), "b_ub": np.array(limits)} if rows else {}
            done = linprog(sign * goal, bounds=self.bounds, **given)
            assert done.status in (0, 3), done.message  # 3: as large as one likes
            found.append(sign * done.fun if done.status == 0 else inf)
        return found[0], found[1]

    def zeros(self) -> np.ndarray:
        return np.zeros(len(self.half.lines) * len(WHAT))

    def place(self, number: int, what: str) -> int:
        return number * len(WHAT) + [str(one) for one in WHAT].index(what)

    def _total(self, what: What) -> None:
        assert self.half.total
        hidden = sum(line.cells[what] is None for line in self.half.lines)
        total, full = self.half.total[what], MOST_HIDDEN * (hidden - 1)
        row = self.zeros()
        row[self.place(0, what) :: len(WHAT)] = 1
        if isinstance(total, int):
            least, most = within(total)
            self.sums.append((-row, -least))
            if hidden < len(self.half.lines) or most < full:
                self.sums.append((row, most))
        elif total is None:  # all hidden, and not even eleven together
            self.sums.append((row, MOST_HIDDEN))


def ranges(half: Half, *, ordered: bool) -> list[tuple[int, str, float, float]]:
    """Every hidden cell of `half`, and the least and the most that it can be for all that is shown."""
    known = Known(half, ordered)
    hidden = [(number, what) for number, line in enumerate(half.lines) for what in WHAT if line.cells[what] is None]
    return [(number, what, *known.ends(number, what)) for number, what in hidden]


def within(cell: int) -> tuple[float, float]:
    """What a shown figure may stand for."""
    return (cell, cell + STEP - 1 - cell % STEP)


def tables(cell: st.SearchStrategy[int], *, ordered: bool) -> st.SearchStrategy[list[Counts]]:
    line = st.tuples(cell, cell, cell)
    if ordered:
        line = line.map(lambda counts: tuple(sorted(counts, reverse=True)))  # type: ignore[arg-type,return-value]
    # From the first month of the year on; or a practice that began some months before the end of June.
    return st.lists(line, min_size=1, max_size=HALF)


AROUND = st.one_of(st.integers(0, 16), st.integers(8, 12), st.sampled_from([0, 10, 11, 15, 40]))


@settings(max_examples=120, deadline=None)
@given(tables(AROUND, ordered=True))
@example([(10, 10, 10)] * 6)
@example([(11, 10, 10)] * 6)
@example([(12, 12, 12)] * 5 + [(3, 2, 1)])
@example([(40, 10, 0)] * 6)
@example([(2, 2, 2)] * 5 + [(1, 1, 1)])
@example([(40, 40, 10)] * 3 + [(40, 10, 10)] * 3)
def test_no_hidden_cell_can_be_told_from_what_is_shown(counts: list[Counts]) -> None:
    half = whole(counts)
    for number, what, least, most in ranges(half, ordered=True):
        assert (least <= 1e-6, most >= MOST_HIDDEN - 1e-6) == (True, True), (counts, number, what, least, most)


@settings(max_examples=120, deadline=None)
@given(tables(AROUND, ordered=False))
@example([(1, 40, 12)] * 5 + [(1, 10, 40)])
def test_nor_where_posters_and_late_ends_mix_the_order(counts: list[Counts]) -> None:
    half = whole(counts)
    for number, what, least, most in ranges(half, ordered=False):
        assert (least <= 1e-6, most >= MOST_HIDDEN - 1e-6) == (True, True), (counts, number, what, least, most)


def whole(counts: list[Counts]) -> Half:
    """A half that ends in June, of a practice that began as many months before as there are counts."""
    first = HALF + 1 - len(counts)
    halves = publish(months(counts, first), month(first), month(HALF + 1) + LATE)
    (half,) = halves
    assert len(half.lines) == len(counts)
    return half


def careless(counts: list[Counts]) -> Half:
    """What somebody would write first: small cells hidden, and every total told."""
    half = whole(counts)
    sums = [sum(column) for column in zip(*counts, strict=True)]
    return Half(half.lines, dict(zip(WHAT, sums, strict=True)))


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param([*[(40, 40, 40)] * 5, (3, 3, 3)], id="one hidden month beside a total"),
        pytest.param([(10, 10, 10)] * 6, id="full months under a total"),
        pytest.param([(30, 10, 5)] * 5 + [(30, 30, 30)], id="two totals that are near"),
    ],
)
def test_the_programme_finds_what_is_given_away(counts: list[Counts]) -> None:
    """Otherwise the tests above would pass for having looked at nothing."""
    found = ranges(careless(counts), ordered=True)
    assert [one for one in found if one[2] > 0.5 or one[3] < MOST_HIDDEN - 0.5]


def test_a_year_is_two_halves() -> None:
    assert MONTHS_SHOWN == 2 * HALF

"""Where people stop, as it is published: each figure, and above all that no hidden one can be found.

What is published of one channel and stage depends on its own counts alone, so all counts of a range are gone through:
those that are published alike are what a reader cannot tell apart. Whoever knows the rules knows no more than that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import product

import pytest

from assistant.content.book import Book
from assistant.figures import LEAST, rounded
from assistant.guide import Guide
from assistant.stops import DAYS, LATELY, cell, span, stages, steps
from assistant.storage.events import Stand
from assistant.turns import Channel

SMALL = range(LEAST)
# All counts up to here are gone through: figures are rounded by fives, so that the last of them is whole too.
MOST = 44
NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def book(guide: Guide) -> Book:
    return guide.book


def counts_of(number: int) -> list[tuple[int, ...]]:
    return [counts for counts in product(range(MOST + 1), repeat=number) if sum(counts) <= MOST]


class TestWhatCannotBeToldApart:
    def test_those_who_came_lately_and_the_others(self) -> None:
        """Both figures of a stage, over 28 days and over 7: a small part of it may be any small part."""
        alike: dict[tuple[int | None, int | None], list[tuple[int, int]]] = defaultdict(list)
        for recent, earlier in counts_of(2):
            published = (
                cell(recent + earlier, recent, lately=False),
                cell(recent + earlier, recent, lately=True),
            )
            alike[published].append((recent, earlier))
        for published, counts in alike.items():
            for part in (0, 1):
                found = {count[part] for count in counts}
                assert not found & set(SMALL) or set(SMALL) <= found, published

    @pytest.mark.parametrize("number", [1, 2, 3, 4])
    def test_the_steps_of_a_stage(self, number: int) -> None:
        """With the figure of the stage beside them: a step that few stopped at may be one where nobody did."""
        names = "abcd"[:number]
        alike: dict[object, list[tuple[int, ...]]] = defaultdict(list)
        for counts in counts_of(number):
            persons = dict(zip(names, counts, strict=True))
            alike[(rounded(sum(counts)), tuple(steps(persons, number)))].append(counts)
        for published, found in alike.items():
            for at in range(number):
                here = {counts[at] for counts in found}
                assert not here & set(SMALL) or set(SMALL) <= here, published

    def test_the_search_would_find_a_leak(self) -> None:
        """Without the rest of eleven, the steps of a stage of 22 would tell what is left of it."""
        careless = {counts for counts in counts_of(2) if rounded(sum(counts)) == 20 and rounded(counts[0]) == 20}
        assert {other for _, other in careless} == set(range(5))


class TestCells:
    def test_lately_is_told_where_the_others_are_eleven_too(self) -> None:
        assert cell(40, 20, lately=True) == 20
        assert cell(30, 20, lately=True) is None
        assert cell(20, 20, lately=True) is None, "that all of them came lately is told neither"
        assert cell(40, 10, lately=True) is None

    def test_steps_are_told_where_enough_is_left_to_the_others_and_not_too_much(self) -> None:
        few = {"c": 6, "d": 5}
        assert steps({"a": 41, "b": 12, **few}, of=9) == [("a", 40), ("b", 11)]
        assert steps({"a": 41, "c": 6, "d": 4}, of=9) == [], "each of the others would be known to be small"
        assert steps({"a": 41, **few}, of=3) == [], "eleven in two steps: neither can be empty"
        assert steps({"a": 41, **few}, of=4) == [("a", 40)]
        assert steps({"a": 41}, of=9) == []
        assert steps({}, of=9) == []

    def test_the_days_are_whole_and_fit_the_life_of_the_trace(self) -> None:
        since, until = span(NOW)
        assert (since, until) == (
            datetime(2026, 10, 26, tzinfo=timezone.utc),
            datetime(2026, 11, 23, tzinfo=timezone.utc),
        )
        assert span(NOW, LATELY)[0] == until - timedelta(days=7)
        assert timedelta(days=DAYS + 1) < timedelta(days=30)


def stands(book: Book, counts: dict[int, int], channel: Channel = "web", status: str = "going") -> Iterator[Stand]:
    """So many at the first step of each stage of « activer »."""
    for stage, count in counts.items():
        step = next(step for step in book.journeys["activer"].steps.values() if step.stage == stage)
        yield Stand(channel, step.name, status, count, 0)


class TestStages:
    def test_in_the_order_of_the_journey_with_the_end_last(self, book: Book) -> None:
        assert [row.number for row in stages(book.journeys["activer"], [])] == [1, 2, 3, 4, 5, 6, 0]

    def test_reached_adds_up_what_is_shown_and_nothing_else(self, book: Book) -> None:
        given = [*stands(book, {1: 24, 2: 9, 3: 13}), *stands(book, {6: 16}, status="done")]
        rows = stages(book.journeys["activer"], given)
        assert [row.stopped["web"] for row in rows] == [20, None, 11, None, None, None, 15]
        assert [row.reached["web"] for row in rows] == [46, 26, 26, 15, 15, 15, 15]

    def test_nobody_is_counted_on_another_channel(self, book: Book) -> None:
        rows = stages(book.journeys["activer"], stands(book, {1: 24}, "sms"))
        assert rows[0].stopped == {"web": None, "sms": 20, "voice": None}
        assert rows[0].reached == {"web": None, "sms": 20, "voice": None}

    def test_who_has_finished_stopped_at_no_stage(self, book: Book) -> None:
        rows = stages(book.journeys["activer"], stands(book, {6: 30}, status="done"))
        assert [row.stopped["web"] for row in rows] == [None] * 6 + [30]

    def test_a_step_of_an_earlier_release_is_left_out(self, book: Book) -> None:
        rows = stages(book.journeys["activer"], [Stand("web", "plus_la", "going", 40, 40)])
        assert {row.stopped["web"] for row in rows} == {None}

    def test_lately_tells_no_steps(self, book: Book) -> None:
        journey = book.journeys["activer"]
        first, *others = [step.name for step in journey.steps.values() if step.stage == 1][:3]
        given = [Stand("web", first, "going", 40, 20), *(Stand("web", other, "going", 10, 0) for other in others)]
        assert stages(journey, given)[0].steps["web"] == [(first, 40)]
        assert stages(journey, given, lately=True)[0].steps["web"] == ()
        assert stages(journey, given, lately=True)[0].stopped["web"] == 20

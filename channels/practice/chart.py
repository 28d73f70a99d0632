"""Bars side by side, as numbers for an SVG in the page. A cell that is not shown has a mark, and no height."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 48, 8, 12, 44
BAR = 14
# Where lines are drawn across, whatever the counts: three or four of them.
STEPS = (5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000)
MOST_LINES = 4


@dataclass(frozen=True)
class Bar:
    """One cell, of the column `what`: `height` 0 is one that is not shown."""

    what: str
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Group:
    """The bars of one row, which is the one of that `number`, and where its name stands."""

    number: int
    middle: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """`marks` are the values that a line is drawn at, with its height."""

    groups: tuple[Group, ...]
    marks: tuple[tuple[int, float], ...]


def chart(rows: Sequence[Mapping[str, int | None]], columns: Sequence[str]) -> Chart | None:
    """The chart of `rows`, each with a bar for each of `columns`; None when no cell of theirs is shown."""
    shown = [cell for row in rows for cell in row.values() if cell is not None]
    if not shown:
        return None
    step = next((step for step in STEPS if step * MOST_LINES >= max(shown)), max(shown))
    top = step * -(-max(shown) // step)
    room, wide = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT - RIGHT) / len(rows)
    base = HEIGHT - BOTTOM

    def bars(middle: float, row: Mapping[str, int | None]) -> tuple[Bar, ...]:
        first = middle - BAR * len(columns) / 2
        heights = [room * (row[what] or 0) / top for what in columns]
        placed = zip(columns, heights, strict=True)
        return tuple(
            Bar(what, round(first + BAR * number, 1), round(base - height, 1), round(height, 1))
            for number, (what, height) in enumerate(placed)
        )

    middles = [LEFT + wide * (number + 0.5) for number in range(len(rows))]
    groups = (Group(number, round(at, 1), bars(at, rows[number])) for number, at in enumerate(middles))
    marks = tuple((value, round(base - room * value / top, 1)) for value in range(0, top + 1, step))
    return Chart(tuple(groups), marks)

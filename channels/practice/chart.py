"""The bars of the figures, as numbers for an SVG in the page. A cell that is not shown has a mark, and no height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.figures import WHAT, Line
from assistant.storage.practice_months import What

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 48, 8, 12, 44
BAR = 14
# Where lines are drawn across, whatever the counts: three or four of them.
STEPS = (5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000)
MOST_LINES = 4


@dataclass(frozen=True)
class Bar:
    """One cell: `height` 0 is one that is not shown."""

    what: What
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Group:
    """The bars of one month, and where its name stands."""

    line: Line
    middle: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """`marks` are the values that a line is drawn at, with its height."""

    groups: tuple[Group, ...]
    marks: tuple[tuple[int, float], ...]


def chart(lines: Sequence[Line]) -> Chart | None:
    """The chart of `lines`; None when no cell of theirs is shown."""
    shown = [cell for line in lines for cell in line.cells.values() if cell is not None]
    if not shown:
        return None
    step = next((step for step in STEPS if step * MOST_LINES >= max(shown)), max(shown))
    top = step * -(-max(shown) // step)
    room, wide = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT - RIGHT) / len(lines)
    base = HEIGHT - BOTTOM

    def bars(middle: float, line: Line) -> tuple[Bar, ...]:
        first = middle - BAR * len(WHAT) / 2
        heights = [room * (line.cells[what] or 0) / top for what in WHAT]
        placed = zip(WHAT, heights, strict=True)
        return tuple(
            Bar(what, round(first + BAR * number, 1), round(base - height, 1), round(height, 1))
            for number, (what, height) in enumerate(placed)
        )

    middles = [LEFT + wide * (number + 0.5) for number in range(len(lines))]
    groups = tuple(Group(line, round(at, 1), bars(at, line)) for at, line in zip(middles, lines, strict=True))
    marks = tuple((value, round(base - room * value / top, 1)) for value in range(0, top + 1, step))
    return Chart(groups, marks)

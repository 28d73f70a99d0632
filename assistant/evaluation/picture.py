"""The picture of the curve: answered at once, and rightly, at every confidence; the chosen one is marked.

Drawn by a template rather than by matplotlib: the same figures give the same file, words stay words for those who
listen to a page, and half a second of imports is spared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.evaluation.curve import Point, Thresholds

WIDTH, HEIGHT, LEFT, TOP = 720, 420, 70, 56
PLOT_WIDTH, PLOT_HEIGHT = 610, 270
# Told apart by people who see colours otherwise (Okabe and Ito), and by their strokes in print.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#000000")
STROKES = ("none", "8 4", "2 4", "8 4 2 4")
TENTHS = tuple(step / 10 for step in range(0, 11, 2))


@dataclass(frozen=True)
class Line:
    """One set of messages as drawn. `mark` is where the chosen confidence lies."""

    name: str
    colour: str
    stroke: str
    path: str
    mark: tuple[float, float]
    chosen: Point


@dataclass(frozen=True)
class Frame:
    """Where figures lie: x is the share answered, from 0 to 1; y the share of those answered rightly, from `lowest`."""

    lowest: float

    def x(self, share: float) -> float:
        return round(LEFT + PLOT_WIDTH * share, 1)

    def y(self, share: float) -> float:
        return round(TOP + PLOT_HEIGHT * (1 - share) / (1 - self.lowest), 1)

    @property
    def heights(self) -> list[float]:
        """Five horizontal lines."""
        return [self.lowest + (1 - self.lowest) * step / 4 for step in range(5)]


def drawn(curves: Sequence[tuple[str, Sequence[Point]]], limits: Thresholds) -> str:
    """SVG, one line a set of messages. A point at which nothing is answered is not drawn: nothing is right there."""
    shown = [(name, [each for each in points if each.answered.hits]) for name, points in curves]
    worst = min((each.right.value for _, points in shown for each in points), default=0.0)
    frame = Frame(lowest=min(int(worst * 10) / 10, 0.8))
    lines = [_line(index, name, points, limits, frame) for index, (name, points) in enumerate(shown) if points]
    template = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
    plot = (LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT)
    return template.get_template("picture.svg.jinja").render(
        lines=lines, frame=frame, limits=limits, tenths=TENTHS, size=(WIDTH, HEIGHT), plot=plot
    )


def _line(index: int, name: str, points: Sequence[Point], limits: Thresholds, frame: Frame) -> Line:
    places = [(frame.x(each.answered.value), frame.y(each.right.value)) for each in points]
    chosen = min(points, key=lambda each: abs(each.confidence - limits.confidence))
    return Line(
        name=name,
        colour=COLOURS[index % len(COLOURS)],
        stroke=STROKES[index % len(STROKES)],
        path=" ".join(f"{x},{y}" for x, y in places),
        mark=(frame.x(chosen.answered.value), frame.y(chosen.right.value)),
        chosen=chosen,
    )

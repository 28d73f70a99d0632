"""The report of an evaluation, as Markdown. Its words stand in report.md.jinja; here are its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.evaluation import scores
from assistant.evaluation.aims import Aim, aims
from assistant.evaluation.curve import Point, Thresholds, curve, point
from assistant.evaluation.judged import Judged
from assistant.evaluation.labelled import MessageSet
from assistant.evaluation.picture import drawn
from assistant.evaluation.shares import Interval, Loss, Share, percentile
from assistant.evaluation.variants import CLEAN

REPORT, PICTURE = "evaluation.md", "coverage.svg"
# Of the curve, those that a table shows beside the chosen one.
SHOWN = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
# Of each confusion; the rest are counted.
MOST_TEXTS = 5


@dataclass(frozen=True)
class Peer:
    """Another way to understand, on the same messages: right first and in the first three, by set and variant.

    `note` says what it is; `behind` by how much Camille leads on messages as written, by set; None was not measured.
    """

    name: str
    note: str
    shares: Mapping[str, Mapping[str, tuple[Share, Share]]]
    seconds: float | None = None
    milliseconds: float | None = None
    megabytes: float | None = None
    behind: Mapping[str, Loss] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """One set of messages, judged in each variant in the same order. `learnt` are those that training has met."""

    messages: MessageSet
    variants: dict[str, Sequence[Judged]]
    milliseconds: Sequence[float]
    learnt: frozenset[str] = frozenset()

    @property
    def clean(self) -> Sequence[Judged]:
        return self.variants[CLEAN]

    @cached_property
    def new(self) -> Sequence[Judged]:
        """The messages that are not, or nearly, in the training data."""
        return [one for one in self.clean if one.message.text not in self.learnt]

    @property
    def aims(self) -> list[Aim]:
        return aims(self.variants, self.milliseconds)

    @property
    def topics(self) -> int:
        return len({one.meant for one in self.clean})

    def loss(self, variant: str) -> Loss:
        """What `variant` costs in messages right first."""
        return Loss.of([one.first for one in self.clean], [one.first for one in self.variants[variant]])

    def points(self, limits: Thresholds) -> list[Point]:
        """The curve at a few confidences, the chosen one among them."""
        chosen = [Thresholds(sure, limits.margin) for sure in sorted({*SHOWN, limits.confidence})]
        return [point(self.clean, each) for each in chosen]

    def spent(self, share: float) -> float:
        """Milliseconds a message, at most, for `share` of the messages."""
        return percentile(self.milliseconds, share)


@dataclass(frozen=True)
class Evaluation:
    """All that was measured in one run. `busy` is the load of the machine before it: above 0.5, others worked on it."""

    at: datetime
    model: str
    limits: Thresholds
    sections: Sequence[Section]
    peers: Sequence[Peer] = ()
    busy: float = 0.0


def prepare(folder: Path) -> None:
    """Make `folder`, which git is told to leave alone. Raises OSError when nothing can be written there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="ascii")


def write(evaluation: Evaluation, folder: Path) -> None:
    """Write the report and its picture into `folder`, which was prepared."""
    curves = [(each.messages.name, curve(each.clean, evaluation.limits.margin)) for each in evaluation.sections]
    (folder / PICTURE).write_text(drawn(curves, evaluation.limits), encoding="utf-8")
    (folder / REPORT).write_text(told(evaluation), encoding="utf-8")


def told(evaluation: Evaluation) -> str:
    """The report as Markdown."""
    return environment().get_template("report.md.jinja").render(
        told=evaluation, scores=scores, picture=PICTURE, most_texts=MOST_TEXTS
    )  # fmt: skip


def environment() -> Environment:
    """Templates beside this file, and French figures. Markdown and SVG escape for themselves."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701 - what people wrote is escaped by `cell`; a browser never gets it as HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(percent=percent, between=between, number=number, cell=cell)
    return made


def percent(share: float) -> str:
    """« 84,3 % »."""
    return f"{number(100 * share, 1)} %"


def between(interval: Interval) -> str:
    """« 81,2 à 87,0 »."""
    return " à ".join(number(100 * end, 1) for end in interval)


def number(value: float, digits: int = 0) -> str:
    """A French number: a comma for the decimals, a space for the thousands; no minus before a zero."""
    rounded = round(value, digits) + 0.0
    return f"{rounded:,.{digits}f}".replace(",", " ").replace(".", ",")


def cell(text: str) -> str:
    """What somebody wrote, safe inside a table or a list: one line, and no mark of Markdown or HTML."""
    line = " ".join(text.split())
    for mark in ("\\", "`", "|", "*", "_", "[", "]", "#", "~"):
        line = line.replace(mark, f"\\{mark}")
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

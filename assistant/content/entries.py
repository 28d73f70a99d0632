"""Everything that Camille can say, entry by entry: an answer or a step, with all its texts and where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assistant.content.book import Book
from assistant.content.document import Document, Place, Problem, read
from assistant.content.french import Measures, measure, words
from assistant.content.wording import CHANNELS, Basis, Wording
from assistant.turns import Channel

ENOUGH_WORDS = 30  # a readability score means nothing on less


@dataclass(frozen=True)
class Text:
    """One text of one channel: whose it is, in what role, and what the person must hold while she hears it."""

    name: str
    role: str
    channel: Channel
    text: str
    step: bool
    holds_choices: bool


@dataclass(frozen=True)
class Entry:
    """One answer or one step. A step and an answer may share a name: they are two entries."""

    name: str
    step: bool
    texts: tuple[Text, ...]
    basis: Basis

    @cached_property
    def measures(self) -> Measures:
        """All its texts taken together: a single one is too short to be judged."""
        return measure("\n".join(text.text for text in self.texts))

    @property
    def long_enough(self) -> bool:
        return self.measures.words >= ENOUGH_WORDS

    def words(self) -> Iterator[str]:
        """Every word of its texts, as a reader meets it."""
        for text in self.texts:
            yield from words(text.text)


def entries(book: Book) -> Iterator[Entry]:
    """All answers, then all steps."""
    for answer in book.answers.values():
        said = list(_spread(answer.name, "say", answer.say, step=False, holds=bool(answer.choices)))
        if answer.simpler:
            said += _spread(answer.name, "simpler", answer.simpler, step=False, holds=bool(answer.choices))
        if answer.more:
            said.append(Text(answer.name, "more", "web", answer.more, False, False))
        yield Entry(answer.name, False, tuple(said), answer.basis)
    for journey in book.journeys.values():
        for step in journey.steps.values():
            holds = len(step.choices) > 1 and not step.pauses
            said = list(_spread(step.name, "say", step.say, step=True, holds=holds))
            said += _spread(step.name, "simpler", step.simpler, step=True, holds=holds)
            if step.beside:
                said += _spread(step.name, "beside", step.beside, step=True, holds=holds)
            if step.pause:
                asked = Wording(step.pause, step.pause, step.pause)
                said += _spread(step.name, "pause", asked, step=True, holds=True)
            yield Entry(step.name, True, tuple(said), step.basis)


def texts(book: Book) -> Iterator[Text]:
    """Everything that Camille can say, one text of one channel at a time."""
    for entry in entries(book):
        yield from entry.texts


def _spread(name: str, role: str, wording: Wording, *, step: bool, holds: bool) -> Iterator[Text]:
    for channel in CHANNELS:
        yield Text(name, role, channel, wording.on(channel), step, holds)


class Places:
    """The file and the line of each entry and of each of its texts."""

    def __init__(self, data: Path) -> None:
        self._found: dict[tuple[str, bool], tuple[Document, Place]] = {}
        for path in sorted(data.glob("answers/*.yml")):
            self._add(path, data.parent, (), step=False)
        for path in sorted(data.glob("journeys/*.yml")):
            self._add(path, data.parent, ("steps",), step=True)

    def problem(self, name: str, step: bool, sentence: str, *below: str) -> Problem:
        """`sentence` at the entry `name`, or `below` it: a role and a channel."""
        document, place = self._found.get((name, step), (Document("data", {}, {}), ()))
        return document.problem((*place, *below), sentence)

    def _add(self, path: Path, root: Path, above: Place, *, step: bool) -> None:
        document, _ = read(path, root)
        for name in _below(document.data, above):
            self._found.setdefault((name, step), (document, (*above, name)))


def _below(data: object, above: Place) -> Iterable[str]:
    for name in above:
        data = data.get(name) if isinstance(data, dict) else None
    return [str(name) for name in data] if isinstance(data, dict) else []

"""The book of all that Camille can say, as one HTML page that asks nothing of any other place."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.content.answers import Answer
from assistant.content.book import Book
from assistant.content.facts import Fact
from assistant.content.wording import Basis
from assistant.journeys.model import RETURN
from channels.book.plan import CHOICE, STUCK, lay_out
from channels.web.typography import sentences, typeset

UNSURE = "to check"
MOVES = "moves"


@dataclass(frozen=True)
class Entry:
    """An answer or a phrase, with its number on paper: « R12 », « P3 »."""

    number: str
    label: str
    answer: Answer


@dataclass(frozen=True)
class Target:
    """Where a choice leads: a place of this page, a `move` of the conversation, or back to the step before."""

    number: str = ""
    words: str = ""
    move: str = ""
    back: bool = False


class Pages:
    """What the template asks of one Book: its chapters in order, and where everything is."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.plans = [lay_out(journey, chapter) for chapter, journey in enumerate(book.journeys.values(), 1)]
        groups = _groups(book)
        topics = sorted(book.topics.values(), key=lambda topic: groups.index(topic.group))
        spoken = [topic for topic in topics if topic.name in book.answers]
        self._answers = {
            topic.name: Entry(f"R{index}", topic.label, book.answers[topic.name])
            for index, topic in enumerate(spoken, 1)
        }
        phrases = [name for name in book.answers if name not in book.topics]
        self.phrases = [Entry(f"P{index}", name, book.answers[name]) for index, name in enumerate(phrases, 1)]
        self.groups = {
            group: [self._answers[topic.name] for topic in spoken if topic.group == group] for group in groups
        }
        self.words = [(f"M{index}", term) for index, term in enumerate(book.glossary.terms, 1)]
        self._steps = {node.step.name: node for plan in self.plans for node in plan.nodes}
        self._chapters = {plan.journey.name: index for index, plan in enumerate(self.plans, 1)}

    def target(self, goes: str) -> Target:
        """Where "step:x", "topic:y", "journey:z" or "move:w" leads."""
        kind, _, name = goes.partition(":")
        if kind == "move":
            return Target(move=name)
        if kind == "when":
            return Target(move="day")
        if name == RETURN and kind == "step":
            return Target(back=True)
        if kind == "topic" and name not in self._chapters:
            return Target(self._answers[name].number, self._answers[name].label)
        if kind in ("topic", "journey"):
            journey, step = self.book.entry(name)
            name = step if "/" in name else journey.start
        node = self._steps[name]
        return Target(node.number, self.headline(node.step.say.web))

    def label(self, topic: str) -> str:
        return self.book.topics[topic].label

    @staticmethod
    def headline(text: str) -> str:
        """The first sentence, by which a step is recognised."""
        return sentences(text)[0]

    def facts(self, basis: Basis) -> list[Fact]:
        return [self.book.facts[name] for name in basis.facts]

    def unsure(self, basis: Basis) -> bool:
        """Whether something under these words has yet to be confirmed."""
        return any(fact.confidence == UNSURE for fact in self.facts(basis))

    @cached_property
    def used(self) -> dict[str, list[str]]:
        """The numbers of the texts that rest on each fact."""
        found: dict[str, list[str]] = defaultdict(list)
        based = [(node.number, node.step.basis) for node in self._steps.values()]
        based += [(entry.number, entry.answer.basis) for entry in (*self._answers.values(), *self.phrases)]
        based += [(number, term.basis) for number, term in self.words]
        for number, basis in based:
            for fact in basis.facts:
                found[fact].append(number)
        return found

    @property
    def doubts(self) -> list[Fact]:
        """The facts that have yet to be confirmed and that something rests on."""
        return [fact for fact in self.book.facts.values() if fact.confidence == UNSURE and fact.name in self.used]


def book_page(book: Book, day: date) -> str:
    """The page, dated `day`."""
    pages = Pages(book)
    kinds = {"CHOICE": CHOICE, "STUCK": STUCK, "UNSURE": UNSURE}
    return (
        environment()
        .get_template("book.html")
        .render(pages=pages, book=book, day=day, used=pages.used, **kinds)
        .lstrip()
    )


def environment() -> Environment:
    """The templates of this page, which hold its words."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["typeset"] = typeset
    return made


def _groups(book: Book) -> list[str]:
    """The groups of topics as they come, but for the moves of the conversation: a reader wants the subject first."""
    groups = dict.fromkeys(topic.group for topic in book.topics.values())
    return sorted(groups, key=lambda group: group == MOVES)


__all__ = ["Entry", "Pages", "Target", "book_page", "environment"]

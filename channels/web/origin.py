"""Where a page's words come from: the facts under them, told in plain words to whoever asks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assistant.content.book import Book
from assistant.content.facts import Fact

MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
# What was noted for writers: « (voir G15) », « (E57) », « (... : ne pas reprendre.) ».
FOR_WRITERS = re.compile(r"\s*\((?:voir [^)]*|[A-Z]\d{2,3}|[^)]*ne pas reprendre\.?)\)")


@dataclass(frozen=True)
class Origin:
    """One fact. `alone` when one source only says it; `day` is when it was read there, in words."""

    statement: str
    source: str
    day: str
    alone: bool


@dataclass(frozen=True)
class Origins:
    """The facts that may be told, and whether others, still unsure, lie under the same words.

    An unsure fact is not told, here either: data/sources.yml holds doubts and notes for writers, that somebody in a
    hurry would read as an answer. The page says whom to ask.
    """

    known: tuple[Origin, ...] = ()
    unsure: bool = False


def origins(basis: Iterable[str], book: Book) -> Origins:
    """What can be told of the facts named in `basis`. One that content has lost since is left out."""
    facts = [book.facts[name] for name in basis if name in book.facts]
    known = [_told(fact) for fact in facts if fact.confidence != "to check"]
    return Origins(tuple(known), len(known) < len(facts))


def _told(fact: Fact) -> Origin:
    statement = FOR_WRITERS.sub("", fact.statement)
    return Origin(statement, fact.source, in_words(fact.gathered), alone=fact.confidence == "one source")


def in_words(day: date) -> str:
    """« 23 novembre 2026 », « 1er mai 2026 »."""
    return f"{day.day}{'er' if day.day == 1 else ''} {MONTHS[day.month - 1]} {day.year}"

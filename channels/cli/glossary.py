"""What `camille check` says of the glossary: plain words, facts of some age, and one SMS a word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assistant.content.book import Book
from assistant.content.document import Problem, read
from assistant.content.entries import Entry, Text
from assistant.content.glossary import Term
from assistant.content.rules import banned_words, review
from assistant.content.wording import CHANNELS
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from channels.cli.cost import too_dear
from channels.sms.text import written

FILE = "lexicon/glossary.yml"


def review_glossary(book: Book, today: date, data: Path) -> Iterator[Problem]:
    """Every fault of every word, at its file and line. Its structure is proved by `read_book` before."""
    document, _ = read(data / FILE, data.parent)
    banned, guide = banned_words(data), Guide(book)
    for term in book.glossary.terms:
        entry = _entry(term)
        for text, fault in review(entry, banned, book.facts, today):
            if text:
                yield document.problem((term.name, "say", text.channel), f"« {term.name} » ({text.channel}) : {fault}")
            else:
                yield document.problem((term.name,), f"« {term.name} » {fault}")
        for fault in _dear(guide, term):
            yield document.problem((term.name, "say", "sms"), f"« {term.name} » (sms) : {fault}")


def _dear(guide: Guide, term: Term) -> Iterator[str]:
    """Why the word costs more than one SMS to somebody on her way, or two to a stranger who hears first who speaks."""
    journey = next(iter(guide.book.journeys.values()))
    going = Progress(journey.name, journey.start, "going", met=CHANNELS, last=(f"step:{journey.start}",))
    found = (
        too_dear(written(guide.define(here, "sms", term).reply), most) for here, most in ((going, 1), (Progress(), 2))
    )
    yield from dict.fromkeys(filter(None, found))  # dear letters are told once


def _entry(term: Term) -> Entry:
    texts = tuple(Text(term.name, "say", channel, term.say.on(channel), False, True) for channel in CHANNELS)
    return Entry(term.name, False, texts, term.basis)

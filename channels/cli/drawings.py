"""What `camille check` says of the drawings: files that may stand in a page, steps that exist, and plain words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assistant.content.book import Book
from assistant.content.document import Problem, read
from assistant.content.entries import Entry, Text
from assistant.content.rules import banned_words, review
from channels.web.drawings import FILE, Drawing, read_drawings


def review_drawings(book: Book, today: date, data: Path) -> Iterator[Problem]:
    """Every fault of every drawing, at its file and line."""
    drawings, problems = read_drawings(data, book)
    yield from problems
    document, _ = read(data / FILE, data.parent)
    banned = banned_words(data)
    for drawing in drawings:
        for text, fault in review(_entry(drawing), banned, book.facts, today):
            if text:
                yield document.problem((drawing.name, text.role), f"« {drawing.name} » ({text.role}) : {fault}")
            else:
                yield document.problem((drawing.name,), f"« {drawing.name} » {fault}")


def _entry(drawing: Drawing) -> Entry:
    said = (("alt", drawing.alt), ("caption", drawing.caption))
    texts = tuple(Text(drawing.name, role, "web", text, True, False) for role, text in said if text)
    return Entry(drawing.name, True, texts, drawing.basis)

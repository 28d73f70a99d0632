"""What `camille check` says of the words a physician may say: plain words, facts of some age, twenty seconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assistant.content.advice import Said
from assistant.content.book import Book
from assistant.content.document import Problem, read
from assistant.content.entries import Entry, Text
from assistant.content.french import words
from assistant.content.rules import banned_words, review

FILE = "practice/advice.yml"
# Some 160 words a minute are said without haste: 55 are twenty seconds.
LONGEST_SCRIPT = 55


def review_advice(book: Book, today: date, data: Path) -> Iterator[Problem]:
    """Every fault, at its file and line. Its structure is proved by `read_book` before."""
    document, _ = read(data / FILE, data.parent)
    banned = banned_words(data)
    for said in book.advice.all:
        place = (said.name,) if said.name in document.data else ("objections", said.name)
        for _, fault in review(_entry(said), banned, book.facts, today):
            yield document.problem((*place, "words"), f"« {said.name} » {fault}")
        for name in said.basis.facts:
            if book.facts[name].confidence == "to check":
                told = f"Le fait « {name} » est à vérifier : un médecin ne peut pas le dire."
                yield document.problem((*place, "facts"), told)
    count = len(words(book.advice.script.words))
    if count > LONGEST_SCRIPT:
        yield document.problem(("script", "words"), f"« script » a {count} mots à dire (au plus {LONGEST_SCRIPT})")


def _entry(said: Said) -> Entry:
    text = Text(said.name, "words", "web", said.words, step=False, holds_choices=False)
    return Entry(said.name, False, (text,), said.basis)

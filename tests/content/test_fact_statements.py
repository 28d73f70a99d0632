"""What the page tells under « D'où vient cette information ? » is for whoever asks: it holds no note for writers."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest
import yaml

from assistant.content.book import Book
from assistant.content.facts import Fact
from assistant.guide import Guide
from assistant.settings import ROOT
from channels.web.origin import origins

# How the notes of the fact base begin or end. What is unsure may keep its own: it is never told.
NOTES = re.compile(
    r"\(voir |\([A-J]\d{2,3}\)|→ (?:3422|caisse)|ne pas reprendre|ne donc plus|ne pas promettre|ne pas conclure|"
    r"par déduction|à vérifier|l'assistant\b|c'est la source|retenir |prudence :|expliquer calmement|"
    r"utile pour rassurer|^évolution :",
    re.I,
)
# Short names that stand for a thing a reader is told of, not for where it was read.
THINGS = frozenset({"MES", "3422", "ARS", "CSP"})


def told(book: Book) -> list[Fact]:
    return [fact for fact in book.facts.values() if fact.confidence != "to check"]


def test_no_note_for_writers_is_told(guide: Guide) -> None:
    facts = told(guide.book)
    assert len(facts) > 200
    assert [f"{fact.name}: {fact.statement}" for fact in facts if NOTES.search(fact.statement)] == []


def test_where_it_was_read_is_told_beside_the_statement_and_not_in_it(guide: Guide) -> None:
    """« (APP et GUIDE-GF) » in the middle of a sentence is a source that was not put under `source:`."""
    names = sorted(set(_read("lexicon/abbreviations.yml")) - THINGS, key=len, reverse=True)
    short = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])")
    written = _read("sources.yml")
    assert [fact.name for fact in told(guide.book) if short.search(written[fact.name]["statement"])] == []


@pytest.mark.parametrize("name", ["B44", "H07", "J07"])
def test_a_statement_is_told_whole(guide: Guide, name: str) -> None:
    """Nothing is cut out of it on the way to the page."""
    known = origins((name,), guide.book).known
    assert [origin.statement for origin in known] == [guide.book.facts[name].statement]


def _read(name: str) -> dict[str, Any]:
    """A file of data/ as it is written, before its short names are spelled out."""
    return cast("dict[str, Any]", yaml.safe_load((ROOT / "data" / name).read_text(encoding="utf-8")))

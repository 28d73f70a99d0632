"""The real content, read once for all tests: reading it takes a second each time."""

from __future__ import annotations

from functools import cache

import pytest

from assistant.content.book import Book, open_book
from assistant.lexicon import Lexicon, open_lexicon
from assistant.settings import ROOT


@cache
def book() -> Book:
    return open_book(ROOT / "data")


@cache
def lexicon() -> Lexicon:
    return open_lexicon(ROOT / "data" / "lexicon")


def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Conversation made in the test shares one Book and one Lexicon. Neither can be changed."""
    monkeypatch.setattr("assistant.conversation.open_book", lambda _: book())
    monkeypatch.setattr("assistant.conversation.open_lexicon", lambda _: lexicon())

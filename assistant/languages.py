"""Tells a message that is plainly in another language: by its letters, or by words that French does not have. Pure.

A classifier hears a guess in these words, and asks in French to say it otherwise. French must never be taken for
another language: one word of French is enough, and one word of another is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.content.wording import CHANNELS, Wording
from assistant.folding import fold

# « Thank you », « please help »; one word alone may be a name, a mark, a slip of the finger.
LEAST_WORDS = 2
# « 你好 »; a single letter of another alphabet is a sign.
LEAST_LETTERS = 2
DOTLESS = "\u0131"  # the Turkish i, which is no i with something on it


@dataclass(frozen=True)
class Language:
    """One language: how it is told, what is said in it, and what is said before the numbers of danger."""

    name: str
    say: Wording
    danger: Wording
    words: frozenset[str]
    letters: re.Pattern[str] | None
    only: frozenset[str]


class Languages:
    """data/lexicon/languages.yml as read. Raises KeyError, TypeError or AttributeError for what is missing in it."""

    def __init__(self, groups: Mapping[str, Any]) -> None:
        self._never = frozenset((*groups["francais"].split(), *groups["droits"].split()))
        self.all = tuple(_language(name, fields) for name, fields in groups["langues"].items())

    def of(self, words: str) -> Language | None:
        """The language that folded `words` are plainly in, if it is another than French."""
        said = words.replace(DOTLESS, "i").split()
        return self._by_letters(said) or self._by_words(said)

    def _by_letters(self, said: list[str]) -> Language | None:
        letters = [letter for word in said for letter in word if letter.isalpha()]
        for language in self.all:
            found = [letter for letter in letters if language.letters and language.letters.match(letter)]
            # A name in our own letters may stand in it: « Mon espace santé 是什么 ».
            if len(found) < LEAST_LETTERS or 2 * len(found) < len(letters):
                continue
            if not language.only or not language.only.isdisjoint(letters) or not language.words.isdisjoint(said):
                return language
        return None

    def _by_words(self, said: list[str]) -> Language | None:
        """The language with most of these words, two at least and half of all, and no French beside them."""
        if not self._never.isdisjoint(said):
            return None
        heard = set(said)
        language = max(self.all, key=lambda each: len(heard & each.words))
        found = len(heard & language.words)
        return language if found >= LEAST_WORDS and 2 * found >= len(heard) else None


def _language(name: str, fields: Mapping[str, Any]) -> Language:
    ranges = "".join(fields.get("lettres", ()))
    return Language(
        name=name,
        say=_wording(fields["dit"]),
        danger=_wording(fields["danger"]),
        words=frozenset(fold(fields.get("mots", "")).split()),
        letters=re.compile(f"[{ranges}]") if ranges else None,
        only=frozenset(fold(fields.get("avec", ""))),
    )


def _wording(said: Mapping[str, str]) -> Wording:
    return Wording(**{channel: said[channel] for channel in CHANNELS})

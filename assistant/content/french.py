"""Measures French text as readers meet it: sentences, words, syllables, and two readability scores.

Kandel-Moles: 207 - 1.015 x words/sentences - 73.6 x syllables/word; the higher, the easier.
LIX: words/sentences + 100 x long words/words; the lower, the easier (under 30: very easy).
Both are noisy under some thirty words: use them over a step or more, not over a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SENTENCE_END = re.compile(r"(?<=[.!?…:])(?:\s*[»\"])?\s+(?=[«\"A-ZÀ-Þ0-9])|\n+")
WORD = re.compile(r"[A-Za-zÀ-ÿœŒ0-9]+(?:[-'’][A-Za-zÀ-ÿœŒ0-9]+)*\+?")
# "qu" and "gu" before a vowel are one sound with it; a final mute e, es or ent is not heard.
SILENT_U = re.compile(r"(?<=[qg])u(?=[eéèêiyaàâo])")
# Between two vowels, y is an i that closes the first syllable: « voyage » is voi-iage.
GLIDE = re.compile(r"(?<=[aeiouéèê])y(?=[aeiouéèê])")
MUTE_END = re.compile(r"(?<=[bcdfghjklmnpqrstvwxz])(?:e|es)$")
VOWELS = re.compile(r"[aàâeéèêëiîïoôuùûüyœæ]+")
LONG_WORD = 6


@dataclass(frozen=True)
class Measures:
    """What a text measures. `longest` is the words of its longest sentence."""

    words: int
    sentences: int
    longest: int
    kandel_moles: float
    lix: float


def sentences(text: str) -> list[str]:
    """The sentences of `text`, in order. « 8 h 30. » or « 34 22 » do not cut one."""
    return [part.strip() for part in SENTENCE_END.split(text) if WORD.search(part)]


def words(text: str) -> list[str]:
    """The words of `text`; « l'application » is one, as a reader sees it."""
    return WORD.findall(text)


def syllables(word: str) -> int:
    """How many syllables are heard in `word`, at least one."""
    if word.isdigit():
        return len(word)
    heard = GLIDE.sub("i-", SILENT_U.sub("", word.lower().replace("’", "'")))
    heard = heard.split("'")[-1] if "'" in heard and len(heard.split("'")[0]) <= 2 else heard
    longer = MUTE_END.sub("", heard) if len(VOWELS.findall(heard)) > 1 else heard
    return max(1, len(VOWELS.findall(longer)))


def measure(text: str) -> Measures:
    """All measures of `text`; zeros for a text without words."""
    found = sentences(text)
    counts = [len(words(sentence)) for sentence in found]
    total = sum(counts)
    if not total:
        return Measures(0, 0, 0, 0.0, 0.0)
    every = words(text)
    mean = total / len(found)
    heard = sum(syllables(word) for word in every) / len(every)
    long = sum(1 for word in every if len(word.split("'")[-1]) > LONG_WORD) / len(every)
    return Measures(total, len(found), max(counts), 207 - 1.015 * mean - 73.6 * heard, mean + 100 * long)

"""Which listed words a word may stand for: exact, fused, written by ear, or with a slip of the finger.

Exact lists miss half of the danger phrases of average SMS (docs/architecture.md, « Danger »).
Nothing is remembered from one call to the next: the words are what people wrote, before masking.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from assistant.folding import sound

# What SMS glue to the next word: « jarrive », « sarrete », « quil », « jveux », « dmourir ».
GLUED = re.compile(r"(?:j|l|d|s|t|m|n|c|qu|k)(?=[aeiouyh]\w)|[jdm](?=[^aeiouyh]\w)")
# Shorter words are too like one another; they are listed with their spellings instead.
SHORTEST_HEARD = 4
SHORTEST_MISTYPED = 5
# One slip in five to eight letters, two beyond. A slip is a letter missed, doubled, changed or swapped.
TWO_SLIPS = 9
LONGEST_WORD = 24


class Likeness:
    """The listed `words`, and the `strict` ordinary words that stand for nothing but themselves."""

    def __init__(self, words: Iterable[str], strict: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._strict = frozenset(strict)
        self._heard: dict[str, set[str]] = defaultdict(set)
        self._shaped: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(self._words):
            if len(word) >= SHORTEST_HEARD:
                self._heard[sound(word)].add(word)
            if len(word) >= SHORTEST_MISTYPED:
                self._shaped[sound(word)[:1], len(word)].append(word)

    def meant(self, word: str) -> frozenset[str]:
        """The listed words that folded `word` may be; empty when it is none of them."""
        if len(word) > LONGEST_WORD:
            return frozenset()
        if word in self._words or word in self._strict:
            loose = len(word) >= SHORTEST_HEARD and word not in self._strict
            return frozenset({word, *(self._sounding(word, sound(word)) if loose else ())} & self._words)
        glued = GLUED.match(word)
        alone = word[glued.end() :] if glued else ""
        found = self._like(word)
        if not found and alone and alone not in self._strict:
            found = {alone, *self._like(alone)} & self._words
        return frozenset(found)

    def _like(self, word: str) -> set[str]:
        if len(word) < SHORTEST_HEARD:
            return set()
        heard = sound(word)
        found = self._sounding(word, heard)
        if len(word) >= SHORTEST_MISTYPED:
            slips = 2 if len(word) >= TWO_SLIPS else 1
            for length in range(len(word) - slips, len(word) + slips + 1):
                # A first letter is hardly ever missed; without it, « porte » would be « morte ».
                for listed in self._shaped.get((heard[:1], length), ()):
                    if OSA.distance(word, listed, score_cutoff=slips) <= slips:
                        found.add(listed)
        return found

    def _sounding(self, word: str, heard: str) -> set[str]:
        """The listed words that sound the same. What sounds short must also begin alike: « venait » is no « veine »."""
        begins = word[:3] if len(heard) < SHORTEST_HEARD else ""
        return {listed for listed in self._heard.get(heard, ()) if listed.startswith(begins)}

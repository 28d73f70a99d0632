"""Leaves of a masked message the ordinary words alone: what names somebody is no word that everybody says.

A message that was not understood is kept for those who improve the content. Masks took numbers out, names.py the names
that something announces; this takes out the rest that could tell who wrote, whatever is not said by many in data/nlu.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

from assistant.folding import fold, sound
from assistant.privacy.names import without_names

# A word is everybody's when so many training messages hold it.
EVERYBODY = 5
# Written by ear, it still is; but a short one sounds like too many names.
SHORTEST_HEARD = 4
TAKEN_OUT = "[mot]"
TOLD = re.compile(r"^\s*- (.+)$", re.MULTILINE)
WORD = re.compile(r"\[[^\]]*\]|[^\W\d_]+")


class PlainWords:
    """The words that everybody says. `only` is all that it is for."""

    def __init__(self, words: frozenset[str]) -> None:
        self._words = words
        self._heard = frozenset(sound(word) for word in words if len(word) >= SHORTEST_HEARD)

    def only(self, masked: str) -> str:
        """`masked` with every other word replaced by a mark; masks stay. Capitals say a name: they are not heard."""
        unnamed = without_names(masked, wary=True)
        return WORD.sub(lambda found: found.group() if self._is_plain(found.group()) else TAKEN_OUT, unnamed).strip()

    def _is_plain(self, word: str) -> bool:
        plain = fold(word)
        if word.startswith("[") or plain in self._words:
            return True
        shouted = word.isupper() and len(word) > 1
        return (word.islower() or shouted) and len(plain) >= SHORTEST_HEARD and sound(plain) in self._heard


@lru_cache(maxsize=1)
def plain_words(data: Path) -> PlainWords:
    """The words of the training messages under `data`. Half a second the first time."""
    said = Counter(
        word
        for path in sorted(data.glob("nlu/**/*.yml"))
        for message in TOLD.findall(path.read_text(encoding="utf-8"))
        for word in set(fold(message).split())
    )
    return PlainWords(frozenset(word for word, count in said.items() if count >= EVERYBODY))

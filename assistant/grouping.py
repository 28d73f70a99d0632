"""What was not understood, grouped by likeness, and only what many people said. Pure: rows in, groups out.

Texts hold ordinary words only (privacy/plain_words.py). A group is told when its rows come from eleven parts of all
people (storage/unclear.py): those are eleven persons at least. What fewer said is not told, not even how much of it.

Of those texts nobody's own is told. People seldom write the same twice: what is alike to a group may be one person's,
with a word in it that says who she is. Told are the words that eleven persons at least wrote in one and the same text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from assistant.figures import LEAST, rounded
from assistant.folding import fold
from assistant.review_file import MARK, example
from assistant.storage.unclear import Said

# Of 100. « je trouve pas le numéro » and « je trouve pas mon numero » are 92, « où est le numéro » is 60.
ALIKE = 72
MOST_TOLD = 40
# So many ways of saying it are shown; all of them are filed.
MOST_SHOWN = 5
# « l' » goes with the word that it leans on.
WORD = re.compile(r"(?:[^\W\d_]{1,2}['’])?[^\W\d_]+")


@dataclass(frozen=True)
class Group:
    """`phrases` are what may be read, what most people wrote first; `texts` what they are taken from, to be dealt with
    and shown to nobody; `persons` how many wrote one of those, at least."""

    phrases: tuple[str, ...]
    texts: tuple[str, ...]
    persons: int

    @property
    def name(self) -> str:
        """What a form calls it by: what the page shows of it."""
        return name_of("\n".join(self.phrases))


def name_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def groups(said: Sequence[Said]) -> list[Group]:
    """The groups of `said` (the most frequent first) that many people are in, the largest first."""
    leaders: list[str] = []
    members: list[list[Said]] = []
    for one in said:
        folded = fold(one.text)
        found = process.extractOne(folded, leaders, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
        if found is None:
            leaders.append(folded)
            members.append([one])
        else:
            members[found[2]].append(one)
    told = []
    for group in members:
        persons = rounded(_persons(group))
        phrases = _phrases(group) if persons is not None else ()
        if persons is not None and phrases:
            told.append(Group(phrases, tuple(one.text for one in group), persons))
    return sorted(told, key=lambda group: (-group.persons, group.phrases))[:MOST_TOLD]


def _persons(texts: Sequence[Said]) -> int:
    return len(frozenset[int]().union(*(one.shares for one in texts)))


def _phrases(group: Sequence[Said]) -> tuple[str, ...]:
    """What may be read of `group`; of one set of words, as the most frequent text has them."""
    written = [(frozenset(_words(one.text)), one) for one in group]

    @cache
    def persons(words: frozenset[str]) -> int:
        return _persons([one for all_, one in written if words <= all_])

    found: dict[frozenset[str], str] = {}
    for words, one in written:
        shared = _shared(words, persons)
        phrase = example(" ".join(shown for word, shown in _words(one.text).items() if word in shared))
        if phrase:
            found.setdefault(shared, phrase)
    order = sorted(found, key=lambda words: (-persons(words), -len(words), found[words]))
    return tuple(found[words] for words in order)


def _shared(words: frozenset[str], persons: Callable[[frozenset[str]], int]) -> frozenset[str]:
    """Those of `words` that many persons wrote together. The long ones say most, and are tried first."""
    kept = frozenset[str]()
    for word in sorted(words, key=lambda word: (-len(word), word)):
        if persons(kept | {word}) >= LEAST:
            kept |= {word}
    return kept


def _words(text: str) -> dict[str, str]:
    """The words of `text` in their order, each once: as it is compared, and as it is written."""
    found: dict[str, str] = {}
    for word in WORD.findall(MARK.sub(" ", text).lower()):
        found.setdefault(fold(word), word)
    return found

"""What was not understood, grouped by likeness, and only what many people said. Pure: rows in, groups out.

Texts hold ordinary words only (privacy/plain_words.py). A group is told when its rows come from eleven parts of all
people (storage/unclear.py): those are eleven persons at least. What fewer said is not told, not even how much of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from assistant.figures import rounded
from assistant.folding import fold
from assistant.storage.unclear import Said

# Of 100. « je trouve pas le numéro » and « je trouve pas mon numero » are 92, « où est le numéro » is 60.
ALIKE = 72
MOST_TOLD = 40
# So many ways of saying it are shown; all of them are filed.
MOST_SHOWN = 5


@dataclass(frozen=True)
class Group:
    """Texts that are alike, the most frequent first, and how many persons said one of them, at least."""

    texts: tuple[str, ...]
    persons: int

    @property
    def name(self) -> str:
        """What a form calls it by: its first text, which the page shows too."""
        return name_of(self.texts[0])


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
        persons = rounded(len(frozenset[int]().union(*(one.shares for one in group))))
        if persons is not None:
            told.append(Group(tuple(one.text for one in group), persons))
    return sorted(told, key=lambda group: (-group.persons, group.texts[0]))[:MOST_TOLD]

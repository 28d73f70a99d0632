"""Finds danger to life and distress in a message, from the phrases of data/lexicon/danger.yml.

Recall comes first: a false alarm costs one kind sentence. Yet one word is never enough to cry wolf: « mourir »
or « urgence » alone hit hundreds of harmless messages, and exact phrases miss half of average SMS
(docs/architecture.md, « Danger »).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from assistant.folding import fold
from assistant.likeness import Likeness
from assistant.phrases import Heard, Phrase, find, phrase

# Violence suffered is distress, told in words of its own: the line for those who want to die is not for those who are
# hit. Whoever speaks of both is told both.
VIOLENCE, DISTRESS, BOTH = "violences", "detresse", "violences_et_detresse"
TOPICS = ("urgence_medicale", DISTRESS)
# What is said, where it is not the topic's own answer: `guide.REPORTED` has the topic.
TOLD = (*TOPICS, VIOLENCE, BOTH)
# « Il menace de me tuer » is violence before it is taken for a wish to die.
SOUGHT = ("urgence_medicale", VIOLENCE, DISTRESS)
# Groups of danger.yml that are no danger: families of words, ways of speaking, words never taken for another.
FAMILIES, FIGURES, ORDINARY = "mots", "figures", "ordinaires"
# « en 2019 » tells the past as « l'année dernière » does.
YEAR = re.compile(r"(?:19|20)\d\d")


class Danger:
    """`groups` is danger.yml as read. Raises KeyError for a group or a family that is missing."""

    def __init__(self, groups: Mapping[str, Any]) -> None:
        families = _families(groups[FAMILIES])
        self._phrases: dict[str, list[Phrase]] = {
            group: [phrase(entry, families) for entry in groups[group]] for group in (FIGURES, *SOUGHT)
        }
        every = [wanted for group in self._phrases.values() for wanted in group]
        self._likeness = Likeness({word for wanted in every for word in wanted.words}, groups[ORDINARY].split())
        # For each word, the phrases that need it and which of their places it may fill, as a bit.
        self._filling: dict[str, list[tuple[Phrase, int]]] = defaultdict(list)
        for wanted in every:
            for place, words in enumerate(wanted.needed):
                for word in words:
                    self._filling[word].append((wanted, 1 << place))

    def topic(self, words: str) -> str | None:
        """What folded `words` speak of, one of TOLD, or None. A figure of speech is no danger."""
        heard = [self._likeness.meant(YEAR.sub("annee", word)) for word in words.split()]
        possible = self._possible(heard)
        plain = self._first({wanted for wanted in possible if wanted.plain}, heard)
        if plain == DISTRESS and self._found(VIOLENCE, possible, heard):
            return BOTH
        if plain:
            return plain
        for figure in (wanted for wanted in self._phrases[FIGURES] if wanted in possible):
            _take_out(figure, heard)
        found = self._first(possible, heard)
        if found != VIOLENCE:
            return found
        for wanted in (wanted for wanted in self._phrases[VIOLENCE] if wanted in possible):
            _take_out(wanted, heard)
        return BOTH if self._found(DISTRESS, possible, heard) else VIOLENCE

    def _first(self, possible: Collection[Phrase], heard: Heard) -> str | None:
        """The first group of which one of the `possible` phrases is there."""
        return next((group for group in SOUGHT if self._found(group, possible, heard)), None)

    def _found(self, group: str, possible: Collection[Phrase], heard: Heard) -> bool:
        return any(wanted in possible and find(wanted, heard) for wanted in self._phrases[group])

    def _possible(self, heard: Heard) -> set[Phrase]:
        """The phrases whose words are all somewhere in the message."""
        filled: dict[Phrase, int] = defaultdict(int)
        for word in frozenset().union(*heard):
            for wanted, place in self._filling.get(word, ()):
                filled[wanted] |= place
        return {wanted for wanted, places in filled.items() if places == wanted.full}


def _take_out(wanted: Phrase, heard: list[frozenset[str]]) -> None:
    """Take the words of `wanted` out of a message, as often as it is there."""
    while places := find(wanted, heard):
        for place in places:
            heard[place] = frozenset()


def _families(lines: Mapping[str, str]) -> dict[str, list[str]]:
    """Each family's words. A family may take in one listed before it, by "@name"."""
    families: dict[str, list[str]] = {}
    for name, line in lines.items():
        words = "".join(line.split()).split("|")
        families[name] = [found for word in words for found in _members(word, families)]
    return families


def _members(word: str, families: Mapping[str, list[str]]) -> Iterable[str]:
    return families[word[1:]] if word.startswith("@") else [fold(word)]

"""The closed word lists of data/lexicon/: what is decided in so many words, before any classifier."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml
from rapidfuzz import fuzz, process

from assistant.errors import ContentError
from assistant.folding import fold

DANGER = ("urgence_medicale", "detresse")
FIGURES = "figures"
# One letter wrong, missing or swapped in five, two in eight: what an SMS does to a word (shared nlu.md 2).
ALIKE = 78.0
SHORTEST_ALIKE = 5
# How many other words may stand between the words of a danger phrase.
LOOSE = 4

Phrase = tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Lexicon:
    """`stop` and `moves` map a whole folded message to a topic; `phrases` are danger phrases by topic."""

    stop: dict[str, str]
    moves: dict[str, str]
    phrases: dict[str, tuple[Phrase, ...]]

    @cached_property
    def _long_words(self) -> list[str]:
        words = {word for group in self.phrases.values() for phrase in group for slot in phrase for word in slot}
        return sorted(word for word in words if len(word) >= SHORTEST_ALIKE)

    def danger(self, words: str) -> str | None:
        """The danger that folded `words` speak of, or None. A figure of speech is none."""
        spoken = words.split()
        meant = [self._alike(word) for word in spoken]
        for phrase in self.phrases.get(FIGURES, ()):
            for index in _found(phrase, meant):
                meant[index] = frozenset()
        for topic in DANGER:
            if any(_found(phrase, meant) for phrase in self.phrases.get(topic, ())):
                return topic
        return None

    def _alike(self, word: str) -> frozenset[str]:
        """`word` and the listed words that it may be a misspelling of."""
        if len(word) < SHORTEST_ALIKE or len(word) > 24:
            return frozenset({word})
        close = process.extract(word, self._long_words, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=5)
        # A first letter is hardly ever missed; without it, « porte » would be « morte ».
        return frozenset({word, *(match for match, _, _ in close if match[0] == word[0])})


def _found(phrase: Phrase, meant: list[frozenset[str]]) -> list[int]:
    """Where the words of `phrase` stand close together in the message; empty when they do not."""
    anchors = [index for index, word in enumerate(meant) if word & phrase[0]]
    for anchor in anchors:
        low, high = max(0, anchor - len(phrase) - LOOSE), anchor + len(phrase) + LOOSE
        taken = [anchor]
        for slot in phrase[1:]:
            near = range(low, min(high, len(meant)))
            place = next((index for index in near if index not in taken and meant[index] & slot), None)
            if place is None:
                break
            taken.append(place)
        else:
            return taken
    return []


def open_lexicon(folder: Path) -> Lexicon:
    """The lists of `folder`. Raises ContentError with the file that cannot be read."""
    lists = {}
    for name in ("stop", "moves", "danger"):
        path = folder / f"{name}.yml"
        try:
            lists[name] = yaml.safe_load(path.read_text(encoding="utf-8"))
            entries = [entry for group in lists[name].values() for entry in group]
        except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
            raise ContentError(f"data/lexicon/{name}.yml ne se lit pas : {error}") from error
        if not all(isinstance(entry, str) for entry in entries):
            raise ContentError(f"data/lexicon/{name}.yml : chaque ligne est un texte (mettez des guillemets).")
    phrases = {topic: tuple(_phrase(entry) for entry in entries) for topic, entries in lists["danger"].items()}
    return Lexicon(_whole(lists["stop"]), _whole(lists["moves"]), phrases)


def _whole(groups: dict[str, list[str]]) -> dict[str, str]:
    return {fold(entry): topic for topic, entries in groups.items() for entry in entries}


def _phrase(entry: str) -> Phrase:
    return tuple(frozenset(fold(word) for word in slot.split("|")) for slot in entry.split())

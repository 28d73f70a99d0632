"""Hears what somebody says of herself in so many words: that a person died, that she cannot read. Pure.

A classifier names what she asks for; here she asks for nothing, and an answer to a guess would hurt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.content.wording import CHANNELS
from assistant.phrases import Phrase, find, phrase
from assistant.turns import Channel

FAMILIES, AROUND = "mots", "autour"
# Who says so is brief; a longer message tells something else as well.
MOST_WORDS = 18


@dataclass(frozen=True)
class Situation:
    """One group of the file: `name` is what is told.

    With a word of `unless`, something else is meant; so it is with a word outside `around`, unless that is None.
    """

    name: str
    phrases: tuple[Phrase, ...]
    unless: frozenset[str]
    around: frozenset[str] | None
    channels: tuple[Channel, ...]

    def said(self, words: Sequence[str]) -> bool:
        """Whether `words` say this."""
        if not self.unless.isdisjoint(words):
            return False
        heard = [frozenset({word}) for word in words]
        return any(self._alone(words, find(wanted, heard)) for wanted in self.phrases)

    def _alone(self, words: Sequence[str], places: Sequence[int]) -> bool:
        """Whether the words at `places` are all that is said, but for those around."""
        if not places or self.around is None:
            return bool(places)
        rest = (word for place, word in enumerate(words) if place not in places)
        return all(word in self.around or word.isdigit() for word in rest)


class Situations:
    """data/lexicon/situations.yml as read. Raises KeyError with the name of a field or a family that is not there."""

    def __init__(self, groups: Mapping[str, Any]) -> None:
        families = {name: "".join(line.split()).split("|") for name, line in groups[FAMILIES].items()}
        always = groups[AROUND].split()
        self._situations = tuple(
            Situation(
                name=name,
                phrases=tuple(phrase(line, families) for line in group["dit"]),
                unless=frozenset(group.get("sauf", "").split()),
                around=frozenset((*always, *group[AROUND].split())) if AROUND in group else None,
                channels=tuple(group.get("canaux", CHANNELS)),
            )
            for name, group in groups.items()
            if name not in (FAMILIES, AROUND)
        )

    def heard(self, words: str, channel: Channel) -> str:
        """The name of what folded `words` say, on `channel`; "" for nothing of the list."""
        said = words.split()
        if len(said) > MOST_WORDS:
            return ""
        found = (each.name for each in self._situations if channel in each.channels and each.said(said))
        return next(found, "")

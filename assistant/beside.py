"""Hears those who help because it is their trade: « je suis conseillère numérique à France services ». Pure.

A classifier hears the place where people are helped in these words, and sends them to where they work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.phrases import find, phrase

# Who presents herself is brief; a longer message tells something else as well.
MOST_WORDS = 20


class Trade:
    """The phrases of data/lexicon/beside.yml: `metier`, made of the families `mots`, and not with `questions`.

    Raises KeyError with the name of a group or of a family that is not there.
    """

    def __init__(self, groups: Mapping[str, Sequence[str] | Mapping[str, Sequence[str]]]) -> None:
        families = groups["mots"]
        if not isinstance(families, Mapping):
            raise TypeError("« mots » demande des familles (nom: [mots])")
        self._phrases = [phrase(line, families) for line in groups["metier"]]
        self._questions = frozenset(groups["questions"])

    def heard(self, words: str) -> bool:
        """Whether folded `words` present somebody who helps others, and ask nothing."""
        said = words.split()
        if len(said) > MOST_WORDS or not self._questions.isdisjoint(said):
            return False
        heard = [frozenset({word}) for word in said]
        return any(find(wanted, heard) for wanted in self._phrases)

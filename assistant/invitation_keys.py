"""Finds the key of a physician's invitation in what is written, said or keyed: a word and three digits, or six digits.

Pure: whether the invitation exists is for whoever holds the database. Six bare digits are a key only where they were
asked for, or at the opening of a call: anywhere else they are the code of an official message, and a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import OSA

from assistant.folding import fold, sound
from assistant.journeys.progress import Progress
from assistant.numerals import AND, WORDS, digits
from assistant.sharing import PERSON
from assistant.turns import Turn

DIGITS_AFTER, DIGITS_ALONE = 3, 6
# No day of a month begins with one of these, and no key that chooses (1 to 3) or calls a person (0) is one.
FIRST_DIGITS = "456789"
# What stands around a key: « bonjour, le docteur m'a donné tulipe 428 merci ». Beside other words a slip is no key.
AROUND = frozenset(
    "bonjour bonsoir salut coucou hello allo bjr bsr slt merci svp stp s il vous te plait je j ai un une le la l les "
    "mon ma mes ce cette c est ca cest voici voila code mot numero n no chiffres invitation de du d des docteur dr "
    "medecin medcin toubib pour et oui euh heu alors donc madame monsieur camille viens par sur feuille papier carton "
    "recu donne ma m a on cabinet invite qui avec".split()
)
AROUND_DIGITS = AROUND - WORDS  # « un » alone is a digit
BETWEEN = frozenset({"numero", "n", "no", "code", "chiffres"})
SHORTEST_WORD = 5
# A longer message tells more than a key.
LONGEST = 16
GLUED = re.compile(r"\b([a-z]{4,})(\d{1,5})\b")
NAMED = "invitation"
# What `asked` gives: the beginning of a call, or six digits that Camille asked for.
OPENING, ASKED = "opening", "invite"
# What was told last where nothing else has begun yet.
BEGINNINGS = frozenset({"answer:menu", "answer:menu_suite", "answer:reprise", "answer:au_retour"})


@dataclass(frozen=True)
class Key:
    """`value` is what its hash is made of; "" for what looks like a key and can be none. `counted`: she may refuse."""

    kind: Literal["word", "digits"]
    value: str
    counted: bool = True


class Words:
    """The `listed` words of invitations."""

    def __init__(self, listed: Iterable[str]) -> None:
        self.all = tuple(sorted(fold(word) for word in listed))
        self._known = frozenset(self.all)
        self._heard = {sound(word): word for word in self.all}

    def meant(self, word: str) -> str:
        """The listed word that folded `word` is, with a slip of one letter or written by ear; "" when it is none."""
        if word in self._known:
            return word
        if len(word) < SHORTEST_WORD:
            return ""
        # Any two listed words are three slips apart: at most one is so near.
        near = (listed for listed in self.all if OSA.distance(word, listed, score_cutoff=1) <= 1)
        return next(near, "") or self._heard.get(sound(word), "")

    def key(self, words: str) -> Key | None:
        """The word and the digits that folded `words` hold: « bonjour tulipe 428 merci »; None when there are none."""
        said = GLUED.sub(r"\1 \2", words).split()
        for place, word in enumerate(said[:LONGEST] if len(said) <= LONGEST else ()):
            start = place + 1
            while start < len(said) and said[start] in BETWEEN:
                start += 1
            end = _end_of_number(said, start)
            if end == start or _numeral(word) or not AROUND.issuperset(said[end:]):
                continue
            number = _digits(said[start:end], DIGITS_AFTER)
            alone = AROUND.issuperset(said[:place])
            if word in self._known and (len(number) == DIGITS_AFTER or (alone and len(number) < DIGITS_ALONE)):
                return Key("word", word_value(word, number) if len(number) == DIGITS_AFTER else "")
            meant = self.meant(word) if alone and len(number) == DIGITS_AFTER else ""
            if meant:
                return Key("word", word_value(meant, number))
        return None


NO_WORDS = Words(())


def word_value(word: str, number: str) -> str:
    """What is hashed of « TULIPE 428 »."""
    return f"{fold(word)}{number}"


def asked(turn: Turn, place: Progress) -> str:
    """What six digits would mean here: `ASKED`, `OPENING`, or what else was asked ("" for nothing)."""
    if place.asks:
        return place.asks
    who = any(choice.goes.startswith(PERSON) for choice in place.offered)  # a call to a shared telephone begins so
    begins = who or BEGINNINGS.issuperset(place.last or ("",))
    return OPENING if turn.channel == "voice" and begins else ""


def spoken(words: str, asks: str) -> Key | None:
    """The six digits that folded `words` are, among few words, where they were asked for or called an invitation."""
    said = words.split()
    bare = [word for word in said if word not in AROUND_DIGITS]
    if asks not in (ASKED, OPENING) and NAMED not in said:
        return None
    if not bare or len(said) > LONGEST or not all(map(_numeral, bare)):
        return None
    return _alone(_digits(bare, DIGITS_ALONE), asks)


def keyed(keys: str, asks: str) -> Key | None:
    """The same, typed on the keys of a telephone."""
    return _alone(keys, asks) if asks in (ASKED, OPENING) and keys.isascii() and keys.isdigit() else None


def begun(keys: str, asks: str) -> bool:
    """Whether `keys` look like the first of six digits, typed too slowly for the line."""
    whole = 1 < len(keys) < DIGITS_ALONE and keys.isascii() and keys.isdigit() and keys[:1] in FIRST_DIGITS
    return whole and (asks == ASKED or (asks == OPENING and len(keys) != 4))


def _alone(number: str, asks: str) -> Key | None:
    if len(number) != DIGITS_ALONE:
        return None
    if number[0] in FIRST_DIGITS:
        return Key("digits", number)
    return Key("digits", "") if asks == ASKED else None


def _numeral(word: str) -> bool:
    return word in WORDS or (word.isascii() and word.isdigit())


def _end_of_number(said: Sequence[str], start: int) -> int:
    """Where the number that begins at `start` ends; `start` where there is none."""
    end = start
    while end < len(said) and (_numeral(said[end]) or (start < end < len(said) - 1 and said[end] == AND)):
        end += 1
    return end


def _digits(said: Sequence[str], length: int) -> str:
    """The digits that `said` gives: one word after the other, or as numbers where that gives `length` of them."""
    one_by_one = "".join(word if word.isdigit() else digits([word]) for word in said)
    if len(one_by_one) == length or any(word.isdigit() for word in said):
        return one_by_one
    return digits(said)

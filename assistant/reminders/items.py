"""A message as a row of items: each word, or several, with what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from assistant import numerals
from assistant.folding import sound
from assistant.reminders.times import SHORTEST_HEARD, Meaning, Times
from assistant.reminders.words import WALL, Word, words

# « dans soixante et onze jours » has three words; no number that matters has more than five.
LONGEST_NUMBER = 5
# A year has four digits; what is longer is a secret or a telephone, and so are three numbers in a row.
LONGEST_DIGITS = 4
IN_A_ROW = 3
OTHER = "autre"


class Item(NamedTuple):
    """`kind`: a group of times.yml, or nombre, barre (3/12), demande, autre. `clause` counts the pauses before it."""

    kind: str
    value: int
    text: str
    clause: int


def items(text: str, times: Times) -> list[Item]:
    """The items of `text` in order. Never raises."""
    said = words(text)
    found: list[Item] = []
    place = parted = 0
    while place < len(said):
        item, place = _one(said, place, times)
        # « mais », « car »: a pause that is a word.
        parted += item.kind == "mais"
        found.append(item._replace(clause=item.clause + parted))
    return list(_without_secrets(found))


def _one(said: Sequence[Word], place: int, times: Times) -> tuple[Item, int]:
    word, clause = said[place]
    number, length = _number(said, place)
    for key, meaning in times.meanings.get(word, ()):
        end = place + len(key)
        if len(key) < length:
            break
        heard = said[place:end]
        if tuple(one.text for one in heard) == key and heard[-1].clause == clause:
            return Item(meaning.kind, meaning.value, " ".join(key), clause), end
    if length:
        return Item(
            "nombre", number, " ".join(one.text for one in said[place : place + length]), clause
        ), place + length
    return Item(*_alone(word, times), word, clause), place + 1


def _alone(word: str, times: Times) -> Meaning:
    if word[0].isdigit():
        return Meaning("barre" if "/" in word else OTHER)
    if word == WALL:
        return Meaning(OTHER)
    heard = times.sounds.get(_sound(word)) if len(word) >= SHORTEST_HEARD else None
    return heard or Meaning("demande" if word.startswith(times.asking) else OTHER)


@lru_cache(maxsize=4096)
def _sound(word: str) -> str:
    return sound(word)


def _number(said: Sequence[Word], place: int) -> tuple[int, int]:
    """The number that begins at `place`, and how many words it has; (0, 0) when there is none."""
    word, clause = said[place]
    if word.isdecimal():
        return (int(word), 1) if len(word) <= LONGEST_DIGITS else (0, 0)
    if word not in numerals.WORDS:
        return 0, 0
    run = [one.text for one in said[place : place + LONGEST_NUMBER] if one.clause == clause]
    for length in range(len(run), 0, -1):
        if run[length - 1] in numerals.WORDS and _is_one(tuple(run[:length])):
            return int(numerals.digits(run[:length])), length
    return 0, 0


@lru_cache(maxsize=4096)
def _is_one(run: tuple[str, ...]) -> bool:
    """« vingt trois » is one number, « deux trois » are two: said apart, they give the same digits."""
    if not all(word in numerals.WORDS or word == numerals.AND for word in run):
        return False
    whole = numerals.digits(run)
    return all(numerals.digits(run[:end]) + numerals.digits(run[end:]) != whole for end in range(1, len(run)))


def _without_secrets(found: Sequence[Item]) -> Iterator[Item]:
    """Three numbers in a row are a telephone, a card or a number of social security: no time is read from them."""
    for numbers, run in groupby(found, lambda item: item.kind == "nombre"):
        row = list(run)
        secret = numbers and len(row) >= IN_A_ROW
        yield from (item._replace(kind=OTHER) for item in row) if secret else row

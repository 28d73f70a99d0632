"""The phrases of data/lexicon/danger.yml: words that stand close together in a message.

- `mal|douleur poitrine`: one of the first, then the other, a few words apart at most
- `au +secours`: the second right after the first
- `perdu la? +tete`: with or without the word marked
- `bras & mal|douleur`: in either order, near each other
- `@proche respire`: one of the family `proche` of the group `mots`
- `= a l aide`: the message says this and little else
- `! vais +me +suicider`: so plain that no way of speaking beside it takes it away
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

# Other words that may stand between two words of a phrase, and between its sides.
APART = 3
NEAR = 8
# Other words in a message that says "this and little else": « bonjour », « vite », « s'il vous plaît ».
LITTLE_ELSE = 2


@dataclass(frozen=True)
class Slot:
    """One word of a phrase: any of `words`, right after the one before when `joined`."""

    words: frozenset[str]
    joined: bool = False
    optional: bool = False


@dataclass(frozen=True, eq=False)
class Phrase:
    """`sides` may come in any order, the slots of a side in theirs. `alone`: nearly the whole message."""

    sides: tuple[tuple[Slot, ...], ...]
    alone: bool = False
    plain: bool = False

    @cached_property
    def needed(self) -> list[frozenset[str]]:
        """Of each of these, a message must hold a word."""
        return [slot.words for side in self.sides for slot in side if not slot.optional]

    @cached_property
    def full(self) -> int:
        """One bit for each word needed."""
        return (1 << len(self.needed)) - 1

    @property
    def words(self) -> frozenset[str]:
        return frozenset(word for side in self.sides for slot in side for word in slot.words)


Heard = Sequence[frozenset[str]]


def phrase(entry: str, families: Mapping[str, Sequence[str]]) -> Phrase:
    """Read one line. Raises KeyError with the name of an unknown family."""
    alone, plain = entry.startswith("= "), entry.startswith("! ")
    line = entry[2:] if alone or plain else entry
    sides = tuple(tuple(_slot(word, families) for word in side.split()) for side in line.split("&"))
    return Phrase(sides, alone, plain)


def find(wanted: Phrase, heard: Heard) -> tuple[int, ...]:
    """Where the words of `wanted` stand in a message, empty when they do not. `heard`: what each word may be."""
    if wanted.alone and len(heard) > sum(map(len, wanted.sides)) + LITTLE_ELSE:
        return ()
    runs: list[list[tuple[int, ...]]] = []
    for side in wanted.sides:
        found = list(_runs(side, heard))
        if not found:
            return ()
        runs.append(found)
    return next(_together(runs, ()), ())


def _together(runs: Sequence[Sequence[tuple[int, ...]]], taken: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if not runs:
        yield taken
        return
    for run in runs[0]:
        near = not taken or (min(run) - max(taken) <= NEAR + 1 and min(taken) - max(run) <= NEAR + 1)
        if near and not set(run) & set(taken):
            yield from _together(runs[1:], taken + run)


def _runs(side: Sequence[Slot], heard: Heard, before: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    if not side:
        yield before
        return
    slot, rest = side[0], side[1:]
    if slot.optional:
        yield from _runs(rest, heard, before)
    if not before:
        places = range(len(heard))
    else:
        last = before[-1]
        places = range(last + 1, min(len(heard), last + 2 + (0 if slot.joined else APART)))
    for place in places:
        if not slot.words.isdisjoint(heard[place]):
            yield from _runs(rest, heard, (*before, place))


def _slot(word: str, families: Mapping[str, Sequence[str]]) -> Slot:
    words: list[str] = []
    for name in word.removeprefix("+").removesuffix("?").split("|"):
        words.extend(families[name[1:]] if name.startswith("@") else [name])
    return Slot(frozenset(words), word.startswith("+"), word.endswith("?"))

"""Cuts a message into words that keep their numbers and its pauses: « Lundi, 9h30 ? » is lundi | 9 h 30."""

from __future__ import annotations

import re
from typing import NamedTuple

from assistant.folding import clean, fold

SHAPES = re.compile(
    r"(?P<mask>\[[^\]]{0,40}\])"
    # « 3/12 », « 03/12/2026 », « 3.12.2026 »; not four numbers in a row, which are a telephone.
    r"|(?P<slash>(?<![0-9/])[0-9]{1,2}[/⁄][0-9]{1,2}(?:[/⁄][0-9]{2}(?:[0-9]{2})?)?(?![0-9/⁄]))"
    r"|(?P<dotted>(?<![0-9.-])[0-9]{1,2}([.-])[0-9]{1,2}\4[0-9]{2}(?:[0-9]{2})?(?![0-9]|[.-][0-9]))"
    r"|(?P<clock>(?<![0-9:.])[0-9]{1,2}(?: ?: ?|\.)[0-9]{2}(?![0-9]|[:.][0-9]))"
    r"|(?P<number>[0-9]+)"
    r"|(?P<pause>[,;:.!?()…])"
    r"|(?P<sign>[€$£%°#@/⁄+*=_&])"
    r"|(?P<letters>[^0-9,;:.!?()…€$£%°#@/⁄+*=_&\[\]]+)"
)
DASH = re.compile(" [-–—] ")
# A mask, a currency: nothing that goes on with a time.
WALL = "#"


class Word(NamedTuple):
    """A folded word, a number in digits, a date « 3/12 » or WALL. `clause` counts the pauses before it."""

    text: str
    clause: int


def words(text: str) -> list[Word]:
    """The words of `text` in order. Never raises, whatever is written."""
    found: list[Word] = []
    clause = 0
    for shape in SHAPES.finditer(clean(text)):
        kind, said = shape.lastgroup, shape.group()
        if kind == "pause":
            clause += 1
        elif kind == "letters":
            for number, part in enumerate(DASH.split(said)):
                clause += number > 0
                found.extend(Word(word, clause) for word in fold(part).split())
        elif kind == "clock":
            hour, minute = re.findall("[0-9]+", said)
            found.extend(Word(word, clause) for word in (hour, "h", minute))
        elif kind in ("slash", "dotted"):
            found.append(Word("/".join(re.findall("[0-9]+", said)), clause))
        else:
            found.append(Word(said if kind == "number" else "/" if said == "/" else WALL, clause))
    return found

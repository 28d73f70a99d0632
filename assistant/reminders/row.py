"""The items of a message side by side: what stands before and after, within its clause."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reminders.items import OTHER, Item
from assistant.reminders.times import UNITS, Times

HOUR, WEEK, MONTH, YEAR = map(UNITS.index, ("heure", "semaine", "mois", "année"))
ARTICLES = ("le", "la")
# Words that may stand between a moment and what is said of it: « après le », « pas avant la ».
SMALL = frozenset({*ARTICLES, "ce", "de", "a", "au", "en", "dans", "apres", "avant", "a_partir", "taille", "entre"})
SMALL |= {"libre", "pour"}
# What may not follow « le 3 »: it would be three of something.
COUNTED = frozenset({OTHER, "unite", "nombre", "dizaine", "quart", "demi", "barre", "de"})


class Row:
    """`beside` is always an item of the clause that is read: beyond its pauses there is nothing."""

    def __init__(self, items: Sequence[Item], times: Times) -> None:
        self.items, self.times = items, times

    def kind(self, place: int, beside: int) -> str:
        """The kind of the item at `place`; "" where the clause of `beside` is over."""
        if 0 <= place < len(self.items) and self.items[place].clause == self.items[beside].clause:
            return self.items[place].kind
        return ""

    def text(self, place: int) -> str:
        return self.items[place].text if 0 <= place < len(self.items) else ""

    def skip(self, place: int, beside: int, *kinds: str) -> int:
        """The first place from `place` on that is none of `kinds`."""
        while self.kind(place, beside) in kinds:
            place += 1
        return place

    def is_unit(self, place: int, beside: int, unit: int) -> bool:
        kind = self.kind(place, beside)
        if kind == "unite":
            return self.items[place].value == unit
        # « le moi prochain »
        heard = self.times.after_a_number.get(self.text(place)) if kind else None
        return heard is not None and heard.value == unit == MONTH

    def ends(self, place: int, beside: int) -> bool:
        """Whether nothing at `place` is counted: « le 3 » is a day, « le 3 euros » and « le 3e » are none."""
        kind = self.kind(place, beside)
        if kind == "de":
            return self.kind(self.skip(place, beside, "de", "ce", *ARTICLES), beside) == "unite"
        return kind not in COUNTED or self.text(place) in self.times.follows

    def is_word(self, place: int) -> bool:
        """Whether a one is said in letters: « une », « premier » count other things than days and hours too."""
        return self.items[place].value <= 1 and not self.text(place)[0].isdigit()

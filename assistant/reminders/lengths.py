"""Reads lengths of time: « dans trois jours », « un quart d'heure », « dans un mois et demi »."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.reminders.items import Item
from assistant.reminders.row import Row
from assistant.reminders.times import UNITS

MINUTE, HOUR, DAY, WEEK, MONTH, YEAR = range(len(UNITS))


@dataclass(frozen=True)
class Length:
    """One of `minutes`, or `months` and `days`. `waits`: it is said to be a time to wait (« dans », « plus tard »)."""

    end: int
    waits: bool
    minutes: int = 0
    days: int = 0
    months: int = 0


def length(row: Row, start: int) -> Length | None:
    """The length that begins at `start`, or None. « une heure » without « dans » is no length: it may be an hour."""
    reading, opening = _Reading(row, start), row.items[start].kind
    if opening == "dans":
        reading.skip("dans", "le", "la", "taille", "a", "au")
    elif opening == "apres":
        reading.skip("apres")
    elif opening == "nombre" and row.kind(start - 1, start) == "nombre":
        return None
    amount = reading.amount()
    if amount is None:
        return None
    number, unit = amount
    later = reading.kind() == "plus_tard"
    reading.place += later
    if opening == "apres" and unit in (MINUTE, HOUR) and not later:
        return None
    waits = opening in ("dans", "apres") or later
    # « un jour » is some day.
    if not waits and (unit in (YEAR, HOUR) or (unit, number) == (DAY, 1)):
        return None
    if unit in (MINUTE, HOUR):
        minutes = number if unit == MINUTE else number * 60
        return Length(reading.place, waits, minutes=round(minutes) or 1)
    if unit == DAY:
        return Length(reading.place, waits, days=row.times.said_days.get(int(number), int(number)))
    if unit == WEEK:
        return Length(reading.place, waits, days=int(number * 7))
    months = int(number) * (12 if unit == YEAR else 1)
    return Length(reading.place, waits, months=months, days=15 if number % 1 else 0) if months else None


class _Reading:
    """Where reading stands."""

    def __init__(self, row: Row, start: int) -> None:
        self._row, self._start, self.place = row, start, start

    def kind(self, ahead: int = 0) -> str:
        return self._row.kind(self.place + ahead, self._start)

    def item(self, ahead: int = 0) -> Item:
        return self._row.items[self.place + ahead]

    def skip(self, *kinds: str) -> None:
        self.place = self._row.skip(self.place, self._start, *kinds)

    def amount(self) -> tuple[float, int] | None:
        """How many, of what unit."""
        number: float | None = None
        if self.kind() == "barre":
            number = self._slashed()
        elif self.kind() == "nombre":
            number = self._number()
        self.skip("taille")
        if self.kind() == "dizaine":
            return self._about()
        if self.kind() == "demi" and number in (None, 1):
            self.place += 1
            return (30, MINUTE) if self._unit(HOUR) else None
        if self.kind() == "quart":
            self.place += 1
            self.skip("de")
            return (15 * (number or 1), MINUTE) if self._unit(HOUR) else None
        unit = self._any_unit() if number is not None else None
        if number is None or unit is None:
            return None
        return number + self._more(unit), unit

    def _number(self) -> float:
        """« deux », « deux ou trois », « deux trois »: the longer."""
        number = self.item().value
        self.place += 1
        between = self.kind() in ("ou", "a", "au", "et")
        if self.kind(between) == "nombre" and self.item(between).value > number:
            number = self.item(between).value
            self.place += 1 + between
        return number

    def _slashed(self) -> float:
        """« 1/2 heure », « 2/3 jours »."""
        parts = [int(part) for part in self.item().text.split("/")]
        self.place += 1
        return 0.5 if parts == [1, 2] else max(parts)

    def _about(self) -> tuple[float, int]:
        number = self.item().value
        self.place += 1
        before = self.place
        self.skip("de")
        unit = self._any_unit()
        if unit is None:
            self.place, unit = before, DAY
        return number, unit

    def _more(self, unit: int) -> float:
        """What follows the unit: « et demie », « et quart », « 30 »."""
        if self.kind() == "et" and self.kind(1) in ("demi", "quart"):
            half = self.kind(1) == "demi"
            self.place += 2
            return 0.5 if half else 0.25
        if unit == HOUR and self.kind() == "nombre" and self.item().value < 60:
            minutes = self.item().value
            self.place += 1
            self.place += self.kind() == "unite" and self.item().value == MINUTE
            return minutes / 60
        return 0

    def _any_unit(self) -> int | None:
        if self.kind() == "unite":
            unit = self.item().value
        elif self.kind() and (heard := self._row.times.after_a_number.get(self.item().text)):
            unit = heard.value
        else:
            return None
        self.place += 1
        return unit

    def _unit(self, wanted: int) -> bool:
        if self.kind() == "unite" and self.item().value == wanted:
            self.place += 1
            return True
        return False

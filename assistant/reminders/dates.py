"""Reads dates by their numbers: « le 3 », « mardi 3 décembre », « 3/12 », « le 5 du mois prochain »."""

from __future__ import annotations

from datetime import date

from assistant.reminders import days
from assistant.reminders.mention import Mention
from assistant.reminders.row import ARTICLES, HOUR, MONTH, Row

CENTURY = 100
# « 3/12 » is a date after these, and no tension, score or part.
BEFORE_SLASH = ("", "le", "a", "au", "apres", "avant", "a_partir", "jour_nomme", "demande", "depuis", "plutot", "pour")


class Dates:
    """`today` is the local day."""

    def __init__(self, row: Row, today: date) -> None:
        self._row, self._today = row, today

    def read(self, start: int) -> Mention | None:
        """The date that begins at `start`, or None."""
        row, item = self._row, self._row.items[start]
        if item.kind == "barre":
            return self._slashed(start)
        if item.kind not in ("nombre", "premier") or row.kind(start - 1, start) == "nombre":
            return None
        number = 1 if item.kind == "premier" else item.value
        if row.kind(start + 1, start) == "mois_nomme":
            return self._of_month(start, start + 1, number)
        kinds = [row.kind(start + step, start) for step in range(-1, 4)]
        # « du 3 au 10 décembre »
        if kinds[0] in ("de", "entre") and kinds[2] in ("a", "au", "et") and kinds[3:] == ["nombre", "mois_nomme"]:
            return self._of_month(start, start + 3, number)
        return self._numbered(start, number)

    def _slashed(self, start: int) -> Mention | None:
        row = self._row
        if row.kind(start - 1, start) not in BEFORE_SLASH or not row.ends(start + 1, start):
            return None
        number, month, *rest = map(int, row.text(start).split("/"))
        return self._on(start, start + 1, number, month, self._year(rest[0]) if rest else None)

    def _of_month(self, start: int, month: int, number: int) -> Mention:
        row, year, end = self._row, None, month + 1
        if row.kind(end, start) == "nombre" and not row.is_unit(end + 1, start, HOUR):
            value = row.items[end].value
            if 24 <= value < CENTURY or value >= 1900:
                year, end = self._year(value), end + 1
        return self._on(start, end, number, row.items[month].value + 1, year)

    def _year(self, said: int) -> int:
        """« 48 » is long ago: a birth."""
        if said >= CENTURY:
            return said
        year = self._today.year // CENTURY * CENTURY + said
        return year if year <= self._today.year + 10 else year - CENTURY

    def _on(self, start: int, end: int, number: int, month: int, year: int | None) -> Mention:
        day = days.dated(self._today, number, month, year)
        if day is not None:
            return Mention(start, end, day=day)
        # A year that is over is told, not asked.
        over = year is not None and year <= self._today.year
        return Mention(start, end, minutes=0, refused=over, never=not over)

    def _numbered(self, start: int, number: int) -> Mention | None:
        row, before = self._row, self._row.kind(start - 1, start)
        # « à partir du 15 », « autour du 15 »
        since = before == "a_partir" and " " in row.text(start - 1)
        about = before == "de" and row.kind(start - 2, start) in ("a", "apres", "avant")
        if not (before in ("jour_nomme", "le") or since or about) or not 1 <= number <= 31:
            return None
        if not row.ends(start + 1, start) or row.is_word(start) or self._is_a_key(start, number):
            return None
        end = start + 1
        if row.kind(end, start) == "de":
            # « le 5 du mois »; « le 5 du mois prochain » has a month of its own.
            unit = row.skip(end, start, "de", "ce", *ARTICLES)
            if row.is_unit(unit, start, MONTH) and row.kind(unit + 1, start) not in ("prochain", "suivant"):
                end = unit + 1
        day = days.numbered(self._today, number)
        return Mention(start, end, day=day) if day else Mention(start, end, minutes=0, never=True)

    def _is_a_key(self, start: int, number: int) -> bool:
        """« tapez le 3 », « appelez le 15 »; but not « appelez-moi le 15 », « m'appeler le 15 »."""
        times, before = self._row.times, self._row.text(start - 2)
        rescue = before in times.calls and number in times.rescue and self._row.text(start - 3) not in times.me
        return before in times.keys or rescue

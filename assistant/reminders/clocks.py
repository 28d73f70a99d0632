"""Reads hours: « à 9 h 30 », « dix heures moins le quart », « midi et demi », « entre 14 et 16 heures »."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from assistant.reminders.items import OTHER
from assistant.reminders.mention import Mention
from assistant.reminders.row import ARTICLES, HOUR, SMALL, Row

DAY = 24 * 60
SOON = timedelta(hours=2)
# An hour without « à » is one after these: « demain dix heures ».
ANCHORS = frozenset(
    "a au apres avant a_partir entre ce ou plutot mais rien demande jour_nomme proche moment mois_nomme nombre barre "
    "fete prochain suivant weekend unite huit quinze meme_heure libre premier pour".split()
)


class Clocks:
    """`now` is the local time, `found` what was read so far."""

    def __init__(self, row: Row, now: datetime, found: Sequence[Mention]) -> None:
        self._row, self._now, self._found = row, now, found

    def read(self, start: int) -> Mention | None:
        """The hour that begins at `start`, or None."""
        item, before = self._row.items[start], self._row.kind(start - 1, start)
        if item.kind == "heure_dite":
            minutes, end = self._minutes(start + 1, start)
            loose = " " in item.text
            return Mention(start, end, minutes=(item.value + minutes) % DAY, today=before == "ce", loose=loose)
        if item.kind == "meme_heure":
            minutes = (self._now.hour * 60 + self._now.minute + 2) // 5 * 5
            return Mention(start, start + 1, minutes=minutes % DAY)
        if item.kind == "tout_a_l_heure":
            return Mention(start, start + 1, after=SOON, within=True, refused=before == "de")
        if item.kind != "nombre" or before == "nombre":
            return None
        if self._row.is_unit(start + 1, start, HOUR):
            return self._of_hours(start, item.value)
        return self._range(start, item.value) or self._bare(start, item.value)

    def _of_hours(self, start: int, hour: int) -> Mention | None:
        minutes, end = self._minutes(start + 2, start)
        if not self._is_anchored(start, end):
            return None
        if hour >= 24 or minutes >= 60:
            return Mention(start, end, minutes=0, never=True)
        return Mention(start, end, minutes=(hour * 60 + minutes) % DAY)

    def _range(self, start: int, hour: int) -> Mention | None:
        """« entre 14 et 16 heures », « de 14 à 16 h »: its beginning."""
        row = self._row
        if row.kind(start - 1, start) not in ("de", "entre") or row.kind(start + 1, start) not in ("a", "et"):
            return None
        if row.kind(start + 2, start) == "nombre" and row.is_unit(start + 3, start, HOUR) and hour < 24:
            return Mention(start, start + 4, minutes=hour * 60)
        return None

    def _bare(self, start: int, hour: int) -> Mention | None:
        """« demain vers 10 »."""
        row = self._row
        if row.kind(start - 1, start) != "a" or not row.ends(start + 1, start) or row.is_word(start):
            return None
        if row.kind(start + 1, start) == "mois_nomme" or not 0 < hour < 24:
            return None
        back = start - 1
        while row.kind(back, start) in SMALL:
            back -= 1
        follows = bool(self._found) and self._found[-1].end == back + 1
        return Mention(start, start + 1, minutes=hour * 60) if follows or back < start - 1 == 0 else None

    def _minutes(self, place: int, beside: int) -> tuple[int, int]:
        """The minutes said after an hour, and where they end: « et demie », « moins le quart », « 30 »."""
        row, kind = self._row, self._row.kind(place, beside)
        if kind == "et" and row.kind(place + 1, beside) in ("demi", "quart"):
            return (30 if row.kind(place + 1, beside) == "demi" else 15), place + 2
        if kind == "demi":
            return 30, place + 1
        if kind == "moins":
            other = row.skip(place + 1, beside, *ARTICLES)
            if row.kind(other, beside) == "quart":
                return -15, other + 1
            if row.kind(other, beside) == "nombre" and row.items[other].value < 60:
                return -row.items[other].value, other + 1
        if kind == "nombre" and row.kind(place + 1, beside) != "mois_nomme":
            minute = row.is_unit(place + 1, beside, 0)
            if minute or row.kind(place + 1, beside) not in ("unite", "nombre"):
                return row.items[place].value, place + 1 + minute
        return 0, place + (kind == "pile")

    def _is_anchored(self, start: int, end: int) -> bool:
        """Whether a number of hours is an hour: « demain dix heures » is, « j'ai attendu trois heures » is not."""
        row, before = self._row, self._row.kind(start - 1, start)
        if before in (*ARTICLES, "de"):
            return row.kind(start - 2, start) in ("a", "apres", "avant", "entre") or row.kind(end, start) == "a"
        part = row.kind(row.skip(end, start, "de", *ARTICLES), start)
        if part == "moment" or before in ANCHORS or row.text(start - 1) in row.times.polite:
            return True
        # « une heure » alone may be a time to wait, « deux heures que j'attends » was one.
        waited = row.kind(end, start) in (OTHER, "de") and row.text(end) not in row.times.polite
        return before == "" and not waited and not (row.items[start].value == 1 and end == start + 2 and part == "")

"""Reads days and parts of the day by their names: « demain », « lundi en huit », « fin de semaine », « après Noël »."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.reminders import days
from assistant.reminders.days import Day, Edge
from assistant.reminders.mention import Mention, dated, over
from assistant.reminders.row import ARTICLES, MONTH, WEEK, YEAR, Row

EDGES: dict[str, Edge] = {"debut": "debut", "milieu": "milieu", "fin": "fin"}
LATER = ("prochain", "suivant", "dernier")


class Periods:
    """`today` is the local day, `found` what was read so far."""

    def __init__(self, row: Row, today: date, found: Sequence[Mention]) -> None:
        self._row, self._today, self._found = row, today, found

    def read(self, start: int) -> Mention | None:
        """The period, its edge, or the day that begins at `start`, or None."""
        return self._period(start) or self._named(start)

    def _period(self, start: int) -> Mention | None:
        """« début », what of, and which: « fin de la semaine prochaine »."""
        row, before = self._row, self._row.kind(start - 1, start)
        edge = EDGES.get(row.items[start].kind, "")
        place = row.skip(start + 1, start, "de", "ce", *ARTICLES) if edge else start
        this = "ce" in (before, *(row.kind(each, start) for each in range(start, place)))
        first = row.kind(place, start) == "prochain"
        place += first
        kind, after = row.kind(place, start), row.kind(place + 1, start)
        ahead = first or after == "prochain"
        end = place + 1 + (after in LATER)
        if kind == "moment" and edge:
            return Mention(start, place + 1, moment=row.items[place].value, edge=edge, today=this, within=not this)
        if kind == "weekend":
            later = after == "suivant" or (ahead and self._today.weekday() >= days.SATURDAY)
            return over(start, end) if after == "dernier" else dated(start, end, days.weekend(self._today, int(later)))
        if kind == "mois_nomme":
            # « au mois de janvier »
            named = before == "en" or (before == "de" and row.is_unit(start - 2, start, MONTH))
            which = row.items[place].value + 1
            month = days.month_named(self._today, which, edge) if edge or named or ahead else None
            return dated(start, end, month) if month else None
        unit = next((one for one in (WEEK, MONTH, YEAR) if row.is_unit(place, start, one)), None)
        if unit is None or not (edge or ahead or after in ("suivant", "dernier")):
            return None
        if after == "dernier":
            return over(start, end)
        count = 1 if ahead else self._following() if after == "suivant" else 0 if this else None
        return dated(start, end, self._span(unit, edge, count), count or 0)

    def _span(self, unit: int, edge: Edge, count: int | None) -> Day | None:
        if unit == WEEK:
            return days.week(self._today, edge, count)
        if unit == MONTH:
            return days.month(self._today, edge, count)
        number, month = (31, 12) if edge == "fin" else (1, 1)
        return days.dated(self._today + days.DAY, number, month)

    def _following(self) -> int:
        """« pas la semaine prochaine, la semaine d'après »: one more than what was refused."""
        return 1 + max((one.ahead for one in self._found if one.refused), default=0)

    def _named(self, start: int) -> Mention | None:
        row, today, (kind, value) = self._row, self._today, self._row.items[start][:2]
        before, after = row.kind(start - 1, start), row.kind(start + 1, start)
        weeks = {"huit": 1, "quinze": 2}.get(after, 0)
        if kind == "proche":
            day = days.in_days(today, value + 7 * weeks)
            return Mention(start, start + 1 + (weeks > 0), day=day, today=value + weeks == 0)
        if kind == "jour_nomme":
            end = start + 1 + (weeks > 0 or after in LATER)
            if after == "dernier":
                return over(start, end)
            if after == "suivant" and any(one.refused and one.day and one.day.weekday == value for one in self._found):
                weeks = 1
            return Mention(start, end, day=days.weekday(today, value, weeks))
        if kind == "fete":
            day = days.feast(today, row.times.feasts[value])
            return Mention(start, start + 1 + (after == "prochain"), day=day, loose=True)
        if kind == "moment":
            within = before in ARTICLES and row.kind(start - 2, start) == "dans"
            return Mention(start, start + 1, moment=value, today=before == "ce", within=within)
        return None

"""Finds each moment that a message mentions, and whether it is wanted, refused or over. Does not choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from assistant.reminders import days
from assistant.reminders.clocks import Clocks
from assistant.reminders.dates import Dates
from assistant.reminders.items import OTHER, Item
from assistant.reminders.lengths import length
from assistant.reminders.mention import Mention, over
from assistant.reminders.periods import Periods
from assistant.reminders.row import ARTICLES, SMALL, Row
from assistant.reminders.times import Times

# What a moment may begin with.
OPENINGS = frozenset(
    "nombre barre premier heure_dite meme_heure tout_a_l_heure dans apres dizaine demi quart taille debut milieu fin "
    "prochain weekend mois_nomme unite proche jour_nomme fete moment".split()
)
# « je ne suis pas chez moi lundi »: how far a refusal reaches.
REACH = 4


def mentions(found: Sequence[Item], times: Times, now: datetime) -> list[Mention]:
    """What `found` mentions, in order. `now` is the local time."""
    return _Reading(Row(found, times), now).all()


class _Reading:
    def __init__(self, row: Row, now: datetime) -> None:
        self._row, self._items, self._today = row, row.items, now.date()
        self._found: list[Mention] = []
        clocks, dates = Clocks(row, now, self._found), Dates(row, self._today)
        self._readers = (self._length, clocks.read, dates.read, Periods(row, self._today, self._found).read)
        # By clause: the kinds of its items, and where its first request stands.
        self._kinds: dict[int, set[str]] = {}
        self._asked: dict[int, int] = {}
        for place, item in enumerate(self._items):
            self._kinds.setdefault(item.clause, set()).add(item.kind)
            if item.kind == "demande":
                self._asked.setdefault(item.clause, place)

    def all(self) -> list[Mention]:
        place = 0
        while place < len(self._items):
            mention = None
            if self._items[place].kind in OPENINGS or self._row.text(place) in self._row.times.after_a_number:
                mention = next((one for read in self._readers if (one := read(place)) is not None), None)
            if mention is None:
                place += 1
            else:
                self._found.append(self._told(mention))
                place = mention.end
        return self._found

    def _length(self, start: int) -> Mention | None:
        found = length(self._row, start)
        if found is None or not (found.waits or self._is_all(start, found.end)):
            return None
        if self._row.kind(start - 1, start) == "depuis":
            return over(start, found.end)
        if found.minutes:
            return Mention(start, found.end, after=timedelta(minutes=found.minutes))
        if found.months:
            return Mention(start, found.end, day=days.in_months(self._today, found.months, found.days))
        return Mention(start, found.end, day=days.in_days(self._today, found.days))

    def _is_all(self, start: int, end: int) -> bool:
        """Whether nothing else is said, but for polite words and the request itself: « 3 jours svp »."""
        polite, light = self._row.times.polite, ("rien", "demande", "a", "pour", "taille")
        return all(one.text in polite or one.kind in light for one in (*self._items[:start], *self._items[end:]))

    def _told(self, mention: Mention) -> Mention:
        """The mention with what stands around it: « après », « avant », « pas », « depuis »."""
        place, near = mention.start - 1, set()
        while (kind := self._row.kind(place, mention.start)) in SMALL:
            near.add(kind)
            place -= 1
        if kind in ("depuis", "naissance", "hier") or self._is_refused(mention, place) or self._is_over(mention):
            return replace(mention, refused=True)
        if mention.day is not None and "a_partir" not in near and near & {"apres", "avant"}:
            return replace(mention, day=mention.day.after() if "apres" in near else mention.day.before())
        if mention.minutes is not None and "avant" in near:
            return replace(mention, minutes=max(mention.minutes - 60, 0))
        return mention

    def _is_refused(self, mention: Mention, place: int) -> bool:
        before = self._found[-1] if self._found else None
        if before and before.refused and before.end == place + 1 and before.what != mention.what:
            return True
        floor = before.end if before else 0
        for back in range(place, max(place - REACH, floor - 1), -1):
            kind = self._row.kind(back, mention.start)
            if kind in ("pas", "naissance"):
                return True
            if kind not in SMALL and kind != OTHER:
                break
        return self._is_refused_after(mention)

    def _is_refused_after(self, mention: Mention) -> bool:
        """« lundi je peux pas ». After a request it is something else: « rappelez lundi j'ai pas fini »."""
        if self._asked.get(self._items[mention.start].clause, mention.start) < mention.start:
            return False
        for ahead in range(mention.end, mention.end + REACH + 1):
            kind = self._row.kind(ahead, mention.start)
            if kind == "pas":
                # « lundi pas possible », « lundi je suis pas là »; not « lundi pas mardi », « lundi pas le matin ».
                following = self._row.skip(ahead + 1, mention.start, *ARTICLES)
                return self._row.kind(following, mention.start) in ("", OTHER, "libre")
            if kind not in SMALL and kind != OTHER:
                return False
        return False

    def _is_over(self, mention: Mention) -> bool:
        """« j'ai reçu la lettre lundi »: told, not asked."""
        kinds = self._kinds[self._items[mention.start].clause]
        return "passe" in kinds and "demande" not in kinds

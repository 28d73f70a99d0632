"""Understands when a person wants to be reminded: « demain matin », « lundi en huit », « quand j'aurai ma carte »."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal, TypeVar

from assistant.folding import clean, fold
from assistant.reminders.days import Day, Rank
from assistant.reminders.events import waited
from assistant.reminders.hours import PARIS, instant
from assistant.reminders.items import OTHER, Item, items
from assistant.reminders.mention import Mention
from assistant.reminders.mentions import mentions
from assistant.reminders.times import Moment, Times, usual_times

T = TypeVar("T")
# Beyond, a place in a journey is no longer kept.
FARTHEST = 90
USUAL_HOUR = time(10)
MIDNIGHT, NOON = time(0), 12 * 60
# « à 3 heures » is in the afternoon, unless the morning is named.
EARLIEST = 7 * 60
# « ce soir », when the usual hour of the evening is over: a while from now, at a round hour.
A_WHILE, ROUND = timedelta(hours=1), timedelta(minutes=15)
LAST_TODAY = time(23, 45)


@dataclass(frozen=True)
class When:
    """An instant in UTC, and whether its hour was said; or no instant, and why.

    `event`: it waits for something without a date; `vague`: some day; `far`: more than FARTHEST days ahead.
    """

    at: datetime | None
    hour: bool = False
    reason: Literal["", "event", "vague", "far"] = ""


class Contradiction(Exception):  # noqa: N818 - the person's, and no error of ours
    """Two moments were said that cannot be one."""


def heard(text: str, now: datetime, times: Times | None = None) -> When | None:
    """What `text` says of when, at the aware time `now`. None: nothing, or moments that contradict each other.

    Not moved to permitted hours: that is `allowed`. Never raises, whatever is written.
    """
    times = times or usual_times()
    try:
        return _heard(text, now, times)
    except Contradiction:
        return None
    except OverflowError:
        # Beyond the last year of the calendar.
        return When(None, reason="far")


def _heard(text: str, now: datetime, times: Times) -> When | None:
    found, here = items(text, times), now.astimezone(PARIS)
    every = mentions(found, times, here)
    said = _asked(found, every, times)
    if said:
        not_then = [times.moments[one.moment] for one in every if one.refused and one.moment is not None]
        return None if any(one.never for one in said) else _Choice(said, not_then, here, times).when()
    reason = waited(fold(clean(text)).split(), times)
    return When(None, reason=reason) if reason else None


def _asked(found: Sequence[Item], said: Sequence[Mention], times: Times) -> list[Mention]:
    """The moments that are asked for: not refused, not taken back, not those of another story.

    « rappelez-moi jeudi, mercredi on enterre mon beau-frère »: what stands with the request, or alone, goes first.
    """
    live = _kept(found, [one for one in said if not one.refused])
    stories = {item.clause for item in found if item.kind == OTHER and item.text not in times.polite}
    asking = {item.clause for item in found if item.kind == "demande"}
    aside = [one for one in live if found[one.start].clause in stories - asking]
    first = [one for one in live if one not in aside]
    if any(one.what in ("day", "after") for one in first):
        return first
    return first + [one for one in aside if one.what == "day"] if first else aside


def _kept(found: Sequence[Item], live: list[Mention]) -> list[Mention]:
    """Without what is taken back (« lundi, non, mardi ») and without the ends of spans (« entre 14 h et 16 h »)."""
    for place in (index for index, item in enumerate(found) if item.kind == "plutot"):
        after = {one.what for one in live if one.start > place}
        live = [one for one in live if one.start > place or one.what not in after]
    kept: list[Mention] = []
    sharp = {one.what for one in live if not one.loose}
    for one in (one for one in live if not (one.loose and one.what in sharp)):
        if not (kept and kept[-1].what == one.what and _spans(found, kept[-1], one)):
            kept.append(one)
    return kept


def _spans(found: Sequence[Item], first: Mention, last: Mention) -> bool:
    between = [item.kind for item in found[first.end : last.start]]
    opened = {item.kind for item in found[max(first.start - 3, 0) : first.start]}
    if first.what == "clock":
        later = (first.minutes or 0) < (last.minutes or 0)
        return later and (
            set(between) <= {"a", "au", "le", "la"} or (between == ["et"] and bool(opened & {"entre", "de"}))
        )
    return between[:1] == ["et"] and set(between) <= {"et", "le", "la"} and "entre" in opened


class _Choice:
    """The one instant that several mentions say together. Raises Contradiction when they cannot."""

    def __init__(self, said: Sequence[Mention], not_then: Sequence[Moment], here: datetime, times: Times) -> None:
        hours = [USUAL_HOUR, *(moment.usual for moment in times.moments)]
        # « lundi, pas le matin »
        free = (hour for hour in hours if not any(moment.opens <= hour <= moment.closes for moment in not_then))
        self._usual = next(free, USUAL_HOUR)
        self._here, self._today, self._now = here, here.date(), here.astimezone(timezone.utc)
        self._after = _only(one.after for one in said if one.after is not None)
        self._soon = any(one.after is not None and one.within for one in said)
        self._days = sorted((one.day for one in said if one.day is not None), key=lambda day: day.rank)
        self._minutes = _only(one.minutes for one in said if one.minutes is not None)
        self._moment = _narrowest({(times.moments[one.moment], one.edge) for one in said if one.moment is not None})
        self._is_today = any(one.today for one in said)
        self._rest = self._is_today or any(one.within for one in said)

    def when(self) -> When | None:
        if self._after is not None:
            return self._waits(self._after)
        for day in self._candidates():
            at = self._at(day)
            if at <= self._now:
                continue
            if not all(other.holds(day) for other in self._days if not other.shift):
                raise Contradiction
            return self._within_reach(at, self._minutes is not None)
        return None

    def _waits(self, after: timedelta) -> When:
        at = _ceiling(self._now + after, ROUND if self._soon else timedelta(minutes=1))
        if self._minutes is not None or not all(day.holds(at.astimezone(PARIS).date()) for day in self._days):
            raise Contradiction
        return self._within_reach(at, True)

    def _within_reach(self, at: datetime, hour: bool) -> When:
        if (at.astimezone(PARIS).date() - self._today).days > FARTHEST:
            return When(None, reason="far")
        return When(at, hour)

    def _candidates(self) -> Iterator[date]:
        """Days that agree with every period said (« la semaine prochaine »), the likeliest first."""
        if not self._days:
            yield from (self._today, *(() if self._is_today else (self._today + timedelta(days=1),)))
            return
        if self._is_today and not any(day.holds(self._today) for day in self._days):
            raise Contradiction
        first: Day = self._days[0]
        periods = [day for day in self._days[1:] if day.rank is Rank.PERIOD]
        for day in first.dates:
            if all(period.holds(day) for period in periods):
                yield day + timedelta(days=first.shift)

    def _at(self, day: date) -> datetime:
        if self._minutes is not None:
            return self._at_clock(day, self._minutes)
        if self._moment is None:
            return self._or_the_rest(day, self._usual, LAST_TODAY)
        moment, edge = self._moment
        hour = {"debut": moment.early, "fin": moment.late}.get(edge, moment.usual)
        return self._or_the_rest(day, hour, moment.closes)

    def _at_clock(self, day: date, minutes: int) -> datetime:
        later = minutes + NOON
        choices = [minutes, later] if 60 <= minutes < NOON else [minutes]
        if self._moment is not None:
            moment = self._moment[0]
            choices = [one for one in choices if moment.opens <= _time(one) <= moment.closes]
            if not choices:
                raise Contradiction
        elif 60 <= minutes < EARLIEST:
            choices = [later]
        if minutes < 60 and self._moment is None:
            # Midnight is the end of the day.
            day += timedelta(days=1)
        at = instant(day, _time(choices[0]))
        # « aujourd'hui à 8 heures », said at ten.
        return at if at > self._now or not self._is_today else instant(day, _time(choices[-1]))

    def _or_the_rest(self, day: date, hour: time, closes: time) -> datetime:
        """`hour`; or, when that is over and today was said, a while from now, before the moment is over."""
        at = instant(day, hour)
        if at > self._now or day != self._today or not self._rest:
            return at
        return min(_ceiling(self._now + A_WHILE, ROUND), instant(day, closes))


def _only(found: Iterable[T]) -> T | None:
    different = set(found)
    if len(different) > 1:
        raise Contradiction
    return next(iter(different), None)


def _narrowest(found: set[tuple[Moment, str]]) -> tuple[Moment, str] | None:
    """« demain matin à la première heure »: the part within the other."""
    ordered = sorted(found, key=lambda one: (one[0].opens, one[0].closes))
    for one in ordered:
        if all(other[0].opens <= one[0].opens and one[0].closes <= other[0].closes for other in ordered):
            return one
    if ordered:
        raise Contradiction
    return None


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _ceiling(at: datetime, step: timedelta) -> datetime:
    """`at`, or the next round time after it."""
    over = (at - datetime.combine(at.date(), MIDNIGHT, at.tzinfo)) % step
    return at + (step - over) if over else at

"""Reads a moment back in the same words for the ear and the eye: « demain, vendredi 27 novembre, vers 10 heures »."""

from __future__ import annotations

from datetime import date, datetime, time

from assistant.reminders.hours import PARIS
from assistant.reminders.times import Times, usual_times

NOON, MIDNIGHT = time(12), time(0)


def spoken(at: datetime, now: datetime, times: Times | None = None) -> str:
    """`at` as it is said at `now`, both aware. What was read back and is heard again is the same minute."""
    said = (times or usual_times()).sentences
    there, here = at.astimezone(PARIS), now.astimezone(PARIS)
    ahead = (there.date() - here.date()).days
    sentence = {0: said["aujourd_hui"], 1: said["demain"]}.get(ahead, said["autre"])
    return sentence.format(jour=_day(there.date(), times or usual_times()), heure=_hour(there.time(), said))


def dated(at: datetime, times: Times | None = None) -> str:
    """The day of `at` in Paris, in full: « 26 novembre 2026 »."""
    there, said = at.astimezone(PARIS), times or usual_times()
    number = said.sentences["premier"] if there.day == 1 else there.day
    return f"{number} {said.months[there.month - 1]} {there.year}"


def _day(day: date, times: Times) -> str:
    return times.sentences["jour"].format(
        semaine=times.weekdays[day.weekday()],
        numero=times.sentences["premier"] if day.day == 1 else day.day,
        mois=times.months[day.month - 1],
    )


def _hour(at: time, said: dict[str, str]) -> str:
    at = at.replace(second=0, microsecond=0, tzinfo=None, fold=0)
    if at in (NOON, MIDNIGHT):
        return said["midi"] if at == NOON else said["minuit"]
    hours = said["une_heure" if at.hour <= 1 else "heures"].format(heures=at.hour)
    # « 9 heures 5 »: a voice would read « 05 » as two numbers.
    return said["minutes"].format(heures=hours, minutes=at.minute) if at.minute else hours

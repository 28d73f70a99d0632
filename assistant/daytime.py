"""The hours at which somebody may be written to who asked for it in person, minutes ago: from 7 to 21, in Paris.

Wider than those of reminders (assistant/reminders/hours.py): a practice that opens on a Saturday morning invites then.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from assistant.reminders.hours import PARIS, instant

OPENS, CLOSES = time(7), time(21)


def daytime(at: datetime) -> datetime:
    """`at` itself when it is day in Paris, else the next 7 o'clock there. Aware, in the zone of `at`."""
    there = at.astimezone(PARIS)
    if OPENS <= there.time() < CLOSES:
        return at
    day = there.date() + timedelta(days=there.time() >= CLOSES)
    return instant(day, OPENS).astimezone(at.tzinfo)

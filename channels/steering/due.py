"""/pilotage/rappels: how many people wait for a reminder, and whether something waits to leave. None under eleven."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from assistant.figures import LEAST, rounded
from assistant.storage import outbox, reminders, switches
from channels.outbox import REMINDER_WAITS
from channels.services import services
from channels.steering.names import CHANNEL_NAMES, said
from channels.steering.operator import required

steering_due = Blueprint("steering_due", __name__, url_prefix="/pilotage", template_folder="templates")
steering_due.before_request(required)

LONG_AGO, FAR = timedelta(days=3650), timedelta(days=3650)
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@steering_due.get("/rappels")
def page() -> ResponseReturnValue:
    now = services().clock()
    spans: tuple[tuple[str, datetime, datetime], ...] = (
        ("Heure déjà passée", now - LONG_AGO, now),
        ("Dans les 24 heures", now, now + DAY),
        ("De 1 à 7 jours", now + DAY, now + WEEK),
        ("Après 7 jours", now + WEEK, now + FAR),
    )
    with services().conversation.database.transaction() as connection:
        rows = [(name, reminders.waiting(connection, since, until)) for name, since, until in spans]
        waiting, off = outbox.age(connection, now), switches.off(connection)
    return render_template(
        "steering/due.html",
        rows=[(name, {way: rounded(found.get(way, 0)) for way in ("sms", "voice")}) for name, found in rows],
        names=CHANNEL_NAMES,
        off=off,
        minutes=int(waiting.total_seconds() // 60) if waiting is not None else None,
        said=said,
        least=LEAST,
        waits=REMINDER_WAITS.days,
    )

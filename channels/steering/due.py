"""/pilotage/rappels: how many people waited for a reminder last midnight, and whether something is late.

None under eleven. Figures are those of the beginning of the day (UTC): whoever loads the page again does not see that
one has just gone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from assistant.budget import Budget
from assistant.figures import LEAST, rounded
from assistant.storage import reminders, switches
from assistant.storage.days import day_of
from assistant.waiting import waiting
from channels.operations.truth import LATE
from channels.outbox import REMINDER_WAITS
from channels.services import services
from channels.steering.names import CHANNEL_NAMES, said, waited
from channels.steering.operator import required

steering_due = Blueprint("steering_due", __name__, url_prefix="/pilotage", template_folder="templates")
steering_due.before_request(required)

FAR, DAY, WEEK = timedelta(days=3650), timedelta(days=1), timedelta(days=7)


@steering_due.get("/rappels")
def page() -> ResponseReturnValue:
    now = services().clock()
    today = day_of(now)
    tomorrow = today + DAY
    spans: tuple[tuple[str, datetime, datetime], ...] = (
        ("Aujourd’hui, ou plus tôt", today - FAR, tomorrow),
        ("Demain", tomorrow, tomorrow + DAY),
        ("Dans 2 à 7 jours", tomorrow + DAY, tomorrow + WEEK),
        ("Après 7 jours", tomorrow + WEEK, today + FAR),
    )
    with services().conversation.database.transaction() as connection:
        rows = [(name, reminders.waiting(connection, since, until, today)) for name, since, until in spans]
        late, off = waiting(connection, now, Budget.of(services().settings)), switches.off(connection)
    return render_template(
        "steering/due.html",
        rows=[(name, {way: rounded(found.get(way, 0)) for way in ("sms", "voice")}) for name, found in rows],
        names=CHANNEL_NAMES,
        off=off,
        # What is on time is not told: it would show that one is leaving.
        late=waited(late) if late is not None and late > LATE else "",
        said=said,
        least=LEAST,
        waits=REMINDER_WAITS.days,
    )

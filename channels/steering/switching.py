"""/pilotage/canaux: switch a channel off, and on again. Asked twice, noted, and heard everywhere at the next turn."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assistant.closing import CLOSED
from assistant.storage import operator_acts, switches
from assistant.storage.switches import FACES, Face
from channels.outbox import REMINDER_WAITS
from channels.practice.moments import day_name, hour_name
from channels.services import services
from channels.steering.names import FACE_NAMES
from channels.steering.operator import only, operator, required

steering_switches = Blueprint("steering_switches", __name__, url_prefix="/pilotage", template_folder="templates")
steering_switches.before_request(required)


@steering_switches.get("/canaux")
def page() -> ResponseReturnValue:
    return _page()


@steering_switches.post("/canaux")
@only("exploitation")
def switch() -> ResponseReturnValue:
    """Off only when it was asked for twice; on at once. A press that changes nothing leaves no line."""
    given, now = request.form.get("canal", ""), services().clock()
    face: Face | None = next((face for face in FACES if face == given), None)
    off = request.form.get("vers", "") == "off"
    if face is None:
        return _page(), 422
    if off and not request.form.get("sur"):
        return _page(asked=face)
    with services().conversation.database.transaction() as connection:
        changed = switches.switch_off(connection, face, now) if off else switches.switch_on(connection, face)
        if changed:
            operator_acts.note(connection, operator().name, "switched_off" if off else "switched_on", now, face)
    return redirect(url_for("steering_switches.page"), 303)


def _page(asked: Face | None = None) -> str:
    with services().conversation.database.transaction() as connection:
        off = switches.off(connection)
    said = services().conversation.book.answers[CLOSED].say
    words = {"sms": said.sms, "voice": said.voice, "web": said.web, "practice": ""}
    return render_template(
        "steering/switches.html",
        faces=FACE_NAMES,
        off=off,
        asked=asked,
        waits=REMINDER_WAITS.days,
        words=words,
        may=operator().may("exploitation"),
        day_name=day_name,
        hour_name=hour_name,
    )

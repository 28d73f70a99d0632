"""/pilotage: what one sees first: which channels are open, what waits, and the way to every other page."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from assistant.storage import switches
from channels.limits.limits import limits
from channels.operations.truth import look
from channels.practice.moments import day_name, hour_name
from channels.services import services
from channels.steering.names import FACE_NAMES, waited
from channels.steering.operator import required
from channels.web import assets

steering = Blueprint("steering", __name__, url_prefix="/pilotage", static_folder="static", template_folder="templates")
steering.after_request(assets.kept)


@steering.before_request
def _guard() -> ResponseReturnValue | None:
    """Signed in, or sent to sign in. The style sheet is everybody's: the page to sign in wears it too."""
    return None if request.endpoint == "steering.static" else required()


@steering.app_context_processor
def _who() -> dict[str, object]:
    """Who is signed in, for the frame of every page here; None where nobody was asked for."""
    return {"steerer": g.get("operator")}


@steering.get("")
def home() -> ResponseReturnValue:
    now = services().clock()
    truth = look(services().conversation, now, dependable=limits().dependable)
    with services().conversation.database.transaction() as connection:
        off = switches.off(connection)
    return render_template(
        "steering/home.html",
        faces=FACE_NAMES,
        off=off,
        truth=truth,
        waits=waited(truth.waiting) if truth.waiting else "",
        day_name=day_name,
        hour_name=hour_name,
    )

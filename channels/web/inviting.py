"""`/i/<token>`: what a physician proposes, and one button. Looking uses nothing up: previews of links look too."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from assistant.turns import Turn
from channels.services import services
from channels.web import visit
from channels.web.once import MESSAGE_ID, PROVIDER, id_of
from channels.web.pages import RATED

inviting = Blueprint("inviting", __name__)


@inviting.get("/i/<token>")
def look(token: str) -> ResponseReturnValue:
    """Whose proposal it is, and for what. One that is good no more is told kindly, with the same button."""
    conversation, here = services().conversation, visit.enter()
    found = None
    if MESSAGE_ID.fullmatch(token):
        found = conversation.invitation(here, token, services().clock())
    book = conversation.book
    said = book.answers["invitation_inconnue"].say.web
    if found:
        said = book.answers[f"invitation_{found.aim}"].say.web.format(label=found.shown_as)
    return render_template("web/invitation.html", token=token, found=found, said=said)


@inviting.post("/i/<token>")
def take(token: str) -> ResponseReturnValue:
    """The button: the invitation is taken up, once, and the journey begins. Good or not, the journey begins."""
    turn = Turn(visit.enter(), "web", PROVIDER, id_of(request.form), services().clock())
    known = token if MESSAGE_ID.fullmatch(token) else ""
    services().conversation.come(turn, known, counted="uncounted" not in request.form)
    session.pop(RATED, None)
    return redirect(url_for("web.page"), 303)

"""The page: server-rendered, whole without JavaScript. Post, redirect, get."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Flask, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException

from assistant.privacy.pseudonyms import national
from assistant.privacy.retention import GUESSES, OUTBOX, PLACE_IN_A_JOURNEY, PROVIDER_IDS, TURN_TRACE, UNCLEAR
from assistant.settings import Settings
from assistant.storage.resume_codes import LIFE
from channels.services import services
from channels.web import visit
from channels.web.handing import hand_in, one_time_id
from channels.web.mishap import mishap
from channels.web.screen import show
from channels.web.typography import sentences, typeset

web = Blueprint("web", __name__, static_folder="static", static_url_path="/static", template_folder="templates")
web.add_app_template_filter(sentences)
web.add_app_template_filter(typeset)
web.add_app_template_global(one_time_id)

SIGNED_BY_THE_PROVIDER = ("sms", "voice")
# What a later page says: all was erased; something broke; there is nothing to carry; the resume code and its end.
ERASED, BROKEN, NOTHING, CODE, CODE_UNTIL = "erased", "broken", "nothing", "code", "code_until"


def protect(app: Flask) -> None:
    """Refuse forms that our pages did not make; give every failure a calm page. To be called after the blueprints."""
    # A person may look for a letter the whole afternoon: the token lives as long as the visit (WCAG 2.2.1).
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    # Our pages say "Referrer-Policy: no-referrer", so there is no referrer to check. The token is bound to the cookie.
    app.config["WTF_CSRF_SSL_STRICT"] = False
    app.permanent_session_lifetime = PLACE_IN_A_JOURNEY
    guard = CSRFProtect(app)
    for name in SIGNED_BY_THE_PROVIDER:
        if name in app.blueprints:
            guard.exempt(app.blueprints[name])
    app.register_error_handler(HTTPException, mishap)


@web.app_context_processor
def _everywhere() -> dict[str, object]:
    """What the frame of every page needs."""
    number = services().settings.human_phone_number
    pairs = " ".join(number[index : index + 2] for index in range(0, len(number), 2))
    return {
        "partner": number,
        "partner_pairs": pairs,
        "place_days": PLACE_IN_A_JOURNEY.days,
        "visiting": visit.address() is not None,
    }


@web.get("/")
def page() -> ResponseReturnValue:
    """Where the person is. Stores nothing but the visit's number, in the person's own browser."""
    conversation = services().conversation
    if session.get(ERASED):
        visit.leave()
        return render_template("web/erased.html", said=conversation.book.answers["effacer_fait"].say.web)
    if not conversation.mind.ready:
        return _preparing(refresh=True)
    reply = conversation.look_again(visit.enter(), "web")
    broken = conversation.book.answers["panne"].say.web if session.pop(BROKEN, False) else ""
    return render_template("web/step.html", screen=show(reply, conversation.book), broken=broken)


@web.post("/")
def act() -> ResponseReturnValue:
    """One press or one message, then back to the page."""
    conversation = services().conversation
    reply = hand_in(conversation, visit.enter(), request.form, services().clock())
    session.pop(CODE, None)  # back on the page: a code asked for earlier may have been used elsewhere since
    if reply.intent == "effacer_fait":
        visit.leave()
        session[ERASED] = True
    elif reply == conversation.sorry("web"):
        session[BROKEN] = True
    return redirect(url_for("web.page"), 303)


@web.get("/attente")
def waiting() -> ResponseReturnValue:
    """The same waiting page, without the automatic refresh (WCAG 2.2.1: it can be turned off)."""
    if services().conversation.mind.ready:
        return redirect(url_for("web.page"), 303)
    return _preparing(refresh=False)


@web.get("/reprise")
def resume() -> ResponseReturnValue:
    """The code that carries the place elsewhere, if one was asked for, and the way to type one received elsewhere."""
    visit.enter()
    code = session.get(CODE, "")
    if code and datetime.fromisoformat(session[CODE_UNTIL]) <= services().clock():
        code = ""
    nothing = session.pop(NOTHING, False)
    lines = _lines(services().settings)
    return render_template("web/resume.html", code=code, nothing=nothing, life_days=LIFE.days, **lines)


@web.post("/reprise")
def give_code() -> ResponseReturnValue:
    """Ask for a code. It is kept in the visit's cookie too, so that a reload shows the same one and makes no other."""
    now = services().clock()
    code = services().conversation.resume_code(visit.enter(), now)
    session.pop(CODE, None)
    if code:
        session[CODE], session[CODE_UNTIL] = code, (now + LIFE).isoformat()
    else:
        session[NOTHING] = True
    return redirect(url_for("web.resume"), 303)


@web.get("/confidentialite")
def privacy() -> ResponseReturnValue:
    """What is kept and how long, read from the constants that the purge obeys."""
    kept = {
        "place": PLACE_IN_A_JOURNEY,
        "trace": TURN_TRACE,
        "ids": PROVIDER_IDS,
        "guesses": GUESSES,
        "code": LIFE,
        "unclear": UNCLEAR,
        "sent": OUTBOX,
    }
    days = {name: span.days for name, span in kept.items()}
    return render_template("web/privacy.html", days=days)


@web.get("/accessibilite")
def accessibility() -> ResponseReturnValue:
    return render_template("web/accessibility.html")


@web.get("/mentions")
def mentions() -> ResponseReturnValue:
    return render_template("web/mentions.html")


def _lines(settings: Settings) -> dict[str, object]:
    """Whether telephones are answered, and at which numbers: a short code cannot be rung, nor a name answered."""
    text_to = settings.sender.text if settings.twilio and settings.sender.two_way else ""
    ring_at = settings.ring_at if settings.twilio else ""
    return {"open_lines": settings.twilio, "text_to": national(text_to), "ring_at": national(ring_at)}


def _preparing(refresh: bool) -> ResponseReturnValue:
    state = services().conversation.mind.state
    status = 503 if state == "failed" else 200
    return render_template("web/preparing.html", state=state, refresh=refresh and state != "failed"), status

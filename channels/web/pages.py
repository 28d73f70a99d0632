"""The page: server-rendered, whole without JavaScript. Post, redirect, get."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException

from assistant.guide import SAFETY
from assistant.privacy.pseudonyms import national
from assistant.privacy.purposes import BACKUPS, PLACE_IN_A_JOURNEY
from assistant.privacy.register import length
from assistant.storage.resume_codes import LIFE
from assistant.turns import Turn
from channels.limits.client import neighbourhood
from channels.services import services
from channels.web import assets, visit
from channels.web.earlier import earlier
from channels.web.handing import hand_in
from channels.web.lines import address, lines
from channels.web.mishap import mishap
from channels.web.once import MESSAGE_ID, PROVIDER, id_of, one_time_id
from channels.web.paper import sheet
from channels.web.qr import square
from channels.web.rating import rate
from channels.web.screen import show
from channels.web.typography import sentences, typeset

web = Blueprint("web", __name__, static_folder="static", static_url_path="/static", template_folder="templates")
web.add_app_template_filter(sentences)
web.add_app_template_filter(typeset)
web.add_app_template_global(one_time_id)
web.app_url_defaults(assets.versioned)
web.after_request(assets.kept)

SIGNED_BY_THE_PROVIDER = ("sms", "voice")
# What a later page says: all was erased, with the proof; something broke; there is nothing to carry; the resume code,
# its link and their end; what was rated.
ERASED, BROKEN, NOTHING = "erased", "broken", "nothing"
CODE, LINK, CODE_UNTIL = "code", "link", "code_until"
RATED = "rated"
TO_SCAN = "Carré à viser avec l’appareil photo d’un téléphone. Il ouvre votre lien de reprise."
DAY = 24 * 3600


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
    return {
        "partner": number,
        "partner_pairs": national(number),
        "place_days": PLACE_IN_A_JOURNEY.days,
        "visiting": visit.address() is not None,
        "address": address(services().settings),
        "lines": lines(services().settings),
        "publisher": services().settings.publisher,
        "only_here": services().settings.local,
    }


@web.get("/")
def page() -> ResponseReturnValue:
    """Where the person is. Stores nothing but the visit's number, in the person's own browser."""
    conversation = services().conversation
    if ERASED in session:
        said = session[ERASED]
        visit.leave()
        return render_template("web/erased.html", said=said)
    if _getting_ready():
        return _preparing(refresh=True)
    here = visit.enter()
    reply = conversation.look_again(here, "web")
    broken = conversation.book.answers["panne"].say.web if session.pop(BROKEN, False) else ""
    screen = show(reply, conversation.book)
    drawing = services().drawings.beside(screen.journey if screen.on_step else None)
    rated = session.get(RATED, "")
    paper = sheet(conversation.book, screen.journey.name) if screen.journey else None
    return render_template(
        "web/step.html",
        screen=screen,
        drawing=drawing,
        broken=broken,
        rated=rated,
        sheet=paper,
        earlier=earlier(conversation, here, screen.said),
    )


@web.post("/")
def act() -> ResponseReturnValue:
    """One press or one message, then back to the page."""
    conversation = services().conversation
    reply = hand_in(conversation, visit.enter(), request.form, services().clock(), neighbourhood())
    if reply.intent in SAFETY and reply.ending == "goodbye":  # nothing was stored: the next page would not say it
        return render_template("web/alarm.html", said=" ".join(message.text for message in reply.messages)), 503
    _forget_code()  # back on the page: a code asked for earlier may have been used elsewhere since
    session.pop(RATED, None)
    if reply.intent == "effacer_fait":
        visit.leave()
        session[ERASED] = " ".join(message.text for message in reply.messages)
    elif reply == conversation.sorry("web"):
        session[BROKEN] = True
    return redirect(url_for("web.page"), 303)


@web.post("/avis")
def give_opinion() -> ResponseReturnValue:
    """Whether an answer helped. The visit remembers what was rated, so that a reload thanks and does not ask again."""
    here, about = visit.enter(), request.form.get("about", "")
    once = visit.once(f"rating:{about}")
    about = rate(services().conversation, here, once, request.form, services().clock())
    if about:
        session[RATED] = about
    return redirect(url_for("web.page", _anchor="avis"), 303)


@web.get("/attente")
def waiting() -> ResponseReturnValue:
    """The same waiting page, without the automatic refresh (WCAG 2.2.1: it can be turned off)."""
    if not _getting_ready():
        return redirect(url_for("web.page"), 303)
    return _preparing(refresh=False)


@web.get("/reprise")
def resume() -> ResponseReturnValue:
    """The code that carries the place elsewhere, if one was asked for, and the way to type one received elsewhere."""
    visit.enter()
    code = session.get(CODE, "") if LINK in session else ""
    if code and datetime.fromisoformat(session[CODE_UNTIL]) <= services().clock():
        code = ""
    nothing = session.pop(NOTHING, False)
    settings = services().settings
    link = f"{settings.public_base_url}{url_for('web.look_at_link', link=session[LINK])}" if code else ""
    shown = square(link, TO_SCAN) if link else ""
    return render_template(
        "web/resume.html",
        code=code,
        link=link,
        square=shown,
        nothing=nothing,
        life_days=LIFE.days,
    )


@web.post("/reprise")
def give_code() -> ResponseReturnValue:
    """Ask for a code and a link. The visit's cookie keeps them too: a reload shows the same, and makes no others."""
    now, here, conversation = services().clock(), visit.enter(), services().conversation
    _forget_code()
    code = conversation.resume_code(here, now)
    link = conversation.resume_link(here, now) if code else None
    if link:
        session[CODE], session[LINK], session[CODE_UNTIL] = code, link, (now + LIFE).isoformat()
    else:
        session[NOTHING] = True
    return redirect(url_for("web.resume"), 303)


@web.get("/reprise/<link>")
def look_at_link(link: str) -> ResponseReturnValue:
    """What a resume link opens: one button. Looking uses nothing up, however often, by whomever."""
    visit.enter()
    good = bool(MESSAGE_ID.fullmatch(link)) and services().conversation.leads_somewhere(link, services().clock())
    return render_template("web/link.html", link=link, good=good, life_days=LIFE.days)


@web.post("/reprise/<link>")
def take_here(link: str) -> ResponseReturnValue:
    """The button of a resume link: the place comes here, once. Pressed twice, it is still here."""
    turn = Turn(visit.enter(), "web", PROVIDER, id_of(request.form), services().clock())
    if not services().conversation.follow(turn, link):
        return redirect(url_for("web.look_at_link", link=link), 303)
    _forget_code()
    session.pop(RATED, None)
    return redirect(url_for("web.page"), 303)


@web.get("/confidentialite")
def privacy() -> ResponseReturnValue:
    """What is kept and how long, from the table that the purge obeys."""
    cookie = current_app.config["SESSION_COOKIE_NAME"]
    told = [entry.told for entry in services().register if entry.told]
    return render_template(
        "web/privacy.html", told=told, backups=length(BACKUPS), cookie=cookie, lines_open=services().settings.twilio
    )


@web.get("/accessibilite")
def accessibility() -> ResponseReturnValue:
    return render_template("web/accessibility.html", base=services().settings.public_base_url)


@web.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a telephone needs to keep Camille among its applications. There is no service worker, on purpose."""
    answer = Response(render_template("web/manifest.json"), mimetype="application/manifest+json")
    answer.headers["Cache-Control"] = f"public, max-age={DAY}"
    return answer


@web.get("/mentions")
def mentions() -> ResponseReturnValue:
    return render_template("web/mentions.html")


def _forget_code() -> None:
    for name in (CODE, LINK, CODE_UNTIL):
        session.pop(name, None)


def _getting_ready() -> bool:
    """Whether it is worth waiting until sentences are understood. While a service is away, buttons lead on."""
    mind = services().conversation.mind
    return not mind.ready and mind.state != "away"


def _preparing(refresh: bool) -> ResponseReturnValue:
    state = services().conversation.mind.state
    status = 503 if state == "failed" else 200
    return render_template("web/preparing.html", state=state, refresh=refresh and state != "failed"), status

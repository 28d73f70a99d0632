"""Taking an access up, and signing in with it: a link good once, then six digits of an application each time.

Looking at a link uses nothing up. Its button does: the key is then shown to this browser only, and kept once a first
code has proved that a telephone has it.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assistant.one_time_codes import Key, OneTimeCodes, Verdict
from assistant.storage import accesses, practice_slips, practices
from assistant.storage.accesses import typed
from assistant.storage.guesses import ACCESS
from channels.limits.client import neighbourhood
from channels.operations.sign_ins import failed
from channels.practice.member import sign_in, whoever
from channels.services import services
from channels.waiting_key import PATIENCE, TO_SCAN, WaitingKey
from channels.web.qr import square

codes = Blueprint("codes", __name__, url_prefix="/medecin", template_folder="templates")

TAKING = "taking"


@codes.get("/acces/<token>")
def offer(token: str) -> ResponseReturnValue:
    """What is offered, or, to who has pressed the button, the key and the question for a first code."""
    held = _held(token)
    if held is not None:
        return _key_page(token, held)
    at = services().clock()
    with services().conversation.database.transaction() as connection:
        name = practice_slips.look(connection, accesses.GIVEN, token, at)
        found = practices.member(connection, name) if name else None
    return render_template(
        "practice/access_offered.html", token=token, found=found, hours=accesses.LIFE // timedelta(hours=1)
    ), 200 if found else 404


@codes.post("/acces/<token>")
def take(token: str) -> ResponseReturnValue:
    """The button: the link is used up, and a key made."""
    at = services().clock()
    with services().conversation.database.transaction() as connection:
        name = practice_slips.take(connection, accesses.GIVEN, token, at)
        if name is not None and practices.member(connection, name) is not None:
            _waiting().make(connection, token, name, at)
    if name is None:
        failed("practice", "unknown")
    return redirect(url_for("codes.offer", token=token), 303)


@codes.post("/acces/<token>/code")
def prove(token: str) -> ResponseReturnValue:
    """The first code. When it is right, the key is kept and its holder is signed in."""
    held, at = _held(token), services().clock()
    if held is None:
        failed("practice", "expired")
        return redirect(url_for("codes.offer", token=token), 303)
    waiting, given = _waiting(), request.form.get("code", "")
    with services().conversation.database.transaction() as connection:
        verdict = waiting.codes.check_key(connection, held.name, held, given, at, neighbourhood())
        if verdict is None:
            waiting.use_up(connection, at)
            kept = accesses.take_up(connection, held.name, waiting.codes.seal(held))
    if verdict is not None:
        return _key_page(token, held, verdict), failed("practice", verdict)
    waiting.forget()
    if not kept:  # ended meanwhile
        failed("practice", "ended")
        return redirect(url_for("codes.offer", token=token), 303)
    return sign_in(held.name, redirect(url_for("practice.home"), 303))


@codes.get("/entrer/code")
def ask() -> ResponseReturnValue:
    if whoever() is not None:
        return redirect(url_for("practice.home"), 303)
    return _ask()


@codes.post("/entrer/code")
def enter() -> ResponseReturnValue:
    """Signed in, or told in the same words whatever was wrong."""
    name, at = typed(request.form.get("nom", "")), services().clock()
    with services().conversation.database.transaction() as connection:
        given = request.form.get("code", "")
        verdict = OneTimeCodes(services().settings).check(connection, name, given, at, neighbourhood())
    if verdict is not None:
        return _ask(name, verdict), failed("practice", verdict)
    return sign_in(name, redirect(url_for("practice.home"), 303))


def _waiting() -> WaitingKey:
    return WaitingKey(TAKING, OneTimeCodes(services().settings))


def _held(token: str) -> Key | None:
    with services().conversation.database.transaction() as connection:
        return _waiting().held(connection, token, services().clock())


def _key_page(token: str, key: Key, verdict: Verdict | None = None) -> str:
    return render_template(
        "practice/access_key.html",
        token=token,
        key=key,
        square=square(key.uri, TO_SCAN),
        verdict=verdict,
        minutes=_minutes(ACCESS.window),
        patience=_minutes(PATIENCE),
    )


def _ask(name: str = "", verdict: Verdict | None = None) -> str:
    return render_template(
        "practice/code.html", name=name, verdict=verdict, minutes=_minutes(ACCESS.window), most=ACCESS.most
    )


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)

"""/pilotage/entrer, and how an access is taken up: a link of one use, a password, a first code."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assistant.one_time_codes import Key, Verdict
from assistant.operator_proofs import SHORTEST, Fault, OperatorProofs, fault, hashed
from assistant.storage import operator_acts, operators, practice_slips
from assistant.storage.accesses import typed
from assistant.storage.guesses import OPERATOR
from assistant.storage.operator_sessions import AT_MOST, IDLE
from channels.limits.client import neighbourhood
from channels.operations.sign_ins import failed
from channels.services import services
from channels.steering.operator import sign_in, sign_out, whoever
from channels.waiting_key import PATIENCE, TO_SCAN, WaitingKey
from channels.web.qr import square

steering_door = Blueprint("steering_door", __name__, url_prefix="/pilotage", template_folder="templates")

TAKING = "operatorkey"
MINUTE = timedelta(minutes=1)


@steering_door.get("/entrer")
def enter() -> ResponseReturnValue:
    if whoever() is not None:
        return redirect(url_for("steering.home"), 303)
    return _door()


@steering_door.post("/entrer")
def come_in() -> ResponseReturnValue:
    """Signed in, or told in the same words whatever was wrong."""
    name, form = typed(request.form.get("nom", "")), request.form
    proofs, database = OperatorProofs(services().settings), services().conversation.database
    given, at = (form.get("passe", ""), form.get("code", "")), services().clock()
    verdict = proofs.check(database, name, *given, at, neighbourhood())
    if verdict is not None:
        return _door(name, verdict), failed("pilotage", verdict)
    return sign_in(name, redirect(url_for("steering.home"), 303))


@steering_door.post("/sortir")
def leave() -> ResponseReturnValue:
    return sign_out(redirect(url_for("steering_door.enter"), 303))


@steering_door.get("/acces/<token>")
def offer(token: str) -> ResponseReturnValue:
    """What is offered, or, to who has pressed the button, the key and the questions. Looking uses nothing up."""
    key = _held(token)
    if key is not None:
        return _key_page(token, key)
    with services().conversation.database.transaction() as connection:
        name = practice_slips.look(connection, operators.GIVEN, token, services().clock())
        found = operators.find(connection, name) if name else None
    return render_template(
        "steering/offered.html",
        token=token,
        found=found,
        hours=operators.LIFE // timedelta(hours=1),
        patience=PATIENCE // MINUTE,
    ), 200 if found else 404


@steering_door.post("/acces/<token>")
def take(token: str) -> ResponseReturnValue:
    """The button: the link is used up, and a key made, which waits sealed for this browser."""
    at = services().clock()
    with services().conversation.database.transaction() as connection:
        name = practice_slips.take(connection, operators.GIVEN, token, at)
        if name is not None and operators.find(connection, name) is not None:
            _waiting().make(connection, token, name, at)
    if name is None:
        failed("pilotage", "unknown")
    return redirect(url_for("steering_door.offer", token=token), 303)


@steering_door.post("/acces/<token>/cle")
def prove(token: str) -> ResponseReturnValue:
    """The password and the first code. When both are right they are kept, and their holder is signed in."""
    key, at, form = _held(token), services().clock(), request.form
    if key is None:
        failed("pilotage", "expired")
        return redirect(url_for("steering_door.offer", token=token), 303)
    password, waiting = form.get("passe", ""), _waiting()
    wrong: Fault | str | None = fault(password, key.name)
    if wrong is None and form.get("encore", "") != password:
        wrong = "other"
    if wrong is not None:
        return _key_page(token, key, wrong=wrong), 422
    kept = hashed(password)
    with services().conversation.database.transaction() as connection:
        verdict = waiting.codes.check_key(connection, key.name, key, form.get("code", ""), at, neighbourhood())
        if verdict is None:
            waiting.use_up(connection, at)
            there = operators.take_up(connection, key.name, kept, waiting.codes.seal(key))
            if there:
                operator_acts.note(connection, key.name, "taken_up", at)
    if verdict is not None:
        return _key_page(token, key, verdict), failed("pilotage", verdict)
    waiting.forget()
    if not there:  # ended meanwhile
        failed("pilotage", "ended")
        return redirect(url_for("steering_door.offer", token=token), 303)
    return sign_in(key.name, redirect(url_for("steering.home"), 303))


def _waiting() -> WaitingKey:
    return WaitingKey(TAKING, OperatorProofs(services().settings).codes)


def _held(token: str) -> Key | None:
    with services().conversation.database.transaction() as connection:
        return _waiting().held(connection, token, services().clock())


def _key_page(token: str, key: Key, verdict: Verdict | None = None, wrong: str | None = None) -> str:
    return render_template(
        "steering/key.html",
        token=token,
        key=key,
        square=square(key.uri, TO_SCAN),
        verdict=verdict,
        wrong=wrong,
        minutes=OPERATOR.window // MINUTE,
        patience=PATIENCE // MINUTE,
        shortest=SHORTEST,
    )


def _door(name: str = "", verdict: Verdict | None = None) -> str:
    return render_template(
        "steering/enter.html",
        name=name,
        verdict=verdict,
        over=bool(request.args.get("fini")),
        minutes=OPERATOR.window // MINUTE,
        most=OPERATOR.most,
        idle=IDLE // MINUTE,
        hours=AT_MOST // (60 * MINUTE),
    )

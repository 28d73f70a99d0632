"""/medecin/entrer and what belongs to it: signing in with Pro Santé Connect, choosing a practice, leaving.

People are sent to the provider by a page, not by a redirection: a form's redirection to another site is refused by our
own `form-action 'self'`, and nobody can list all the hosts that the provider redirects through.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from flask import Blueprint, Flask, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assistant.errors import SealError
from assistant.privacy.pseudonyms import pseudonym
from assistant.privacy.purposes import AUDIT
from assistant.privacy.sealing import Sealer
from assistant.pro_sante_connect import PHYSICIAN
from assistant.storage import practice_slips, practices
from assistant.storage.practice_sessions import AT_MOST, IDLE, key_of, new_token
from channels.operations.metrics import face_is_closed
from channels.operations.sign_ins import failed
from channels.practice import identity, member
from channels.practice.psc import EXTENSION, Doorway, Reason, SignInError, doorway
from channels.services import Services, services

door = Blueprint("door", __name__, template_folder="templates")

HOME = "/medecin"
CHOOSING, LEFT = "practice", "left"
SOON = timedelta(minutes=10)
# The provider's own picture for the button, if whoever runs the service put it there (docs/architecture.md).
PICTURES = Path(__file__).parent / "static"
OFFICIAL = ("pro-sante-connect.svg", "pro-sante-connect.png")
STATUS = {
    "cancelled": 400,
    "replayed": 400,
    "unverified": 400,
    "no_exercise": 403,
    "profession": 403,
    "no_practice": 403,
    "away": 503,
    "closed": 503,
}
Closed = Literal["closed"]
Where = Literal["door.come_back", "door.gone"]


@dataclass(frozen=True)
class Known:
    """Who was just verified, by keyed hashes: what is needed to make her a member, and no more."""

    subject: str
    shown_as: str
    practices: tuple[tuple[str, str], ...]  # keyed hash, name
    id_token: str


def open_door(app: Flask) -> None:
    """Open the way in to the provider that is set."""
    given: Services = app.extensions["camille"]
    opened = Doorway(app, given.conversation.database, Sealer(*given.settings.secret_keys), given.clock)
    if given.settings.psc.configured:
        opened.open(given.settings.psc)
    app.extensions[EXTENSION] = opened


@door.get("/medecin/entrer")
def enter() -> ResponseReturnValue:
    """The page with the one button. Whoever is signed in already is let in."""
    if member.whoever() is not None:
        return redirect(HOME, 303)
    return render_template(
        "practice/enter.html",
        state=doorway().state,
        over=bool(request.args.get("fini")),
        official=next((name for name in OFFICIAL if (PICTURES / name).is_file()), ""),
        physicians_only=doorway().provider.professions == (PHYSICIAN,),
        kept=_kept(),
    )


@door.post("/medecin/entrer")
def leave_for() -> ResponseReturnValue:
    """To the provider. Who was refused may come as another, whom it then asks for although it knows somebody."""
    if not doorway().is_open:
        return _refused("closed")
    to = doorway().way_in(_back_to("door.come_back"), as_another=bool(request.form.get("autre")))
    return render_template("practice/onward.html", to=to, out=False)


@door.get("/medecin/retour")
def come_back() -> ResponseReturnValue:
    """Back from the provider: signed in, asked which practice, or told kindly why not."""
    if not doorway().is_open:
        return _refused("closed")
    try:
        arrived = doorway().came_back()
    except SignInError as error:
        return _refused(error.reason)
    found = identity.read(arrived.claims, doorway().provider.professions)
    if isinstance(found, str):
        return _refused(found)
    known = _known(found, arrived.id_token)
    if len(known.practices) == 1:
        return _let_in(known, known.practices[0])
    token = new_token()
    sealed = member.sealer().seal(
        json.dumps([known.subject, known.shown_as, known.practices, known.id_token]), key_of(token)
    )
    _leave_slip(CHOOSING, token, sealed)
    return member.carry(token, redirect(url_for("door.choose"), 303))


@door.get("/medecin/cabinet")
def choose() -> ResponseReturnValue:
    """Which practice she acts for now, when she works in several."""
    if member.whoever() is not None:
        return redirect(HOME, 303)
    with services().conversation.database.transaction() as connection:
        sealed = practice_slips.look(connection, CHOOSING, member.carried(), services().clock())
    known = _opened(sealed)
    if known is None:
        return _refused("replayed")
    return render_template("practice/choose.html", known=known)


@door.post("/medecin/cabinet")
def chosen() -> ResponseReturnValue:
    with services().conversation.database.transaction() as connection:
        sealed = practice_slips.take(connection, CHOOSING, member.carried(), services().clock())
    known = _opened(sealed)
    picked = {key: (key, name) for key, name in known.practices} if known else {}
    practice = picked.get(request.form.get("cabinet", ""))
    if known is None or practice is None:
        return _refused("replayed")
    return _let_in(known, practice)


@door.post("/medecin/sortir")
def leave() -> ResponseReturnValue:
    """Out of here at once. Signing out at the provider too is asked for apart: it closes the practice's other tools."""
    id_token = member.sign_out() or _left()
    if request.form.get("partout") and id_token and doorway().is_open:
        page = render_template("practice/onward.html", to=doorway().way_out(id_token, _back_to("door.gone")), out=True)
        return member.carry("", make_response(page))
    away = redirect(url_for("door.gone"), 303)
    if not id_token or not doorway().is_open:
        return member.carry("", away)
    token = new_token()
    _leave_slip(LEFT, token, member.sealer().seal(id_token, key_of(token)))
    return member.carry(token, away)


@door.get("/medecin/sortie")
def gone() -> ResponseReturnValue:
    """What she has left: this service, or the provider too when it sends her back with our own state."""
    if "state" in request.args:
        everywhere = doorway().is_open and doorway().was_signed_out()
        return render_template("practice/left.html", everywhere=everywhere, unsure=not everywhere), (
            200 if everywhere else 400
        )
    with services().conversation.database.transaction() as connection:
        may_go_on = practice_slips.look(connection, LEFT, member.carried(), services().clock()) is not None
    return render_template("practice/left.html", everywhere=False, unsure=False, may_go_on=may_go_on)


def _refused(reason: Reason | identity.Refusal | Closed) -> ResponseReturnValue:
    """A calm page: what happened, and what to do."""
    if reason == "closed":
        face_is_closed()  # nobody may sign in: nobody failed
    else:
        failed("practice", reason)
    return render_template("practice/refused.html", reason=reason), STATUS[reason]


def _known(found: identity.Identity, id_token: str) -> Known:
    pepper = services().settings.pseudonym_pepper
    subject = pseudonym("psc", f"{doorway().provider.issuer} {found.sub}", pepper)
    places = tuple((pseudonym("practice", place.id, pepper), place.name) for place in found.structures)
    return Known(subject, found.shown_as, places, id_token)


def _let_in(known: Known, practice: tuple[str, str]) -> ResponseReturnValue:
    now = services().clock()
    with services().conversation.database.transaction() as connection:
        hers = practices.practice_of(connection, *practice, now)
        number = practices.physician_of(connection, hers, known.subject, known.shown_as, now)
    return member.sign_in(number, redirect(HOME, 303), known.id_token)


def _opened(sealed: str | None) -> Known | None:
    try:
        held = json.loads(member.sealer().open(sealed, key_of(member.carried()))) if sealed else None
    except SealError:
        return None
    if held is None:
        return None
    subject, shown_as, places, id_token = held
    return Known(subject, shown_as, tuple((key, name) for key, name in places), id_token)


def _left() -> str:
    """The id_token of who has just left here, to sign her out at the provider too; "" when there is none."""
    with services().conversation.database.transaction() as connection:
        sealed = practice_slips.take(connection, LEFT, member.carried(), services().clock())
    try:
        return member.sealer().open(sealed, key_of(member.carried())) if sealed else ""
    except SealError:
        return ""


def _leave_slip(kind: str, token: str, sealed: str) -> None:
    now = services().clock()
    with services().conversation.database.transaction() as connection:
        practice_slips.put(connection, kind, token, sealed, now + SOON, now)


def _back_to(where: Where) -> str:
    """Where the provider sends people back: exactly what was declared to it. A pretend one takes any local name."""
    base = request.host_url.rstrip("/") if doorway().state == "pretend" else services().settings.public_base_url
    return f"{base}{url_for(where)}"


def _kept() -> dict[str, int]:
    return {
        "idle": int(IDLE.total_seconds() // 60),
        "hours": int(AT_MOST.total_seconds() // 3600),
        "months": AUDIT.days // 30,
    }

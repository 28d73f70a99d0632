"""To try the pages for practices on one machine without Node: a link of one use, written in the terminal.

This blueprint is registered on a local address only (channels/app.py): elsewhere none of its addresses exists.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Flask, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from assistant.privacy.pseudonyms import pseudonym
from assistant.storage import practice_slips, practices
from assistant.storage.practice_sessions import key_of, new_token
from channels.practice.door import HOME
from channels.practice.member import sign_in
from channels.practice.psc import EXTENSION, Doorway, doorway
from channels.services import Services, services

trial = Blueprint("trial", __name__, template_folder="templates")

KIND = "trial"
LIFE = timedelta(minutes=15)
PRACTICE, SHOWN_AS = "Cabinet d’essai", "Le docteur Essai"


def make_link(app: Flask) -> str:
    """A new link, good once and for a quarter of an hour. Raises ValueError when the service is for everybody."""
    given: Services = app.extensions["camille"]
    if not given.settings.local:
        raise ValueError("there is no trial link on a public address")
    now, token = given.clock(), new_token()
    with given.conversation.database.transaction() as connection:
        practice_slips.put(connection, KIND, token, key_of(token), now + LIFE, now)
    return f"{given.settings.public_base_url}/medecin/essai/{token}"


def offer_link(app: Flask, write: Callable[[str], None]) -> None:
    """Have the door say that links are written in the terminal, and write the first one."""
    found: Doorway = app.extensions[EXTENSION]
    found.write_link = lambda: write(make_link(app))
    found.state = "link"
    found.write_link()


@trial.get("/medecin/essai/<token>")
def look(token: str) -> ResponseReturnValue:
    """One button. Looking uses nothing up."""
    with services().conversation.database.transaction() as connection:
        good = practice_slips.look(connection, KIND, token, services().clock()) is not None
    return render_template("practice/trial.html", token=token, good=good), 200 if good else 400


@trial.post("/medecin/essai/<token>")
def take(token: str) -> ResponseReturnValue:
    """Signed in, once, as a physician who does not exist."""
    now, pepper = services().clock(), services().settings.pseudonym_pepper
    with services().conversation.database.transaction() as connection:
        if practice_slips.take(connection, KIND, token, now) is None:
            return render_template("practice/trial.html", token="", good=False), 400
        practice = practices.practice_of(connection, pseudonym("practice", KIND, pepper), PRACTICE, now)
        number = practices.physician_of(connection, practice, pseudonym("psc", KIND, pepper), SHOWN_AS, now)
    return sign_in(number, redirect(HOME, 303))


@trial.post("/medecin/essai")
def write_another() -> ResponseReturnValue:
    """Another link, in the terminal: whoever reads it there is at this machine."""
    write = doorway().write_link
    if doorway().state != "link" or write is None:
        abort(404)
    write()
    return redirect(url_for("door.enter", ecrit=1), 303)

"""/medecin/acces: a physician gives an access to a secretary or a replacement, sees the list, ends one at once."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from assistant.privacy.masking import mask
from assistant.storage import accesses as stored
from assistant.storage import audit, practices
from assistant.storage.accesses import LIFE, LONGEST_LABEL, MOST
from channels.practice.member import member
from channels.practice.moments import when_name
from channels.practice.rights import physicians_only
from channels.services import services
from channels.web.qr import square

accesses = Blueprint("accesses", __name__, url_prefix="/medecin", template_folder="templates")
accesses.before_request(physicians_only)

# The link that was just made: shown on the next page, once.
GIVEN = "given_access"
TO_SCAN = "Carré à viser avec l’appareil photo d’un téléphone. Il ouvre la page où prendre cet accès."


@accesses.get("/acces")
def page() -> ResponseReturnValue:
    return _page()


@accesses.post("/acces")
def give() -> ResponseReturnValue:
    """A new access. Its link is for whoever receives it: it signs nobody in by itself."""
    label, at, who = _label(request.form.get("nom", "")), services().clock(), member()
    if not label:
        return _page(fault="missing"), 422
    with services().conversation.database.transaction() as connection:
        given = stored.give(connection, who.practice, label, at)
        if given is not None:
            audit.note(connection, who, "access_given", at)
    if given is None:
        return _page(typed=label, fault="many"), 422
    session[GIVEN] = given[1]
    return redirect(url_for("accesses.given"), 303)


@accesses.get("/acces/donne")
def given() -> ResponseReturnValue:
    """The link and its square. A reload leads back to the list: it was shown once."""
    token = session.pop(GIVEN, "")
    if not token:
        return redirect(url_for("accesses.page"), 303)
    link = services().settings.public_base_url + url_for("codes.offer", token=token)
    return render_template(
        "practice/access_given.html", hours=LIFE // timedelta(hours=1), link=link, square=square(link, TO_SCAN)
    )


@accesses.post("/acces/fin")
def end() -> ResponseReturnValue:
    """End one at once. Of another practice's, or of a physician's, there is none here."""
    name, at, who = request.form.get("acces", ""), services().clock(), member()
    with services().conversation.database.transaction() as connection:
        access = stored.find(connection, name)
        hers = access is not None and access.practice == who.practice
        if hers and practices.end(connection, who.practice, name, at):
            audit.note(connection, who, "access_ended", at)
    if not hers:
        return _page(), 404
    return redirect(url_for("accesses.page"), 303)


def _page(typed: str = "", fault: str = "") -> str:
    at = services().clock()
    with services().conversation.database.transaction() as connection:
        listed = stored.of(connection, member().practice)
    return render_template(
        "practice/accesses.html",
        listed=listed,
        at=at,
        until=lambda access: when_name(access.made_at + stored.LIFE, at),
        typed=typed,
        fault=fault,
        longest=LONGEST_LABEL,
        most=MOST,
    )


def _label(typed: str) -> str:
    """One line without control characters or private numbers, as long as a list can show; "" for nothing."""
    plain = "".join(
        " " if unicodedata.category(sign)[0] in "CZ" else sign for sign in unicodedata.normalize("NFC", typed)
    )
    # A number typed in the wrong place would stand on the list, and in the journal for a year.
    return mask(re.sub(r" +", " ", plain).strip()).text[:LONGEST_LABEL].strip()

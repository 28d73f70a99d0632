"""The physician's one screen: propose Camille in thirty seconds, with nothing to say of the patient."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from channels.practice.choice import choose
from channels.practice.making import find, make
from channels.practice.member import required
from channels.practice.texting import leaves_now
from channels.services import services
from channels.web import assets
from channels.web.origin import origins
from channels.web.qr import square

practice = Blueprint("practice", __name__, url_prefix="/medecin", static_folder="static", template_folder="templates")
practice.after_request(assets.kept)

TO_SCAN = "Carré à viser avec l’appareil photo d’un téléphone. Il ouvre l’invitation."


@practice.before_request
def _guard() -> ResponseReturnValue | None:
    """Signed in, or sent to sign in. The style sheet is everybody's: the page to sign in wears it too."""
    return None if request.endpoint == "practice.static" else required()


@practice.app_context_processor
def _who() -> dict[str, object]:
    """Who is signed in, for the frame of every page here; None where nobody was asked for."""
    return {"me": g.get("practice_member")}


@practice.get("")
def home() -> ResponseReturnValue:
    """Three buttons."""
    return render_template("practice/home.html", choice=choose(request.args), texts=leaves_now())


@practice.post("")
def choose_way() -> ResponseReturnValue:
    """The way that makes nothing yet: a number is to be typed first."""
    return redirect(url_for("texting.page", **choose(request.form).query), 303)


@practice.get("/montrer")
def shown() -> ResponseReturnValue:
    """The square, as large as the screen. A reload shows the same."""
    made = find(request.args.get("i", ""), "show")
    if made is None:
        return render_template("practice/over.html"), 404
    return render_template("practice/show.html", made=made, square=square(made.link, TO_SCAN))


@practice.post("/montrer")
def show() -> ResponseReturnValue:
    """Make an invitation for the telephone of who sits here."""
    name = make(request.form, "show")
    return redirect(url_for("practice.shown", i=name) if name else url_for("practice.home"), 303)


@practice.get("/dire")
def say() -> ResponseReturnValue:
    """What to tell the patient, in twenty seconds, and what to answer."""
    book = services().conversation.book
    sources = {said.name: origins(said.basis.facts, book) for said in book.advice.all}
    return render_template("practice/say.html", advice=book.advice, sources=sources)


@practice.get("/chez-vous")
def at_home() -> ResponseReturnValue:
    """What a practice puts into its letters and on its own site. It leads to Camille, and counts nobody."""
    return render_template("practice/at_home.html", base=services().settings.public_base_url)

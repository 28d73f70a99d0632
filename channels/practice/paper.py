"""What a practice prints: a leaflet to carry home, a stack of them, a poster. Pages first, tagged PDF second.

None of it is kept: a sheet holds an invitation, and is printed again by making another one.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assistant.reminders.spoken import dated
from assistant.storage import audit, invitations
from assistant.storage.invitations import Way
from assistant.storage.standing import standing
from channels.practice.choice import choose
from channels.practice.making import Made, find, make
from channels.practice.member import member, required
from channels.services import services
from channels.web.lines import address
from channels.web.paper import SHEET, pressed, sheet
from channels.web.qr import square

practice_paper = Blueprint("practice_paper", __name__, url_prefix="/medecin", template_folder="templates")
practice_paper.before_request(required)

STATIC = Path(__file__).parent / "static"
# What a poster needs beside its own style: on a sheet twice as large, everything grows with it.
SIZES: dict[str, tuple[str, ...]] = {"a4": (), "a3": ("poster-a3.css",)}
TOLD_BY = "Carré à viser avec l’appareil photo d’un téléphone. Il ouvre la page de Camille, à l’adresse {address}."
# The leaflet speaks of Mon espace santé in the words of this journey's own.
JOURNEY = "activer"
NUMBER = re.compile(r"[0-9]{1,9}")


@practice_paper.get("/feuille")
def leaflet() -> ResponseReturnValue:
    """The leaflet that was made; without one, where stacks are made and ended."""
    made = find(request.args.get("i", ""), "print")
    if made is None:
        return _shelf("practice/leaflets.html", "print")
    return _page("practice/leaflet.html", made, frame="practice/base.html")


@practice_paper.post("/feuille")
def make_leaflet() -> ResponseReturnValue:
    """One leaflet, or a stack of the same."""
    name = make(request.form, "print", stack="pile" in request.form)
    return redirect(url_for("practice_paper.leaflet", i=name) if name else url_for("practice.home"), 303)


@practice_paper.get("/feuille.pdf")
def leaflet_file() -> ResponseReturnValue:
    """The leaflet as a tagged PDF: a page, or as many as the stack has."""
    made = find(request.args.get("i", ""), "print")
    if made is None:
        return render_template("practice/over.html"), 404
    return _file("practice/leaflet.html", made, "a5.css", named="feuille")


@practice_paper.get("/affiche")
def poster() -> ResponseReturnValue:
    """The poster that was made; without one, where posters are made and ended."""
    made = find(request.args.get("i", ""), "poster")
    if made is None:
        return _shelf("practice/posters.html", "poster")
    return _page("practice/poster.html", made, frame="practice/base.html")


@practice_paper.post("/affiche")
def make_poster() -> ResponseReturnValue:
    """A poster, for all who come, for twelve months."""
    name = make(request.form, "poster")
    return redirect(url_for("practice_paper.poster", i=name) if name else url_for("practice.home"), 303)


@practice_paper.get("/affiche-<size>.pdf")
def poster_file(size: str) -> ResponseReturnValue:
    """The poster as a tagged PDF, on A4 or on A3."""
    made = find(request.args.get("i", ""), "poster")
    if made is None or size not in SIZES:
        return render_template("practice/over.html"), 404
    return _file("practice/poster.html", made, "poster.css", *SIZES[size], named=f"affiche-{size}")


@practice_paper.post("/retirer")
def end() -> ResponseReturnValue:
    """A stack or a poster leads nowhere any more. Another practice's is not ended, nor told to exist."""
    who, at, number = member(), services().clock(), request.form.get("invitation", "")
    if NUMBER.fullmatch(number):
        with services().conversation.database.transaction() as connection:
            if invitations.end(connection, who.practice, int(number), at):
                audit.note(connection, who, "ended", at)
    back = "practice_paper.poster" if request.form.get("way") == "poster" else "practice_paper.leaflet"
    return redirect(url_for(back), 303)


def _shelf(page: str, way: Way) -> ResponseReturnValue:
    """What of this kind is out there, and a button for another one."""
    with services().conversation.database.transaction() as connection:
        found = standing(connection, member().practice, way, services().clock())
    rows = [(one, dated(one.made_at), dated(one.expires_at)) for one in found]
    return render_template(page, choice=choose(request.args), standing=rows, missing="i" in request.args)


def _page(page: str, made: Made, *, frame: str) -> str:
    says = TOLD_BY.format(address=address(services().settings))
    return render_template(
        page,
        frame=frame,
        made=made,
        sheet=sheet(services().conversation.book, JOURNEY),
        square=square(made.link, says),
        until=dated(made.expires_at),
    )


def _file(page: str, made: Made, *styles: str, named: str) -> ResponseReturnValue:
    drawn = pressed(_page(page, made, frame="paper/bare.html"), _style(styles), named, keep=False)
    if drawn is None:
        back = url_for("practice_paper.poster" if made.way == "poster" else "practice_paper.leaflet", i=made.name)
        return render_template("practice/no_press.html", back=back), 503
    return drawn


@cache
def _style(names: tuple[str, ...]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (SHEET, *(STATIC / name for name in names)))

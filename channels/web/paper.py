"""What is printed and carried home: the leaflet of each journey, as a page first and as a tagged PDF second."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from assistant.content.book import Book
from assistant.content.leaflets import Leaflet
from channels.services import services
from channels.web.lines import address
from channels.web.origin import in_words
from channels.web.press import NoPressError, Press
from channels.web.qr import square
from channels.web.typography import sentences

paper = Blueprint("paper", __name__, template_folder="templates")

PRESS = "press"
SHEET = Path(__file__).parent / "static" / "leaflet.css"
# What it is, in three sentences; what it costs; how to check; when somebody answers: sentences of answers that are said
# elsewhere too, so that paper and screen never disagree.
WHAT, COSTS = ("a_quoi_ca_sert", slice(0, 3)), ("cout", slice(0, 1))
CHECK, PERSON = ("arnaque", slice(1, 3)), ("numero_3422", slice(1, 4))
TOLD_BY = "Carré à viser avec l’appareil photo d’un téléphone. Il ouvre l’adresse {address}."


@dataclass(frozen=True)
class Sheet:
    """What a leaflet shows. Sentences come from the content; the template adds titles only."""

    title: str
    leaflet: Leaflet
    what: tuple[str, ...]
    costs: tuple[str, ...]
    check: tuple[str, ...]
    person: tuple[str, ...]

    @property
    def checked(self) -> str:
        return in_words(self.leaflet.checked)


def sheet(book: Book, journey: str) -> Sheet | None:
    """The sheet of `journey`; None when it has no leaflet."""
    leaflet = book.leaflets.get(journey)
    if leaflet is None:
        return None
    what, costs, check, person = (_some(book, *wanted) for wanted in (WHAT, COSTS, CHECK, PERSON))
    return Sheet(book.journeys[journey].title, leaflet, what, costs, check, person)


@paper.get("/feuille/<journey>")
def leaflet(journey: str) -> ResponseReturnValue:
    """The leaflet as a page, which any browser prints."""
    return _page(journey, frame="web/base.html")


@paper.get("/feuille/<journey>.pdf")
def file(journey: str) -> ResponseReturnValue:
    """The same, as a tagged PDF."""
    made = pressed(_page(journey, frame="paper/bare.html"), _style(), journey)
    if made is None:
        return render_template("paper/no_press.html", back=url_for("paper.leaflet", journey=journey)), 503
    return made


def pressed(page: str, style: str, name: str, *, keep: bool = True) -> Response | None:
    """The HTML `page` as a PDF that opens under `name`; None where this machine makes none. `keep`: see Press."""
    press: Press = current_app.extensions[PRESS]
    try:
        drawn = press.pdf(page, style, keep=keep)
    except NoPressError:
        return None
    disposition = {"Content-Disposition": f'inline; filename="camille-{name}.pdf"'}
    return Response(drawn, mimetype="application/pdf", headers=disposition)


@paper.record_once
def _ready(state: BlueprintSetupState) -> None:
    state.app.extensions[PRESS] = Press()


def _page(journey: str, *, frame: str) -> str:
    found = sheet(services().conversation.book, journey)
    if found is None:
        abort(404)
    settings = services().settings
    drawn = square(settings.public_base_url, TOLD_BY.format(address=address(settings)))
    return render_template("paper/leaflet.html", frame=frame, journey=journey, sheet=found, square=drawn)


def _some(book: Book, answer: str, which: slice) -> tuple[str, ...]:
    return tuple(sentences(book.answers[answer].say.web)[which])


@cache
def _style() -> str:
    return SHEET.read_text(encoding="utf-8")

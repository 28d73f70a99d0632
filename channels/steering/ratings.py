"""/pilotage/avis: which answers helped, as those who read them said. Of nobody, and none under eleven."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from assistant.figures import LEAST, rounded
from assistant.stops import DAYS, span
from assistant.storage import ratings
from channels.services import services
from channels.steering.names import said
from channels.steering.operator import required

steering_ratings = Blueprint("steering_ratings", __name__, url_prefix="/pilotage", template_folder="templates")
steering_ratings.before_request(required)


@steering_ratings.get("/avis")
def page() -> ResponseReturnValue:
    """Each cell stands for itself: no line has a total, and a line without any cell to show is not there."""
    since, until = span(services().clock())
    with services().conversation.database.transaction() as connection:
        found = ratings.told(connection, since, until)
    rows = [(_name(one.about), rounded(one.helped), rounded(one.not_helped)) for one in found]
    shown = [row for row in rows if row[1] is not None or row[2] is not None]
    # In the order of what is shown: that of the exact counts would tell between which bounds a hidden one lies.
    shown.sort(key=lambda row: ((row[1] or 0) / ((row[1] or 0) + (row[2] or 0)), -(row[2] or 0), row[0]))
    return render_template("steering/ratings.html", rows=shown, said=said, least=LEAST, days=DAYS)


def _name(about: str) -> str:
    """« Est-ce payant ? », « Activer mon espace santé : fin »."""
    book = services().conversation.book
    journey, _, step = about.partition("/")
    if step and journey in book.journeys:
        return f"{book.journeys[journey].title} : {step}"
    return book.topics[about].label if about in book.topics else about

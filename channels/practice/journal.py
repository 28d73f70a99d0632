"""/medecin/journal: who signed in, who invited, when. Of this practice, twelve months, and no patient in it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from assistant.privacy.purposes import AUDIT
from assistant.privacy.register import length
from assistant.reminders.hours import PARIS
from assistant.storage import journal as stored
from assistant.storage.journal import Entry
from channels.practice.member import member
from channels.practice.moments import day_name, hour_name
from channels.practice.paging import A_PAGE, page_of
from channels.practice.rights import physicians_only
from channels.practice.table_file import table_file
from channels.services import services

journal = Blueprint("journal", __name__, url_prefix="/medecin", template_folder="templates")
journal.before_request(physicians_only)

HEADS = ("Jour", "Heure", "Qui", "Quoi")
FILE = "camille-journal.csv"
DONE = {
    "signed_in": "est entré",
    "signed_out": "est sorti",
    "shown": "a montré une invitation",
    "printed": "a imprimé une invitation",
    "texted": "a envoyé un SMS",
    "access_given": "a donné un accès",
    "access_ended": "a mis fin à un accès",
    "ended": "a mis fin à une invitation",
}
# Whose name is not kept any more.
GONE = "accès supprimé"


@journal.get("/journal")
def page() -> ResponseReturnValue:
    since, practice = services().clock() - AUDIT, member().practice
    with services().conversation.database.transaction() as connection:
        at = page_of(stored.count(connection, practice, since))
        entries = stored.read(connection, practice, since, skip=at.skip, most=A_PAGE)
    return render_template(
        "practice/journal.html",
        entries=entries,
        at=at,
        heads=HEADS,
        done=DONE,
        gone=GONE,
        kept=length(AUDIT),
        day_name=day_name,
        hour_name=hour_name,
    )


@journal.get("/journal.csv")
def file() -> Response:
    with services().conversation.database.transaction() as connection:
        entries = stored.read(connection, member().practice, services().clock() - AUDIT)
    return table_file(FILE, HEADS, _rows(entries))


def _rows(entries: list[Entry]) -> Iterator[list[str]]:
    for entry in entries:
        there = entry.at.astimezone(PARIS)
        yield [f"{there:%d/%m/%Y}", f"{there:%H:%M}", entry.shown_as or GONE, DONE.get(entry.act, entry.act)]

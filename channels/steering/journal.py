"""/pilotage/journal: which of those who run the service did what, and when."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from assistant.privacy.purposes import AUDIT
from assistant.privacy.register import length
from assistant.storage import operator_acts
from channels.practice.moments import day_name, hour_name
from channels.practice.paging import A_PAGE, page_of
from channels.services import services
from channels.steering.names import FACE_NAMES
from channels.steering.operator import only, required

steering_journal = Blueprint("steering_journal", __name__, url_prefix="/pilotage", template_folder="templates")
steering_journal.before_request(required)

DONE = {
    "given": "a donné un accès",
    "offered": "a donné un nouveau lien",
    "ended": "a mis fin à un accès",
    "taken_up": "a pris son accès",
    "signed_in": "est entré",
    "signed_out": "est sorti",
    "switched_off": "a mis en pause",
    "switched_on": "a rouvert",
    "filed": "a rangé des phrases",
    "set_aside": "a écarté des phrases",
}
COMMAND_LINE = "la ligne de commande"


@steering_journal.get("/journal")
@only("exploitation")
def page() -> ResponseReturnValue:
    with services().conversation.database.transaction() as connection:
        at = page_of(operator_acts.count(connection))
        entries = operator_acts.read(connection, A_PAGE, at.skip)
    return render_template(
        "steering/journal.html",
        entries=entries,
        kept=length(AUDIT),
        at=at,
        done=DONE,
        machine=COMMAND_LINE,
        about=_about,
        day_name=day_name,
        hour_name=hour_name,
    )


def _about(about: str) -> str:
    names = {str(face): name for face, name in FACE_NAMES.items()}
    topics = services().conversation.book.topics
    return names.get(about) or (topics[about].label if about in topics else about)

"""Pages of rights and trust: what is held of a visit, the register of purposes, how to tell Camille from a copy.

None of them sets a cookie or stores anything. The cookie of a visit is what gives its details here: nothing else
proves that they are shown to the right person.
"""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from assistant.privacy.register import Entry
from assistant.reminders.spoken import dated, spoken
from channels.services import services
from channels.web import visit

rights = Blueprint("rights", __name__, template_folder="templates")


@rights.get("/mes-donnees")
def mine() -> ResponseReturnValue:
    """Each kind of data, and how much of it is held of this visit."""
    here = visit.address()
    if here is None:
        return render_template("web/mine.html", rows=(), held=None)
    person, held = services().conversation.held(here)
    now = services().clock()
    rows = [(entry, held.rows[entry.purpose.name]) for entry in services().register if _hers(entry)]
    return render_template(
        "web/mine.html",
        rows=rows,
        held=held,
        journey=person.said.journey if person.said else None,
        seen=dated(held.seen_at) if held.seen_at else "",
        reminder=spoken(held.reminder, now) if held.reminder else "",
    )


@rights.get("/registre")
def register() -> ResponseReturnValue:
    """The register of purposes (GDPR, article 30), from the table that the purge obeys."""
    return render_template("web/register.html", entries=services().register, lines_open=services().settings.twilio)


@rights.get("/verifier")
def verify() -> ResponseReturnValue:
    """How to tell Camille from a copy of her."""
    doubt = services().conversation.book.answers["arnaque"]
    said = [doubt.say.web, *([doubt.simpler.web] if doubt.simpler else []), doubt.more]
    return render_template("web/verify.html", doubt=said)


def _hers(entry: Entry) -> bool:
    """Whether rows of it can be counted: what is kept beside the database is under no name that is whole."""
    return entry.purpose.about == "person" and bool(entry.purpose.tables)

"""What is shown in place of a page while its face is switched off (what is heard all the same: assistant/closing.py).

Rights, leaflets, trust and the style sheets stay: nobody is kept from erasing, nor from the 34 22. Whatever somebody
writes on a page that she had open still goes to the conversation, which hears a danger; its answer is shown.
"""

from __future__ import annotations

from flask import Flask, render_template, request, session
from flask.typing import ResponseReturnValue

from assistant.closing import CLOSED, HEARD_ALWAYS
from channels.operations.metrics import face_is_closed
from channels.services import services
from channels.web import visit
from channels.web.pages import ERASED

# Where one would go on, or begin. `web.act` is not among them: it is how a danger comes in.
WAYS_ON = frozenset(
    "web.page web.waiting web.resume web.give_code web.look_at_link web.take_here inviting.look inviting.take".split()
)
PRACTICE = frozenset(
    "door codes trial practice practice_paper texting figures accesses journal".split(),
)
# To leave must always be possible, and the closed page wears the same sheet.
STILL = frozenset({"practice.static", "door.leave", "door.gone"})


def shut(app: Flask) -> None:
    """Have the pages of a face that is off say so. To be called before the guard against forged forms."""
    app.before_request(_closed)


def _closed() -> ResponseReturnValue | None:
    conversation = services().conversation
    if request.endpoint in WAYS_ON and conversation.is_off("web") and not _answered():
        face_is_closed()
        said = conversation.book.answers[CLOSED].say.web
        return render_template("web/closed.html", said=said), 503
    if request.blueprint in PRACTICE and request.endpoint not in STILL and conversation.is_off("practice"):
        face_is_closed()
        return render_template("practice/closed.html"), 503
    return None


def _answered() -> bool:
    """Whether the page has something to show that is told all the same: an alarm, an erasure asked for or done."""
    if request.endpoint != "web.page":
        return False
    address = visit.address()
    return ERASED in session or (
        address is not None and services().conversation.look_again(address, "web").intent in HEARD_ALWAYS
    )

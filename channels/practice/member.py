"""Who is signed in for a practice: a cookie of its own, a session on the server, nothing of a patient's visit.

The cookie is there until the browser closes, Lax because people come back from the identity provider by a link of
its own, and means nothing without our table.
"""

from __future__ import annotations

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from assistant.errors import SealError
from assistant.privacy.sealing import Sealer
from assistant.storage import audit, practice_sessions, practices
from assistant.storage.practice_sessions import key_of, new_token
from assistant.storage.practices import Member
from channels.services import services

LONGEST_TOKEN = 64


def cookie_name() -> str:
    """The prefix makes a browser refuse the cookie from any other place than this very address."""
    return "camille-cabinet" if services().settings.local else "__Host-camille-cabinet"


def carried() -> str:
    """The token that the browser sent, "" for none."""
    return request.cookies.get(cookie_name(), "")[:LONGEST_TOKEN]


def required() -> ResponseReturnValue | None:
    """For `before_request`: whoever is not signed in is sent to the door. Views then ask `member()`."""
    if whoever() is not None:
        return None
    return redirect(url_for("door.enter", fini=1 if carried() else None), 303)


def member() -> Member:
    """Who is signed in. To be asked behind `required` only."""
    found = whoever()
    if found is None:
        raise LookupError("nobody is signed in: this view is not behind `required`")
    return found


def whoever() -> Member | None:
    """Who is signed in, or None. Asked of the database once a request."""
    if "practice_member" not in g:
        token, now = carried(), services().clock()
        with services().conversation.database.transaction() as connection:
            g.practice_member = practice_sessions.who(connection, token, now) if token else None
    found: Member | None = g.practice_member
    return found


def sign_in(member_id: str, response: Response, id_token: str = "") -> Response:
    """`response`, with a session begun for that member. Its token is new: one planted in the browser before is void."""
    now, token = services().clock(), new_token()
    sealed = sealer().seal(id_token, key_of(token)) if id_token else ""
    with services().conversation.database.transaction() as connection:
        practice_sessions.finish(connection, carried())
        found = practices.member(connection, member_id)
        if found is None:
            raise LookupError("no such member, or not any more")
        practice_sessions.begin(connection, token, found.id, sealed, now)
        audit.note(connection, found, "signed_in", now)
    g.practice_member = found
    return carry(token, response)


def sign_out() -> str:
    """End the session on the server. The id_token that it began with, "" when there is none."""
    token, now = carried(), services().clock()
    with services().conversation.database.transaction() as connection:
        ended = practice_sessions.finish(connection, token) if token else None
        if ended is not None and ended.member is not None:
            audit.note(connection, ended.member, "signed_out", now)
    g.practice_member = None
    try:
        return sealer().open(ended.id_token, ended.key) if ended is not None and ended.id_token else ""
    except SealError:
        return ""


def carry(token: str, response: Response) -> Response:
    """Have the browser carry `token`; "" takes away what it carries."""
    kept = {"path": "/", "secure": not services().settings.local, "httponly": True, "samesite": "Lax"}
    if token:
        response.set_cookie(cookie_name(), token, **kept)  # type: ignore[arg-type]
    else:
        response.delete_cookie(cookie_name(), **kept)  # type: ignore[arg-type]
    return response


def sealer() -> Sealer:
    """What seals, and opens, what a practice's pages keep for hours."""
    return Sealer(*services().settings.secret_keys)

"""Who of those who run the service is signed in: a cookie of its own and a session on the server.

The cookie is Strict, since nobody has to come back here from another site, and means nothing without our table.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from assistant.storage import operator_acts, operator_sessions
from assistant.storage.operators import Operator, Role
from assistant.storage.practice_sessions import new_token
from channels.services import services

P = ParamSpec("P")
LONGEST_TOKEN = 64


def cookie_name() -> str:
    """The prefix makes a browser refuse the cookie from any other place than this very address."""
    return "camille-pilotage" if services().settings.local else "__Host-camille-pilotage"


def carried() -> str:
    """The token that the browser sent, "" for none."""
    return request.cookies.get(cookie_name(), "")[:LONGEST_TOKEN]


def whoever() -> Operator | None:
    """Who is signed in, or None. Asked of the database once a request."""
    if "operator" not in g:
        token, now = carried(), services().clock()
        with services().conversation.database.transaction() as connection:
            g.operator = operator_sessions.who(connection, token, now) if token else None
    found: Operator | None = g.operator
    return found


def operator() -> Operator:
    """Who is signed in. To be asked behind `required` only."""
    found = whoever()
    if found is None:
        abort(403)
    return found


def required() -> ResponseReturnValue | None:
    """For `before_request`: whoever is not signed in is sent to the door."""
    if whoever() is not None:
        return None
    return redirect(url_for("steering_door.enter", fini=1 if carried() else None), 303)


def only(role: Role) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """A view for those who may do what `role` may; others are told so kindly, and nothing is done."""

    def guarded(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def asked(*args: P.args, **more: P.kwargs) -> ResponseReturnValue:
            if not operator().may(role):
                return render_template("steering/not_yours.html", role=role), 403
            return view(*args, **more)

        return asked

    return guarded


def sign_in(name: str, response: Response) -> Response:
    """`response`, with a session begun for `name`. Its token is new: one planted in the browser before is void."""
    now, token = services().clock(), new_token()
    with services().conversation.database.transaction() as connection:
        operator_sessions.finish(connection, carried())
        operator_sessions.begin(connection, token, name, now)
        operator_acts.note(connection, name, "signed_in", now)
    return carry(token, response)


def sign_out(response: Response) -> Response:
    """End the session on the server."""
    with services().conversation.database.transaction() as connection:
        whose = operator_sessions.finish(connection, carried())
        if whose is not None:
            operator_acts.note(connection, whose, "signed_out", services().clock())
    g.operator = None
    return carry("", response)


def carry(token: str, response: Response) -> Response:
    """Have the browser carry `token`; "" takes away what it carries."""
    kept = {"path": "/", "secure": not services().settings.local, "httponly": True, "samesite": "Strict"}
    if token:
        response.set_cookie(cookie_name(), token, **kept)  # type: ignore[arg-type]
    else:
        response.delete_cookie(cookie_name(), **kept)  # type: ignore[arg-type]
    return response

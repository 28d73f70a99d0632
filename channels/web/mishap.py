"""Calm pages for what goes wrong: refused forms, lost addresses, our own failures. Never a trace."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from assistant.braking import PAUSE
from channels.limits.limits import retry_after
from channels.services import services
from channels.web import visit
from channels.web.screen import Screen, show

# Machines call these: they read the status, not a page.
MACHINES = frozenset({"sms", "voice", "health", "scrape"})


def mishap(error: HTTPException) -> ResponseReturnValue:
    """The page for `error`, with its own status and headers (405 keeps `Allow`)."""
    if request.blueprint in MACHINES:
        return error
    refused = isinstance(error, CSRFError)
    page = render_template(
        "web/mishap.html",
        status=error.code,
        refused=refused,
        screen=_where() if refused else None,
        paused=services().conversation.book.answers[PAUSE].say.web,
    )
    answer = error.get_response()
    headers = [
        (name, value) for name, value in answer.headers if name.lower() not in ("content-type", "content-length")
    ]
    if answer.status_code == 429:
        headers.append(("Retry-After", str(retry_after())))
    return Response(page, answer.status_code, headers, content_type="text/html; charset=utf-8")


def _where() -> Screen | None:
    """The step under way, so that nobody believes it lost."""
    address = visit.address()
    conversation = services().conversation
    return show(conversation.look_again(address, "web"), conversation.book) if address else None

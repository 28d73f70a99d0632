"""Who is in front of the page: a random number in a signed cookie, and nothing else about the person.

The cookie is set when a page with a form is first shown, not when the person first presses something: the
anti-forgery token of that very form lives in it, and the first press would be refused without it. Showing the
conversation is what the person came for, so this is the strictly necessary cookie of the CNIL's advice on
chatbots (19 February 2021). Pages that only inform set no cookie.
"""

from __future__ import annotations

import secrets

from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from assistant.privacy.pseudonyms import pseudonym
from channels.services import services

VISIT = "visit"
BYTES = 16  # 128 bits from the system's generator: OWASP ASVS 5.0, 11.5.1

# What is the same for everybody may be kept by a proxy: no visit travels with it, not even to live longer.
SAME_FOR_ALL = frozenset(
    {"web.static", "practice.static", "steering.static", "web.manifest", "embedding.start", "embedding.button"}
)


class Visits(SecureCookieSessionInterface):
    """Flask's own signed cookie, but for what is the same for everybody."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        return request.endpoint not in SAME_FOR_ALL and super().should_set_cookie(app, session)


def enter() -> str:
    """The address of this visit, begun now if there was none. Kept as long as a place in a journey."""
    if VISIT not in session:
        session[VISIT] = secrets.token_urlsafe(BYTES)
        session.permanent = True
    return _address(session[VISIT])


def address() -> str | None:
    """The address of the visit under way, or None. Begins nothing."""
    return _address(session[VISIT]) if VISIT in session else None


def leave() -> None:
    """Forget the visit: nothing links this browser to what was stored any more."""
    session.clear()


def _address(number: str) -> str:
    return pseudonym("web", number, services().settings.pseudonym_pepper)

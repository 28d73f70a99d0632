"""Who is in front of the page: a random number in a signed cookie, and nothing else about the person.

The cookie is set when a page with a form is first shown, not when the person first presses something: the
anti-forgery token of that very form lives in it, and the first press would be refused without it. Showing the
conversation is what the person came for, so this is the strictly necessary cookie of the CNIL's advice on
chatbots (19 February 2021). Pages that only inform set no cookie.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from assistant.privacy.pseudonyms import pseudonym
from channels.services import services

VISIT = "visit"
BYTES = 16  # 128 bits from the system's generator: OWASP ASVS 5.0, 11.5.1

# What is the same for everybody may be kept by a proxy: no visit travels with it, not even to live longer.
SAME_FOR_ALL = frozenset(
    {"web.static", "practice.static", "steering.static", "web.manifest", "embedding.start", "embedding.button"}
)


class Clocks(TimestampSigner):
    """Signs with the time, and takes what another of our clocks signed: one second ahead, or a day before it was set.

    itsdangerous refuses what is from the future; a visit would be lost between two machines that differ by a second.
    """

    def unsign(self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False) -> Any:
        value, made_at = super().unsign(signed_value, return_timestamp=True)
        if max_age is not None and self.get_timestamp() - made_at.timestamp() > max_age:
            raise SignatureExpired("too old", payload=value, date_signed=made_at)
        return (value, made_at) if return_timestamp else value


class Visits(SecureCookieSessionInterface):
    """Flask's own signed cookie, but for what is the same for everybody, and for clocks that differ."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        made = super().get_signing_serializer(app)
        if made:
            made.signer = Clocks
        return made

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


def once(what: str) -> str:
    """A name for what this visit may do once. Asked for behind `enter` only.

    Made from its number, which is nowhere but in the browser: nobody who has our tables and our secrets can tell whose
    it is, nor which two are of one visit.
    """
    return hashlib.sha256(f"once:v1:{session[VISIT]}:{what}".encode()).hexdigest()


def leave() -> None:
    """Forget the visit: nothing links this browser to what was stored any more."""
    session.clear()


def _address(number: str) -> str:
    return pseudonym("web", number, services().settings.pseudonym_pepper)

"""Builds the Flask application: one blueprint a face, all of them over the same Conversation."""

from __future__ import annotations

from flask import Flask, Response

from assistant.conversation import Clock, Conversation, now
from assistant.settings import Settings
from channels.operations.health import health
from channels.services import Services, services
from channels.sms.webhook import sms
from channels.voice.webhook import voice
from channels.web.pages import protect, web

# A message is 1,600 characters; a form around it is small. Anything larger is no message (HTTP 413).
LARGEST_REQUEST = 128 * 1024


def create_app(settings: Settings, conversation: Conversation, clock: Clock = now) -> Flask:
    """The application. Reads nothing from the environment and starts nothing."""
    app = Flask("channels", static_folder=None, template_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        # The prefix makes a browser refuse the cookie from any other place than this very address.
        SESSION_COOKIE_NAME="camille" if settings.local else "__Host-camille",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=not settings.local,
    )
    app.extensions["camille"] = Services(settings, conversation, clock)
    for blueprint in (web, sms, voice, health):
        app.register_blueprint(blueprint)
    protect(app)
    app.after_request(_harden)
    return app


def _harden(response: Response) -> Response:
    """Headers that every answer carries (OWASP ASVS 5.0: 3.4.3 to 3.4.6, 14.3.2)."""
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    if not services().settings.local:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response

"""Builds the Flask application: one blueprint a face, all of them over the same Conversation."""

from __future__ import annotations

from flask import Flask

from assistant.conversation import Clock, Conversation, now
from assistant.privacy.register import read_register
from assistant.settings import Settings
from channels.compression import pack
from channels.headers import harden
from channels.operations.health import health
from channels.practice.accesses import accesses
from channels.practice.codes import codes
from channels.practice.door import door
from channels.practice.figures import figures
from channels.practice.journal import journal
from channels.practice.pages import practice
from channels.practice.paper import practice_paper
from channels.practice.texting import texting
from channels.practice.trial import trial
from channels.services import Services
from channels.sms.webhook import sms
from channels.voice.webhook import voice
from channels.web.drawings import Drawings
from channels.web.embedding import embedding
from channels.web.inviting import inviting
from channels.web.pages import protect, web
from channels.web.paper import paper
from channels.web.rights import rights
from channels.web.visit import Visits

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
    app.session_interface = Visits()
    drawings = Drawings(settings.data, lambda: conversation.book, watched=settings.local)
    app.extensions["camille"] = Services(settings, conversation, clock, drawings, read_register(settings.data))
    for blueprint in (web, rights, inviting, paper, embedding, sms, voice, health):
        app.register_blueprint(blueprint)
    app.register_blueprint(door)
    for blueprint in (practice, practice_paper, texting, figures, accesses, codes, journal):
        app.register_blueprint(blueprint)
    if settings.local:
        app.register_blueprint(trial)
    protect(app)
    app.after_request(harden)
    app.after_request(pack)
    return app

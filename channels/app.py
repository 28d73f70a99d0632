"""Builds the Flask application: one blueprint a face, all of them over the same Conversation."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from assistant.clock import Clock, now
from assistant.conversation import Conversation
from assistant.privacy.register import read_register
from assistant.settings import Settings
from channels.closing import shut
from channels.compression import pack
from channels.faces import Faces
from channels.headers import harden
from channels.limits.limits import Limits
from channels.limits.stops import StopsInRedis
from channels.operations.health import health
from channels.operations.metrics import count
from channels.operations.scrape import scrape
from channels.operations.tracing import FACES, collector_of, trace
from channels.operations.watching import watched
from channels.practice.accesses import accesses
from channels.practice.codes import codes
from channels.practice.door import door, open_door
from channels.practice.figures import figures
from channels.practice.journal import journal
from channels.practice.pages import practice
from channels.practice.paper import practice_paper
from channels.practice.texting import texting
from channels.practice.trial import trial
from channels.services import Services
from channels.sizes import LARGEST_REQUEST
from channels.sms.webhook import sms
from channels.steering.cost import steering_cost
from channels.steering.door import steering_door
from channels.steering.due import steering_due
from channels.steering.facts import steering_facts
from channels.steering.journal import steering_journal
from channels.steering.misheard import steering_misheard
from channels.steering.pages import steering
from channels.steering.ratings import steering_ratings
from channels.steering.stops import steering_stops
from channels.steering.switching import steering_switches
from channels.voice.webhook import voice
from channels.web.drawings import Drawings
from channels.web.embedding import embedding
from channels.web.inviting import inviting
from channels.web.pages import protect, web
from channels.web.paper import paper
from channels.web.rights import rights
from channels.web.visit import Visits


def create_app(settings: Settings, conversation: Conversation, clock: Clock = now, *, limited: bool = True) -> Flask:
    """The application. Reads nothing from the environment and starts nothing.

    `limited`: whoever asks too often is held back; not so where one person plays all the people.
    """
    app = Faces("channels", static_folder=None, template_folder=None)
    # The router would send « //static//x » to « /static/x » of whatever host the request names: nowhere is better.
    app.url_map.merge_slashes = False
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=settings.older_secret_keys,
        # itsdangerous signs with the last one, and takes what any of them signed.
        WTF_CSRF_SECRET_KEY=settings.secret_keys[::-1],
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
    with_views(app, local=settings.local)
    open_door(app)
    # Who asks, behind exactly so many proxies. The host is not taken from them: signatures are on PUBLIC_BASE_URL.
    hops = settings.trusted_proxies
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=0, x_host=0)  # type: ignore[method-assign]
    collector = collector_of(settings, FACES)
    if collector:
        conversation.traced_by(collector.tracing)
        trace(app, collector)
    metrics = count(app, conversation, clock)
    conversation.watch = watched(metrics)
    limits = Limits(settings, metrics.limit_met, on=limited)
    limits.guard(app)
    if settings.redis_url:
        # Several processes: what one heard is known to all, and a STOP outlives it.
        conversation.reachable = conversation.again.notes = limits.recent
        conversation.unstored.share(StopsInRedis(settings.redis_url))
    shut(app)
    protect(app)
    app.after_request(harden)
    app.after_request(pack)
    return app


def with_views(app: Faces, *, local: bool) -> Faces:
    """`app` with every page and every webhook; `local`: with the practice to try on one machine, too."""
    for blueprint in (web, rights, inviting, paper, embedding, sms, voice, health, scrape):
        app.register_blueprint(blueprint)
    app.register_blueprint(door)
    for blueprint in (practice, practice_paper, texting, figures, accesses, codes, journal):
        app.register_blueprint(blueprint)
    if local:
        app.register_blueprint(trial)
    app.register_blueprint(steering_door)
    for blueprint in (steering, steering_stops, steering_misheard, steering_ratings, steering_cost):
        app.register_blueprint(blueprint)
    for blueprint in (steering_facts, steering_due, steering_switches, steering_journal):
        app.register_blueprint(blueprint)
    return app

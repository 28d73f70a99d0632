"""Understands for other processes: POST /understand and /parse with the shared key, GET /readyz without.

It keeps nothing and logs nothing that it is asked. What it is sent was masked before; it still refuses who does not
know the key, since whoever asks decides what is said.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from assistant.content.wording import CHANNELS
from assistant.errors import ModelError
from assistant.journeys.progress import Progress
from assistant.mind import Mind
from assistant.turns import Channel
from channels.sizes import LARGEST_REQUEST

if TYPE_CHECKING:
    from channels.operations.collector import Collector

log = logging.getLogger("camille")


def create_service(mind: Mind, key: str, collector: Collector | None = None) -> Flask:
    """The application. Starts nothing: `mind` may still be in the making, /readyz says so.

    `collector` is told what was understood here as a part of the turn that asked.
    """
    app = Flask("understanding", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST

    @app.get("/readyz")
    def readyz() -> ResponseReturnValue:
        """200 while sentences are understood; 503 and how far it is before, or when one holds all the others."""
        ready = mind.answers()
        return jsonify(ready=ready, state=mind.state), 200 if ready else 503

    @app.post("/understand")
    def understand() -> ResponseReturnValue:
        def work(asked: dict[str, Any]) -> dict[str, Any]:
            if asked["channel"] not in CHANNELS:
                raise ValueError("no such channel")
            place = Progress.from_json(asked["place"])
            return mind.take(str(asked["text"]), place, cast(Channel, asked["channel"])).to_json()

        return _answer(mind, key, work, collector)

    @app.post("/parse")
    def parse() -> ResponseReturnValue:
        return _answer(mind, key, lambda asked: {"ranking": mind.parse(str(asked["text"]))}, collector)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        return jsonify(error=error.name), error.code or 500

    return app


def _answer(
    mind: Mind, key: str, work: Callable[[dict[str, Any]], dict[str, Any]], collector: Collector | None
) -> ResponseReturnValue:
    """What `work` makes of the JSON sent. 401 without the key, 400 for what cannot be read, 503 while not ready.

    500 when one sentence cannot be understood: the others can.
    """
    given = request.headers.get("Authorization", "").encode()
    if not secrets.compare_digest(given, f"Bearer {key}".encode()):
        return jsonify(error="Unauthorized"), 401
    if not mind.ready:
        return jsonify(error="Not ready"), 503
    try:
        with collector.continued(request.path, dict(request.headers)) if collector else nullcontext():
            return jsonify(work(request.get_json()))
    except ModelError:
        return jsonify(error="Not understood"), 500
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        log.error("A request could not be read: %s", type(error).__name__)
        return jsonify(error="Bad request"), 400

"""Says whether the process lives (/healthz) and whether it can be sent people (/readyz), part by part."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from channels.limits.limits import limits
from channels.operations.truth import look
from channels.services import services

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 while the process answers: one that does not is to be started anew, which mends no database."""
    return jsonify(alive=True)


@health.get("/readyz")
def readyz() -> ResponseReturnValue:
    """200 once sentences are understood and the database answers; 503 and the reason before.

    A queue that is late, or away, is told and stops nobody.
    """
    found = services()
    truth = look(found.conversation, found.clock(), dependable=limits().dependable)
    parts = {"database": "ok" if truth.database else "away", "model": truth.model, "queue": truth.queue}
    if truth.ready:
        return jsonify(ready=True, **parts)
    return jsonify(ready=False, why="database" if not truth.database else truth.model, **parts), 503

"""Says whether the process lives (/healthz) and whether Camille understands sentences yet (/readyz)."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from channels.services import services

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 while the process answers."""
    return jsonify(alive=True)


@health.get("/readyz")
def readyz() -> ResponseReturnValue:
    """200 once sentences are understood and the database answers; 503 and the reason before."""
    conversation = services().conversation
    try:
        with conversation.database.transaction() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(ready=False, why="database"), 503
    if not conversation.mind.ready:
        return jsonify(ready=False, why=conversation.mind.state), 503
    return jsonify(ready=True)

"""GET /metrics, for this machine or for whoever has METRICS_TOKEN. For everybody else there is no such page."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from channels.limits.client import on_this_machine
from channels.operations.metrics import metrics
from channels.services import services

scrape = Blueprint("scrape", __name__)


@scrape.get("/metrics")
def told() -> ResponseReturnValue:
    """The text that Prometheus reads."""
    if not (on_this_machine() or _has_the_token()):
        abort(404)
    return Response(generate_latest(metrics().registry), content_type=CONTENT_TYPE_LATEST)


def _has_the_token() -> bool:
    token, given = services().settings.metrics_token, request.headers.get("Authorization", "")
    return bool(token) and secrets.compare_digest(given.encode(), f"Bearer {token}".encode())

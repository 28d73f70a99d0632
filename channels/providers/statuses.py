"""What the provider tells, later and in any order, of what we sent. Ours for both faces: messages and calls."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from flask import request
from flask.typing import ResponseReturnValue

from assistant.keeping import opted_out
from assistant.outage import AWAY
from assistant.storage import outbox
from assistant.storage.outbox import State
from channels.services import services

log = logging.getLogger("camille.outbox")

# Twilio's words in ours. Whatever it has taken counts as sent, until it says more.
SMS: Mapping[str, State] = {
    "accepted": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
CALLS: Mapping[str, State] = {
    "queued": "sent",
    "initiated": "sent",
    "ringing": "sent",
    "in-progress": "sent",
    "completed": "delivered",
    "busy": "failed",
    "no-answer": "failed",
    "failed": "failed",
    "canceled": "failed",
}
STOPPED = "21610"
NOTED = ("", 204)


def told(provider_id: str, state: State | None, code: str) -> ResponseReturnValue:
    """Note it. What is not ours, or is older news, changes nothing; 503 when it could not be noted."""
    if not provider_id or state is None:
        return NOTED
    found = services()
    at, key = found.clock(), request.args.get("key", "")
    try:
        with found.conversation.database.transaction() as connection:
            address = outbox.progress(connection, provider_id, state, code, at, key=key)
            if address and code == STOPPED:
                opted_out(connection, address, at)
    except AWAY as error:
        log.error("A status could not be noted: %s", type(error).__name__)
        return "", 503
    return NOTED

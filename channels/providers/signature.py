"""Lets in only what Twilio signed with our token. Everything else is turned away before it touches anything."""

from __future__ import annotations

from flask import Request, request
from flask.typing import ResponseReturnValue
from twilio.request_validator import RequestValidator

from assistant.settings import Settings
from channels.operations.metrics import face_is_closed
from channels.services import services

HEADER = "X-Twilio-Signature"
RETRY_TOKEN = "I-Twilio-Idempotency-Token"  # noqa: S105 - the name of a header
LONGEST_ID = 64
# For whoever runs the service and tries the address; no caller and no writer ever meets it.
CLOSED = "Les SMS et les appels ne sont pas branchés : il manque TWILIO_ACCOUNT_SID et TWILIO_AUTH_TOKEN.\n"


def only_signed() -> ResponseReturnValue | None:
    """For `before_request`: 503 while Twilio is not configured, 403 without a right signature, None to go on."""
    settings = services().settings
    if not settings.twilio:
        face_is_closed()
        return CLOSED, 503, {"Content-Type": "text/plain; charset=utf-8"}
    return None if is_signed(request, settings) else ("", 403)


def is_signed(given: Request, settings: Settings) -> bool:
    """Whether `given` carries the signature of its own address and form (algorithm: twilio.com/docs/usage/security).

    The address is the configured one, never the one that the request claims: behind a proxy they differ, and a
    forwarded host is whatever an attacker says it is.
    """
    signature = given.headers.get(HEADER, "")
    if not signature:
        return False
    query = given.query_string.decode("utf-8", "replace")
    url = settings.public_base_url + given.path + (f"?{query}" if query else "")
    return bool(RequestValidator(settings.twilio_auth_token).validate(url, given.form, signature))


def retry_token(given: Request) -> tuple[str, ...]:
    """The name that Twilio gives all tries of one event, beside its own; none when it gives none.

    Source: twilio.com/docs/usage/webhooks/webhooks-connection-overrides (reference A11).
    """
    token = given.headers.get(RETRY_TOKEN, "")
    return (f"try:{token}"[:LONGEST_ID],) if token else ()


def event_id(given: Request, name: str) -> str:
    """What Twilio calls this event in field `name`; without it the signature, which a retry carries again."""
    return (given.form.get(name, "") or given.headers[HEADER])[:LONGEST_ID]

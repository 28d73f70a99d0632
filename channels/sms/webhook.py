"""POST /sms: what a person wrote comes in, one message goes out. Signed requests only."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from twilio.twiml.messaging_response import MessagingResponse

from assistant.privacy.pseudonyms import e164, pseudonym
from assistant.turns import OPTED_IN, Turn
from channels.providers.signature import event_id, only_signed
from channels.services import services
from channels.sms.text import written

PROVIDER = "twilio"
# What Twilio says it has understood and answered by itself (Advanced Opt-Out).
STOP, START = "STOP", "START"

sms = Blueprint("sms", __name__)
sms.before_request(only_signed)


@sms.post("/sms")
def receive() -> ResponseReturnValue:
    """One reply to one message; the same MessageSid again gives the same bytes and has no second effect."""
    sender, handled = request.form.get("From", "").strip(), request.form.get("OptOutType", "")
    if not _is_person(sender):
        return _answer("")
    if not handled:
        return _answer(_take(sender, request.form.get("Body", "")))
    if handled == STOP:
        # Whatever word the operator chose for it, we note the same STOP as everywhere.
        _take(sender, STOP)
    elif handled == START:
        _take(sender, key=OPTED_IN)
    # Twilio has already answered (Advanced Opt-Out): a second message would be one too many.
    return _answer("")


@sms.post("/sms/status")
def status() -> ResponseReturnValue:
    """What became of a message that we sent. Nothing is kept of it yet."""
    return "", 204


def _is_person(sender: str) -> bool:
    """Names and short codes are machines: answering them is a loop that is paid by the message."""
    return sender.startswith("+") or e164(sender) is not None


def _take(sender: str, text: str = "", key: str = "") -> str:
    found = services()
    address = pseudonym("phone", e164(sender) or sender, found.settings.pseudonym_pepper)
    turn = Turn(address, "sms", PROVIDER, event_id(request, "MessageSid"), found.clock(), text, key)
    return written(found.conversation.take(turn))


def _answer(text: str) -> Response:
    twiml = MessagingResponse()
    if text:
        twiml.message(text)
    return Response(twiml.to_xml(), content_type="text/xml; charset=utf-8")

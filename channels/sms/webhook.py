"""POST /sms: what a person wrote comes in, one message goes out. Signed requests only."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from twilio.twiml.messaging_response import MessagingResponse

from assistant.conversation import BROKEN
from assistant.privacy.pseudonyms import e164, pseudonym
from assistant.turns import OPTED_IN, Reply, Turn
from channels.limits.limits import limits
from channels.providers.reach import reach
from channels.providers.signature import event_id, only_signed, retry_token
from channels.providers.statuses import SMS, told
from channels.services import services
from channels.sms.segments import Segments
from channels.sms.text import written

PROVIDER = "twilio"
# What Twilio says it has understood and answered by itself (Advanced Opt-Out).
STOP, START = "STOP", "START"

sms = Blueprint("sms", __name__)
sms.before_request(only_signed)


@sms.post("/sms")
def receive() -> ResponseReturnValue:
    """One reply to one message; the same MessageSid again gives the same bytes and has no second effect.

    503 when it could be neither taken nor answered: Twilio sends it again (docs/deploy.md).
    """
    sender, handled = request.form.get("From", "").strip(), request.form.get("OptOutType", "")
    if not _is_person(sender):
        return _answer("")
    if not handled:
        text = _take(sender, request.form.get("Body", ""))
    elif handled == STOP:
        # Whatever word the operator chose for it, we note the same STOP as everywhere.
        text = _take(sender, STOP)
    else:
        text = _take(sender, key=OPTED_IN) if handled == START else ""
    if text is None:
        return "", 503
    # Where Twilio has already answered (Advanced Opt-Out), a second message would be one too many.
    return _answer("" if handled else text)


@sms.post("/sms/status")
def status() -> ResponseReturnValue:
    """What became of a message that we sent. In whatever order it is told, nothing goes backwards."""
    form = request.form
    return told(form.get("MessageSid", ""), SMS.get(form.get("MessageStatus", "")), form.get("ErrorCode", ""))


def _is_person(sender: str) -> bool:
    """Names and short codes are machines: answering them is a loop that is paid by the message."""
    return sender.startswith("+") or e164(sender) is not None


def _take(sender: str, text: str = "", key: str = "") -> str | None:
    """What is written back, "" for nothing; None for what could not be taken."""
    found = services()
    number = e164(sender) or sender
    turn = Turn(
        pseudonym("phone", number, found.settings.pseudonym_pepper),
        "sms",
        PROVIDER,
        event_id(request, "MessageSid"),
        found.clock(),
        text,
        key,
        aliases=retry_token(request),
        number=number,
        reach=reach(number, found.settings.sender),
        media=_count("NumMedia") > 0,
        parts=max(1, _count("NumSegments")),
    )
    texts: dict[Reply, str] = {}

    def billed(reply: Reply) -> int:
        texts[reply] = written(reply)  # composed once: it is counted here, and sent below
        return Segments.of(texts[reply]).count

    reply = found.conversation.take(turn, billed, limits().brake())
    if reply == BROKEN:
        return None
    return texts[reply] if reply in texts else written(reply)


def _count(name: str) -> int:
    value = request.form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else 0


def _answer(text: str) -> Response:
    twiml = MessagingResponse()
    if text:
        twiml.message(text)
    return Response(twiml.to_xml(), content_type="text/xml; charset=utf-8")

"""POST /voice and below: a call starts, is answered turn by turn, is handed over, ends. Signed requests only."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from assistant.privacy.pseudonyms import e164
from assistant.turns import Message, Reply, Turn
from channels.providers.signature import event_id, only_signed
from channels.services import services
from channels.voice.caller import caller
from channels.voice.phrases import NO_ANSWER
from channels.voice.speech import goodbye, handed_over, listening, waiting

PROVIDER = "twilio"
# Far more than an activation takes. Without it, a radio near the telephone would take turns, and money, for ever.
MOST_TURNS = 150
# While something is to be fetched or written on a screen, this many silences of 15 seconds are patience, not absence:
# fifteen digits of a card take a minute and more.
WAITS = 5

voice = Blueprint("voice", __name__)
voice.before_request(only_signed)


@voice.post("/voice")
def start() -> ResponseReturnValue:
    """A call begins: the first words, or the way back to where the person was."""
    return _answer(_take(_turn(0, opens=True)), 1)


@voice.post("/voice/turn")
def turn() -> ResponseReturnValue:
    """A key, words, or silence. The turn's number is in the address: a retry of the webhook is the same turn."""
    number, waits = _counter("n", 1), _counter("w", 0)
    if number >= MOST_TURNS:
        return _twiml(goodbye(_take(_turn(number, key="plus_tard"))))
    key, text = request.form.get("Digits", ""), request.form.get("SpeechResult", "")
    if waits and not key and not text.strip():
        return _twiml(waiting(WAITS - waits, _address("/voice/turn", number, waits - 1)))
    return _answer(_take(_turn(number, key=key, text=text, confidence=_confidence())), number + 1)


@voice.post("/voice/dialled")
def dialled() -> ResponseReturnValue:
    """After ringing a person: the end if they spoke, the national number and the way on if nobody answered."""
    if request.form.get("DialCallStatus", "") in ("completed", "answered"):
        return _twiml(goodbye(Reply((), "parler_a_quelqu_un")))
    return _answer(_unanswered(), _counter("n", 1))


@voice.post("/voice/status")
def status() -> ResponseReturnValue:
    """The call ended. Nothing is kept of it: the place was stored at each turn."""
    return "", 204


def _turn(number: int, *, key: str = "", text: str = "", confidence: float | None = None, opens: bool = False) -> Turn:
    found = services()
    call = event_id(request, "CallSid")
    address = caller(request.form.get("From", "").strip(), call, found.settings.pseudonym_pepper)
    return Turn(address, "voice", PROVIDER, f"{call}:{number}", found.clock(), text, key, confidence, opens)


def _take(turn: Turn) -> Reply:
    return services().conversation.take(turn)


def _answer(reply: Reply, following: int) -> Response:
    """`following` is the number of the next turn."""
    human = e164(services().settings.human_phone_number)
    if reply.ending == "goodbye":
        return _twiml(goodbye(reply))
    if reply.ending == "person" and human:
        return _twiml(handed_over(reply, human, _address("/voice/dialled", following)))
    return _twiml(listening(reply, _address("/voice/turn", following, WAITS if reply.listening == "long" else 0)))


def _unanswered() -> Reply:
    """Nobody answered: whom to call, and what was on offer. Stores nothing, so a retry says the same."""
    conversation = services().conversation
    try:
        before = conversation.look_again(_turn(0).address, "voice")
    except SQLAlchemyError:
        return conversation.sorry("voice")
    text = conversation.book.answers["humain"].say.voice
    return replace(before, messages=(Message(f"{NO_ANSWER} {text}", before.choices),), ending="", listening="choice")


def _counter(name: str, default: int) -> int:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else default


def _confidence() -> float | None:
    """How sure the recogniser is, from 0 to 1. It is not guaranteed to say."""
    try:
        value = float(request.form.get("Confidence", ""))
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _address(path: str, number: int, waits: int = 0) -> str:
    """A constant path under the public address, and counters: nothing that a caller said."""
    left = f"&w={waits}" if waits else ""
    return f"{urlsplit(services().settings.public_base_url).path}{path}?n={number}{left}"


def _twiml(twiml: str) -> Response:
    return Response(twiml, content_type="text/xml; charset=utf-8")

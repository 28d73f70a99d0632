"""POST /voice and below: a call starts, is answered turn by turn, is handed over, ends. Signed requests only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from assistant.braking import PAUSE
from assistant.outage import AWAY
from assistant.privacy.pseudonyms import e164
from assistant.turns import Message, Reply, Turn
from channels.providers.reach import reach
from channels.providers.signature import event_id, only_signed, retry_token
from channels.providers.statuses import CALLS, told
from channels.services import services
from channels.voice.answering import OUTCOMES, answered_by, is_there
from channels.voice.going_on import caller, is_over, one_too_many, ours
from channels.voice.keys import pressed
from channels.voice.phrases import NO_ANSWER
from channels.voice.speech import goodbye, handed_over, listening, still, waiting

PROVIDER = "twilio"
# Far more than an activation takes. Without it, a radio near the telephone would take turns, and money, for ever.
MOST_TURNS = 150
# Seconds: long enough to fetch a card and write an address; the end is told five minutes before.
LONGEST_CALL, TOLD_BEFORE = 45 * 60, 5 * 60
# Not a word, to a fax.
NOTHING = Reply((), "rappelez_moi")
# While something is to be fetched or written on a screen, this many silences of 15 seconds are patience, not absence:
# fifteen digits of a card take a minute and more.
WAITS = 5
# Where six digits may come as well as one key, silence is listened through once more (channels/voice/speech.py).
FIRST, SECOND = 1, 2

voice = Blueprint("voice", __name__)
voice.before_request(only_signed)


@voice.post("/voice")
def start() -> ResponseReturnValue:
    """A call begins: the first words, or the way back to where the person was. A machine takes no turn."""
    by, guide = answered_by(request.form), services().conversation.guide
    if by == "person" and one_too_many():
        said = services().conversation.book.answers[PAUSE].say.voice
        return _twiml(goodbye(Reply((Message(said),), PAUSE)))
    if by == "person":
        return _opened(_Length(_now()))
    if by == "unsure":
        return _twiml(listening(guide.are_you_there(), _address("/voice/there", 1, _Length(_now()))))
    told(request.form.get("CallSid", ""), OUTCOMES[by], by)
    return _twiml(goodbye(guide.to_a_machine() if by == "machine" else NOTHING))


@voice.post("/voice/there")
def there() -> ResponseReturnValue:
    """After « Vous m'entendez ? »: the call begins for whoever answers; else it ends as with a machine."""
    if is_there(request.form.get("Digits", ""), request.form.get("SpeechResult", "")):
        return _opened(_Length.read())
    return _twiml(goodbye(services().conversation.guide.to_a_machine()))


@voice.post("/voice/turn")
def turn() -> ResponseReturnValue:
    """A key, words, or silence. The turn's number is in the address: a retry of the webhook is the same turn."""
    one_too_many()  # it was let in: this only says that it goes on
    number, waits, length = _counter("n", 1), _counter("w", 0), _Length.read()
    if number >= MOST_TURNS or length.seconds >= LONGEST_CALL:
        return _twiml(goodbye(_take(_turn(number, ends=True))))
    six = _counter("i", 0)
    key, text = pressed(request.form.get("Digits", ""), six=bool(six)), request.form.get("SpeechResult", "")
    if six == FIRST and not key and not text.strip():
        return _twiml(still(_address("/voice/turn", number, length, six=SECOND)))
    if waits and not key and not text.strip():
        return _twiml(waiting(WAITS - waits, _address("/voice/turn", number, length, waits - 1)))
    reply = _take(_turn(number, key=key, text=text, confidence=_confidence()))
    if length.seconds >= LONGEST_CALL - TOLD_BEFORE and not length.told:
        soon = services().conversation.book.answers["appel_long"].say.voice
        reply = replace(reply, messages=(Message(soon), *reply.messages))
        length = replace(length, told=True)
    return _answer(reply, number + 1, length)


@voice.post("/voice/dialled")
def dialled() -> ResponseReturnValue:
    """After ringing a person: the end if they spoke, the national number and the way on if nobody answered."""
    if request.form.get("DialCallStatus", "") in ("completed", "answered"):
        return _twiml(goodbye(Reply((), "parler_a_quelqu_un")))
    return _answer(_unanswered(), _counter("n", 1), _Length.read())


@voice.post("/voice/status")
def status() -> ResponseReturnValue:
    """A call ended. Of one that we made, what became of it is kept; the place was stored at each turn."""
    form = request.form
    is_over()
    state, code = CALLS.get(form.get("CallStatus", "")), form.get("ErrorCode", "")
    by = answered_by(form)
    if state == "delivered" and by in OUTCOMES:
        state, code = OUTCOMES[by], by
    return told(form.get("CallSid", ""), state, code)


@dataclass(frozen=True)
class _Length:
    """How long the call has lasted: it travels in our own signed addresses. `told`: that it will end was said."""

    began: int
    told: bool = False

    @classmethod
    def read(cls) -> _Length:
        return cls(_counter("s", _now()), bool(_counter("l", 0)))

    @property
    def seconds(self) -> int:
        return _now() - self.began


def _now() -> int:
    return int(services().clock().timestamp())


def _turn(
    number: int,
    *,
    key: str = "",
    text: str = "",
    confidence: float | None = None,
    opens: bool = False,
    ends: bool = False,
) -> Turn:
    found = services()
    call = event_id(request, "CallSid")
    other = caller()
    return Turn(
        other.address,
        "voice",
        PROVIDER,
        f"{call}:{number}",
        found.clock(),
        text,
        key,
        confidence,
        opens,
        aliases=retry_token(request),
        number=other.number,
        reach=reach(other.number, found.settings.sender),
        lasting=other.lasting,
        asked_for=ours() and opens,
        ends=ends,
        network=other.network,
    )


def _opened(length: _Length) -> Response:
    return _answer(_take(_turn(0, opens=True)), 1, length)


def _take(turn: Turn) -> Reply:
    return services().conversation.take(turn)


def _answer(reply: Reply, following: int, length: _Length) -> Response:
    """`following` is the number of the next turn."""
    human = e164(services().settings.human_phone_number)
    if reply.ending == "goodbye":
        return _twiml(goodbye(reply))
    if reply.ending == "person" and human:
        return _twiml(handed_over(reply, human, _address("/voice/dialled", following, length)))
    waits = WAITS if reply.listening == "long" else 0
    six = FIRST if reply.listening == "invite" else 0
    return _twiml(listening(reply, _address("/voice/turn", following, length, waits, six)))


def _unanswered() -> Reply:
    """Nobody answered: whom to call, and what was on offer. Stores nothing, so a retry says the same."""
    conversation = services().conversation
    try:
        before = conversation.look_again(_turn(0).address, "voice")
    except AWAY:
        return conversation.sorry("voice")
    text = conversation.book.answers["humain"].say.voice
    return replace(before, messages=(Message(f"{NO_ANSWER} {text}", before.choices),), ending="", listening="choice")


def _counter(name: str, default: int) -> int:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else default


def _confidence() -> float | None:
    """How sure the recogniser is, from 0 to 1. It is not guaranteed to say."""
    try:
        value = float(request.form.get("Confidence", ""))
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _address(path: str, number: int, length: _Length, waits: int = 0, six: int = 0) -> str:
    """A constant path under the public address, and counters: nothing that a caller said."""
    counted = {"n": number, "s": length.began, "l": int(length.told), "w": waits, "i": six}
    given = urlencode({name: value for name, value in counted.items() if value})
    return f"{urlsplit(services().settings.public_base_url).path}{path}?{given}"


def _twiml(twiml: str) -> Response:
    return Response(twiml, content_type="text/xml; charset=utf-8")

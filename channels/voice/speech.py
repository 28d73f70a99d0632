"""Speaks a Reply as TwiML: what is said, the keys, then listening; or a good-bye; or a call handed to a person.

Every way through ends in a listening, a hand-over or a good-bye: the line is never dead. Built with Twilio's own
classes only, so that no text can become markup.
"""

from __future__ import annotations

from twilio.twiml.voice_response import Dial, Gather, Say, SsmlProsody, VoiceResponse

from assistant.turns import Choice, Listening, Reply
from channels.voice.phrases import HINTS, LANGUAGE, OFFER, VOICE, WAITING
from channels.voice.reading import sentences

# Times in seconds, rates for 130 to 150 words a minute (docs/architecture.md, « The telephone »).
# Six digits, or one key: who presses one key waits that long, so it is short; who says nothing is given as much again.
TIMEOUT = {"choice": 8, "long": 15, "code": 8, "invite": 4}
DIGITS = {"choice": 1, "long": 1, "code": 4, "invite": 6}
SPEECH_TIMEOUT = 3
LONGEST_SPEECH = 20
RING = 25
RATE, SLOW_RATE = "90%", "75%"
BETWEEN_SENTENCES, BEFORE_CHOICES = "400ms", "700ms"
# Polly stops at 3,000 characters; Twilio at 4,500 once encoded in an address, where « é » takes six.
LONGEST_TEXT = 1_500
LONGEST_LABEL = 80
MOST_HINTS, LONGEST_HINT = 200, 60  # the provider takes 500 of 100


def listening(reply: Reply, action: str) -> str:
    """Say `reply` and its choices, then wait for a key or words, which go to `action`; silence goes there as well."""
    said = _said(reply)
    offers = [part for choice in reply.choices for part in _offer(choice)]
    say = _say(said, offers, reply.slow) if said or offers else None
    return _listen(say, reply.listening, _hints(reply.choices), action)


def waiting(count: int, action: str) -> str:
    """A sign of life, then listening again: someone is busy with a card or a screen. `count` tells which sign."""
    say = _say(sentences(WAITING[count % len(WAITING)]), [], slow=False)
    return _listen(say, "long", _hints(()), action)


def still(action: str) -> str:
    """Not a word, and listening on for six digits or a key: they were not given as fast as the line wants them."""
    return _listen(None, "invite", _hints(()), action)


def _listen(say: Say | None, waits: Listening, hints: str, action: str) -> str:
    response = VoiceResponse()
    gather = Gather(
        input="dtmf speech",
        language=LANGUAGE,
        num_digits=DIGITS[waits],
        timeout=TIMEOUT[waits],
        speech_timeout=SPEECH_TIMEOUT,
        max_speech_time=LONGEST_SPEECH,
        # « # » and « * » are keys like any other.
        finish_on_key="",
        action_on_empty_result=True,
        profanity_filter=False,
        hints=hints,
        action=action,
        method="POST",
    )
    if say:
        gather.append(say)
    response.append(gather)
    response.redirect(action, method="POST")
    return str(response.to_xml())


def goodbye(reply: Reply) -> str:
    """Say `reply`, then hang up. Choices are not told: there will be no key to press."""
    response = _told(reply)
    response.hangup()
    return str(response.to_xml())


def handed_over(reply: Reply, number: str, action: str) -> str:
    """Say `reply`, then ring `number`; `action` hears whether anyone answered."""
    response = _told(reply)
    response.append(Dial(number, timeout=RING, action=action, method="POST"))
    return str(response.to_xml())


def _told(reply: Reply) -> VoiceResponse:
    """What is said when no answer is awaited: without the choices."""
    response, said = VoiceResponse(), _said(reply)
    if said:
        response.append(_say(said, [], reply.slow))
    return response


def _say(said: list[str], offers: list[str], slow: bool) -> Say:
    say = Say(voice=VOICE, language=LANGUAGE)
    prosody = say.prosody(rate=SLOW_RATE if slow else RATE)
    _tell(prosody, said)
    if said and offers:
        prosody.break_(time=BEFORE_CHOICES)
    _tell(prosody, offers)
    return say


def _tell(prosody: SsmlProsody, parts: list[str]) -> None:
    for index, part in enumerate(parts):
        if index:
            prosody.break_(time=BETWEEN_SENTENCES)
        prosody.s(part)


def _said(reply: Reply) -> list[str]:
    """The sentences of `reply`, as many as a voice takes."""
    kept: list[str] = []
    room = LONGEST_TEXT
    for message in reply.messages:
        for sentence in sentences(message.text):
            if room <= 0:
                break
            kept.append(sentence if len(sentence) <= room else sentence[:room].rsplit(" ", 1)[0])
            room -= len(sentence)
    return kept


def _offer(choice: Choice) -> list[str]:
    label = " ".join(sentences(choice.label[:LONGEST_LABEL])).rstrip(" .,;:!?")
    return sentences(OFFER.format(label=label, key=choice.key)) if label else []


def _hints(choices: tuple[Choice, ...]) -> str:
    """What may be said, comma-separated: the choices on offer and the constant words."""
    offered = (phrase for choice in choices for phrase in (choice.label, *choice.words))
    spoken = (" ".join(sentences(phrase)).replace(",", " ")[:LONGEST_HINT].strip(" .:;!?") for phrase in offered)
    return ",".join(list(dict.fromkeys((*HINTS, *filter(None, spoken))))[:MOST_HINTS])

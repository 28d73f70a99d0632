"""What TwiML may be: verbs, where they stand, their attributes and values, as Twilio's own types have them.

Taken from the type definitions of Twilio's library for Node (6.2.0, `VoiceResponse.d.ts`, `MessagingResponse.d.ts`)
and its voice reference. There is no schema to check against, and an attribute that Twilio does not know is only found
in front of a caller. Where Twilio's choice is wider than ours may be, ours is told: French, keys and speech together,
no verb that records, nothing that a neural voice does not speak.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError, fromstring

# Every address in our TwiML is a path of ours and counters: nothing that somebody said or wrote.
PATH = r"(?:/[\w.-]+)*/(?:voice|sms)(?:/[a-z]+)*(?:\?[a-z]+=[A-Za-z0-9]{1,40}(?:&[a-z]+=[A-Za-z0-9]{1,40})*)?"
HTTPS = r"https://[\w.:-]+(?:/[\w./%-]*)?"
WHOLE, FLAG = r"[1-9]\d{0,2}", "true|false"
SSML = {"break", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"}
INLINE = SSML - {"p", "s"}
FRENCH_VOICE = (
    r"Polly\.(?:Celine|Lea|Mathieu|Lea-Neural|Remi-Neural|Lea-Generative|Rémi-Generative)|"
    r"Google\.fr-FR-(?:(?:Standard|Wavenet|Neural2)-[A-G]|"
    r"Chirp3-HD-(?:Aoede|Charon|Fenrir|Kore|Leda|Orus|Puck|Zephyr))"
)
WITHIN: dict[str, set[str]] = {
    "Response": {"Say", "Play", "Gather", "Redirect", "Dial", "Hangup", "Pause", "Reject", "Message"},
    "Gather": {"Say", "Play", "Pause"},
    "Dial": {"Number"},
    "Message": {"Body"},
    "Say": SSML,
    "prosody": SSML,
    "p": INLINE | {"s"},
    "s": INLINE,
    "lang": SSML,
    "w": INLINE - {"lang", "w"},
}
ATTRIBUTES: dict[str, dict[str, str]] = {
    "Gather": {
        "input": "dtmf speech",
        "language": "fr-FR",
        "numDigits": WHOLE,
        "timeout": WHOLE,
        "speechTimeout": WHOLE,  # "auto" cuts at the first pause, and warns (13335)
        "maxSpeechTime": r"[1-9]|[1-5]\d|60",
        "finishOnKey": r"[0-9*#]?",
        "actionOnEmptyResult": "true",  # or silence falls through to the next verb
        "bargeIn": FLAG,
        "profanityFilter": FLAG,
        "hints": r"[^,]{1,100}(?:,[^,]{1,100}){0,499}",
        "speechModel": r"default|numbers_and_commands|googlev2_\w+|deepgram_nova-[23]",
        "action": PATH,
        "method": "POST",
    },
    "Say": {"voice": FRENCH_VOICE, "language": "fr-FR", "loop": WHOLE},
    "Play": {"loop": WHOLE, "digits": r"[0-9*#wW]+"},
    "Pause": {"length": r"[1-9]|1\d"},
    "Redirect": {"method": "POST"},
    "Dial": {
        "action": PATH,
        "method": "POST",
        "timeout": r"[5-9]|[1-9]\d",
        "timeLimit": r"[1-9]\d{1,4}",
        "answerOnBridge": FLAG,
        "hangupOnStar": FLAG,
        "callerId": r"\+\d{8,15}",
        "ringTone": "fr",
    },
    "Reject": {"reason": "rejected|busy"},
    # A neural voice has neither pitch nor emphasis.
    "prosody": {
        "rate": r"x-slow|slow|medium|[2-9]\d%|1\d\d%|200%",
        "volume": r"default|x-soft|soft|medium|loud|x-loud",
    },
    "break": {"strength": "none|x-weak|weak|medium|strong|x-strong", "time": r"[1-9]\d{0,3}ms|[1-9]s|10s"},
    "say-as": {"interpret-as": "characters|spell-out|cardinal|number|ordinal|digits|fraction|unit|date|time|telephone"},
    "sub": {"alias": ".+"},
    "phoneme": {"alphabet": "ipa|x-sampa", "ph": ".+"},
    "w": {"role": r"amazon:\w+"},
    "lang": {"{http://www.w3.org/XML/1998/namespace}lang": r"[a-z]{2}-[A-Z]{2}"},
}
# A national short number (34 22) cannot be rung through a provider.
DIALLED = r"\+33[1-9]\d{8}"
TEXTS = {"Redirect": PATH, "Dial": rf"(?:{DIALLED})?", "Number": DIALLED, "Play": HTTPS, "Message": r"[\s\S]{0,1600}"}
LONGEST_SAID = 3_000
# Nothing after these is ever reached.
LAST = ("Redirect", "Hangup", "Reject")


def parsed(body: bytes) -> Element:
    """The document of `body`. Fails for what is no XML or a verb, a place, an attribute or a value off the list."""
    try:
        root = fromstring(body)  # noqa: S314 - our own answer
    except ParseError as error:
        raise AssertionError(f"no XML: {error}: {body!r}") from error
    assert root.tag == "Response"
    _check(root)
    return root


def checked(body: bytes) -> Element:
    """`parsed`, for a call: whatever happens, the line is never dead, and every verb is reached."""
    root = parsed(body)
    verbs = [verb.tag for verb in root]
    assert "Message" not in verbs, "a message in a call"
    # After ringing somebody, a <Dial> with an action goes there.
    assert verbs, "the line would go dead"
    assert verbs[-1] in (*LAST, "Dial"), "the line would go dead"
    assert verbs[-1] != "Dial" or root[-1].get("action"), "the line would go dead after ringing"
    assert not set(verbs[:-1]) & set(LAST), f"never reached: {verbs}"
    return root


def said(root: Element) -> str:
    """All that is spoken, in order."""
    return " ".join("".join(part.itertext()) for part in root.iter("s"))


def action(root: Element) -> str:
    """Where what the caller does next goes."""
    (gather,) = root.iter("Gather")
    redirect = root.find("Redirect")
    assert redirect is not None
    assert redirect.text == gather.get("action")
    return gather.attrib["action"]


def _check(element: Element) -> None:
    tag, allowed = element.tag, ATTRIBUTES.get(element.tag, {})
    for name, value in element.attrib.items():
        assert name in allowed, f"<{tag} {name}> is not on the list"
        assert re.fullmatch(allowed[name], value), f"<{tag} {name}={value!r}>"
    if tag in TEXTS:
        assert re.fullmatch(TEXTS[tag], element.text or ""), f"<{tag}> {element.text!r}"
    if tag == "Say":
        said_here = "".join(element.itertext()).strip()
        assert 0 < len(said_here) <= LONGEST_SAID, f"<Say> of {len(said_here)} characters"
    for child in element:
        assert child.tag in WITHIN.get(tag, set()), f"<{child.tag}> in <{tag}>"
        _check(child)

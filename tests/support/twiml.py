"""What TwiML may be: verbs, where they stand, their attributes and values. From Twilio's voice reference.

There is no schema to check against, and an attribute that Twilio does not know is only found
in front of a caller.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, fromstring

PATH = r"/voice/(turn|dialled)\?n=\d{1,6}(&w=[1-5])?"
WITHIN = {
    "Response": {"Say", "Gather", "Redirect", "Dial", "Hangup", "Pause"},
    "Gather": {"Say", "Pause"},
    "Say": {"prosody"},
    "prosody": {"s", "break"},
    "s": set(),
    "break": set(),
    "Redirect": set(),
    "Dial": set(),
    "Hangup": set(),
    "Pause": set(),
}
ATTRIBUTES = {
    "Response": {},
    "Gather": {
        "input": "dtmf speech",
        "language": "fr-FR",
        "numDigits": "1|4",
        "timeout": "8|15",
        "speechTimeout": "3",
        "maxSpeechTime": r"[1-5]?\d",
        "finishOnKey": "",
        "actionOnEmptyResult": "true",
        "profanityFilter": "false",
        "hints": r"[^,]{1,100}(,[^,]{1,100}){0,499}",
        "action": PATH,
        "method": "POST",
    },
    "Say": {"voice": "Polly.Lea-Neural", "language": "fr-FR"},
    "prosody": {"rate": "90%|75%"},
    "s": {},
    "break": {"time": r"\d{3,4}ms"},
    "Redirect": {"method": "POST"},
    "Dial": {"timeout": "25", "action": PATH, "method": "POST"},
    "Hangup": {},
    "Pause": {"length": r"\d"},
}


def checked(body: bytes) -> Element:
    """The document of `body`. Fails for a verb, a place, an attribute or a value off the list, or a dead line."""
    root = fromstring(body)  # noqa: S314 - our own answer
    assert root.tag == "Response"
    _check(root)
    assert [verb.tag for verb in root][-1] in ("Redirect", "Dial", "Hangup"), "the line would go dead"
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
    allowed = ATTRIBUTES[element.tag]
    for name, value in element.attrib.items():
        assert name in allowed, f"<{element.tag} {name}> is not on the list"
        assert re.fullmatch(allowed[name], value), f"<{element.tag} {name}={value!r}>"
    if element.tag == "Redirect":
        assert re.fullmatch(PATH, element.text or "")
    if element.tag == "Say":
        assert len("".join(element.itertext())) <= 3_000
    for child in element:
        assert child.tag in WITHIN[element.tag], f"<{child.tag}> in <{element.tag}>"
        _check(child)

"""`camille call`: a pretend call. The real webhooks answer, and their TwiML is followed verb by verb."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from flask import Flask

from assistant.settings import Settings
from channels.app import create_app
from channels.cli.opening import opened
from channels.providers.pretend import SERVICE, PretendError, PretendTwilio, pretend_number, pretending, sid

HEARD = "0.90"  # the recogniser of the terminal is a keyboard
RULE = "─" * 60
HOW = """Répondez par une touche (1, 2, 3, 0, *, #) ou par des mots.
Entrée seule = ne rien dire. Ctrl-D = raccrocher."""


def call(number: str, hidden: bool = False) -> None:
    """Call Camille until one of the two hangs up. `hidden` calls without showing the number."""
    with opened() as (settings, conversation):
        pretended = pretending(settings)
        run(create_app(pretended, conversation, limited=False), pretended, number, hidden=hidden)


def run(
    app: Flask,
    settings: Settings,
    number: str,
    read: Callable[[str], str] = input,
    write: Callable[[str], object] = print,
    *,
    hidden: bool = False,
) -> None:
    """A whole call. `app` was built with `settings`, which carry a pretend account."""
    shown = "anonymous" if hidden else pretend_number(number)
    pretend = _Call(PretendTwilio(app, settings), shown, read, write)
    write(f"{RULE}\nVous appelez Camille{' en numéro caché' if hidden else f' depuis le {number}'}.\n{HOW}\n{RULE}")
    try:
        pretend.follow(pretend.post("/voice"))
        write(f"{RULE}\nCamille a raccroché.")
    except (EOFError, KeyboardInterrupt):
        write(f"\n{RULE}\nVous avez raccroché.")
    pretend.end()


@dataclass
class _Call:
    """One call: follows TwiML as Twilio does, with the keyboard for keys and voice."""

    twilio: PretendTwilio
    caller: str
    read: Callable[[str], str]
    write: Callable[[str], object]
    sid: str = field(default_factory=lambda: sid("CA"))

    def post(self, path: str, **heard: str) -> Element:
        form = {"CallSid": self.sid, "From": self.caller, "To": SERVICE, "Direction": "inbound"}
        twiml = self.twilio.post(path, {**form, "CallStatus": "in-progress", **heard})
        if twiml is None:
            raise PretendError(f"{path} n'a pas répondu de TwiML : la ligne serait coupée.")
        return twiml

    def end(self) -> None:
        self.twilio.post("/voice/status", {"CallSid": self.sid, "From": self.caller, "CallStatus": "completed"})

    def follow(self, twiml: Element) -> None:
        """Carry out what is told until a Hangup, or until nothing is left. Raises PretendError for an unknown verb."""
        following: Element | None = twiml
        while following is not None:
            following = self._carry_out(following)

    def _carry_out(self, twiml: Element) -> Element | None:
        """The verbs of one document. As with Twilio, what stands after a verb that leads elsewhere is not reached."""
        for verb in twiml:
            if verb.tag == "Hangup":
                return None
            following = self._do(verb)
            if following is not None:
                return following
        return None

    def _do(self, verb: Element) -> Element | None:
        """One verb; the new TwiML when it leads elsewhere."""
        if verb.tag == "Say":
            self._say(verb)
        elif verb.tag == "Pause":
            self.write(f"   (silence, {verb.get('length', '1')} s)")
        elif verb.tag == "Gather":
            return self._gather(verb)
        elif verb.tag == "Redirect":
            return self.post((verb.text or "").strip())
        elif verb.tag == "Dial":
            return self._dial(verb)
        else:
            raise PretendError(f"<{verb.tag}> : ce téléphone ne connaît pas ce verbe.")
        return None

    def _say(self, verb: Element) -> None:
        for sentence in _sentences(verb):
            self.write(f"Camille dit : « {sentence} »")

    def _gather(self, verb: Element) -> Element | None:
        for inner in verb:
            if inner.tag not in ("Say", "Pause"):
                raise PretendError(f"<{inner.tag}> n'a pas sa place dans <Gather>.")
            self._do(inner)
        digits = int(verb.get("numDigits", "1"))
        expected = f"{digits} chiffres" if digits > 1 else "une touche"
        words = self.read(f"   [{expected} ou des mots, {verb.get('timeout')} s] > ").strip()
        action = verb.get("action", "")
        if not words:
            return self.post(action) if verb.get("actionOnEmptyResult") == "true" else None
        if re.fullmatch(r"[0-9*#]+", words.replace(" ", "")):
            return self.post(action, Digits=words.replace(" ", "")[:digits])
        return self.post(action, SpeechResult=words, Confidence=HEARD)

    def _dial(self, verb: Element) -> Element:
        self.write(f"   (le téléphone sonne au {verb.text})")
        answered = self.read("   [quelqu'un répond ? o/n] > ").strip().lower().startswith("o")
        if answered:
            self.write("   (une personne parle avec vous, puis raccroche)")
        return self.post(verb.get("action", ""), DialCallStatus="completed" if answered else "no-answer")


def _sentences(verb: Element) -> Iterator[str]:
    """What a voice would say, one <s> at a time."""
    marked = list(verb.iter("s"))
    for part in marked or [verb]:
        text = " ".join("".join(part.itertext()).split())
        if text:
            yield text

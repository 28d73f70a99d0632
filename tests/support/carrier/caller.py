"""A caller: follows TwiML as Twilio does, with keys, words of some confidence, silence, or by hanging up.

Fails the test on TwiML that Twilio would warn about, and on a call that nothing would ever end.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from tests.support.carrier.ledger import SERVICE, Sent
from tests.support.carrier.line import Line
from tests.support.twiml import checked

WORDS_A_MINUTE = 140
# Documents in a row without the caller doing anything: a call that talks to itself is paid by the minute.
MOST_IN_A_ROW = 12
LONGEST_DOCUMENT = 120.0  # seconds spoken


@dataclass
class Caller:
    """One call. `heard` is all that was said, a text a document; `seconds` how long it lasted."""

    line: Line
    number: str
    sid: str = ""
    service: str = SERVICE
    # How ringing a person ends: completed, busy, no-answer, failed, canceled.
    answers: str = "no-answer"
    outgoing: bool = False
    # What Twilio makes of whoever picks up a call of ours: human, machine_end_beep, fax, unknown... "" when not asked.
    answered_by: str = ""
    heard: list[str] = field(default_factory=list)
    dialled: list[str] = field(default_factory=list)
    seconds: float = 0.0
    ended: bool = False
    _verbs: deque[Element] = field(default_factory=deque)
    _gather: Element | None = None
    _at: str = "/voice"

    @classmethod
    def of(cls, line: Line, sent: Sent, answered_by: str = "human") -> Caller:
        """The call that we asked for and Twilio took, picked up. It tells by whom only if that was asked."""
        by = answered_by if sent.detects.get("MachineDetection") else ""
        return cls(line, sent.to, sid=sent.sid, service=sent.sender, outgoing=True, answered_by=by)

    def __post_init__(self) -> None:
        self.sid = self.sid or self.line.ledger.sid("CA")

    def ring(self, path: str = "/voice") -> str:
        """The call is answered: what is said first."""
        return self._go(path, CallStatus="in-progress" if self.outgoing else "ringing")

    def press(self, keys: str) -> str:
        """Press keys; those beyond what is awaited, or after the closing one, come too late."""
        gather = self._listening()
        most, finish = gather.get("numDigits"), gather.get("finishOnKey", "#")
        taken = ""
        for key in keys:
            if finish and key == finish:
                break
            taken += key
            if most and len(taken) == int(most):
                break
        return self._result(Digits=taken, **({"FinishedOnKey": ""} if most else {}))

    def speak(self, words: str, confidence: float | None = 0.9) -> str:
        """Say `words`, which the recogniser heard with `confidence` (it is not guaranteed to tell one)."""
        assert "speech" in self._listening().get("input", "dtmf").split()
        told = {} if confidence is None else {"Confidence": f"{confidence:.8f}"}
        return self._result(SpeechResult=words, **told)

    def wait(self) -> str:
        """Say nothing until listening is over."""
        gather = self._listening()
        self.seconds += float(gather.get("timeout", "5"))
        if gather.get("actionOnEmptyResult") == "true":
            return self._result(Digits="")
        return self._run()

    def hang_up(self) -> None:
        """Put down the receiver; Twilio tells that the call is over."""
        self._end()

    @property
    def hints(self) -> list[str]:
        return self._listening().get("hints", "").split(",")

    def _listening(self) -> Element:
        assert self._gather is not None, "nothing is listening: the call is over"
        return self._gather

    def _result(self, **fields: str) -> str:
        return self._go(self._listening().get("action", self._at), **fields)

    def _go(self, path: str, **fields: str) -> str:
        before = len(self.heard)
        self._load(path, fields)
        self._run()
        return " ".join(self.heard[before:])

    def _load(self, path: str, fields: dict[str, str]) -> None:
        self._at = path
        body = self.line.post(path, self._form(fields))
        assert body is not None, "a call is answered with TwiML"
        root = checked(body)
        self._verbs, self._gather = deque(root), None
        self.heard.append("")

    def _run(self) -> str:
        """Go through verbs until something must be heard, or the call is over; what was said meanwhile."""
        begun, documents = len(self.heard) - 1, 0
        while self._verbs:
            verb = self._verbs.popleft()
            if verb.tag == "Say":
                self._hear(verb)
            elif verb.tag == "Pause":
                self.seconds += float(verb.get("length", "1"))
            elif verb.tag == "Gather":
                for part in verb:
                    self._verbs_within(part)
                self._gather = verb
                return " ".join(self.heard[begun:])
            elif verb.tag in ("Redirect", "Dial"):
                documents += 1
                assert documents <= MOST_IN_A_ROW, "the call goes round in circles"
                if verb.tag == "Redirect":
                    self._load(verb.text or "", {})
                else:
                    self._dial(verb)
            elif verb.tag in ("Hangup", "Reject"):
                break
        self._end()
        return " ".join(self.heard[begun:])

    def _verbs_within(self, part: Element) -> None:
        if part.tag == "Say":
            self._hear(part)
        elif part.tag == "Pause":
            self.seconds += float(part.get("length", "1"))

    def _hear(self, say: Element) -> None:
        text = " ".join(piece.strip() for piece in say.itertext() if piece.strip())
        spoken = len(text.split()) / WORDS_A_MINUTE * 60
        assert spoken <= LONGEST_DOCUMENT, f"{spoken:.0f} s in a row"
        self.seconds += spoken
        self.heard[-1] = f"{self.heard[-1]} {text}".strip()

    def _dial(self, dial: Element) -> None:
        number = (dial.text or "".join(dial.itertext())).strip()
        self.dialled.append(number)
        self.seconds += float(dial.get("timeout", "30"))
        if dial.get("action"):
            told = {"DialCallStatus": self.answers, "DialCallSid": self.line.ledger.sid("CA")}
            self._load(
                dial.get("action", ""), told | ({"DialCallDuration": "61"} if self.answers == "completed" else {})
            )

    def _end(self) -> None:
        if self.ended:
            return
        self.ended, self._gather = True, None
        self._verbs.clear()
        self.line.post(
            "/voice/status", self._form({"CallStatus": "completed", "CallDuration": str(round(self.seconds))})
        )

    def _form(self, fields: dict[str, str]) -> dict[str, str]:
        """All the fields that Twilio posts for a call."""
        # On a call that we make, the person is the one who is called.
        caller, called = (self.service, self.number) if self.outgoing else (self.number, self.service)
        places = {
            f"{end}{part}": "FR" if part == "Country" else ""
            for end in ("From", "To", "Caller", "Called")
            for part in ("City", "State", "Zip", "Country")
        }
        return {
            "CallSid": self.sid,
            "From": caller,
            "Caller": caller,
            "To": called,
            "Called": called,
            "CallStatus": "in-progress",
            "Direction": "outbound-api" if self.outgoing else "inbound",
            **({"AnsweredBy": self.answered_by} if self.answered_by else {}),
            **places,
            **fields,
        }


def path_of(url: str, public: str) -> str:
    """The path of an absolute address under `public`, as a call that we make is told where its TwiML is."""
    assert url.startswith(public), url
    parts = urlsplit(url.removeprefix(public))
    return parts.path + (f"?{parts.query}" if parts.query else "")

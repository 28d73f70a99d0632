"""A telephone that writes: what its owner sends, what arrives on it, and the statuses that follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from channels.sms.segments import Segments
from tests.support.carrier.ledger import RANKS, SERVICE, START_WORDS, STOP_WORDS, Sent
from tests.support.carrier.line import Line
from tests.support.twiml import parsed


@dataclass
class Phone:
    """One mobile. `received` is what arrived; `blocked` what the carrier kept from it after a STOP."""

    line: Line
    number: str
    service: str = SERVICE
    # With Twilio's « Advanced Opt-Out », Twilio answers STOP and START by itself and says so.
    answered_by_carrier: bool = False
    received: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)

    def text(self, body: str, **more: str) -> str:
        """Write `body`; the text that comes back, "" for none."""
        return self._deliver(self.form(body, **more))

    def texts(self, bodies: Sequence[str], order: Sequence[int]) -> list[str]:
        """Write several in a row; they arrive in `order`."""
        forms = [self.form(body) for body in bodies]
        return [self._deliver(forms[index]) for index in order]

    def form(self, body: str, **more: str) -> dict[str, str]:
        """All the fields that Twilio posts for a message."""
        sid = self.line.ledger.sid("MM" if "MediaUrl0" in more else "SM")
        word = body.strip().casefold()
        kind = "STOP" if word in STOP_WORDS else "START" if word in START_WORDS else ""
        places = {f"{end}{part}": "" for end in ("From", "To") for part in ("City", "State", "Zip")}
        return {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "SmsStatus": "received",
            "From": self.number,
            "To": self.service,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": str(Segments.of(body).count),
            "FromCountry": "FR",
            "ToCountry": "FR",
            **places,
            **({"OptOutType": kind} if self.answered_by_carrier and kind else {}),
            **more,
        }

    def arrived(self) -> list[str]:
        """What was sent to it through the REST interface, in the order of sending."""
        return [sent.body for sent in self.line.ledger.to(self.number)]

    def _deliver(self, form: dict[str, str]) -> str:
        # Whether or not we answer, Twilio's own opt-out hears it first.
        was_out = self.number in self.line.ledger.opted_out
        self.line.ledger.heard(self.number, form["Body"])
        body = self.line.post("/sms", form)
        assert body is not None, "a message is answered with TwiML, if only an empty one"
        return self._replied(body, was_out)

    def _replied(self, body: bytes, was_out: bool) -> str:
        root = parsed(body)
        assert [verb.tag for verb in root] in ([], ["Message"]), "one message at most"
        text = "".join(root[0].itertext()) if len(root) else ""
        if not text:
            return ""
        # The confirmation of a STOP still passes; what follows does not, until a return.
        if was_out and self.number in self.line.ledger.opted_out:
            self.blocked.append(text)
        else:
            self.received.append(text)
        return text


def tell_status(line: Line, sent: Sent, statuses: Iterable[str], error: int | None = None) -> None:
    """Post status callbacks in the given order, whatever it is. The carrier's own record never goes backwards."""
    names = ("MessageSid", "SmsSid", "MessageStatus", "SmsStatus") if sent.kind == "sms" else ("CallSid", "CallStatus")
    for status in statuses:
        failed = error if error and status in ("undelivered", "failed") else None
        if RANKS[status] >= RANKS[sent.status]:
            sent.status, sent.error = status, failed
        form = {name: sent.sid if name.endswith("Sid") else status for name in names}
        form |= {"To": sent.to, "From": sent.sender, **({"ErrorCode": str(failed)} if failed else {})}
        path = sent.callback.removeprefix(line.public) or ("/sms/status" if sent.kind == "sms" else "/voice/status")
        assert line.post(path, form) is None

"""What the pretend Twilio knows and enforces: messages, calls, numbers that exist, senders it lent, who said STOP."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import count
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberType

from tests.support.carrier.faults import Refusal

ACCOUNT, TOKEN = "AC" + "0" * 32, "z" * 32
SERVICE = "+33199000001"  # Arcep keeps 01 99 00 xx xx for fiction
LONGEST = 1_600
# What Twilio takes for STOP and for a return on a long code: one word alone, in any case.
STOP_WORDS = frozenset("stop unsubscribe end quit stopall revoke optout cancel".split())
START_WORDS = frozenset({"start", "yes", "unstop"})
ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
FICTION = re.compile(r"\+33(?:(?P<mobile>63998)|19900|26191|35301|46571|53649)\d{4}")
# Never backwards: a status of a lower rank is old news.
RANKS = {
    **{"queued": 0, "sending": 1, "sent": 2, "delivered": 3, "undelivered": 3, "failed": 3},
    **{"initiated": 1, "ringing": 1, "in-progress": 2, "completed": 3, "busy": 3, "no-answer": 3, "canceled": 3},
}

# Source: the parameters of a call in Twilio's own library (twilio.rest, Call.create).
DETECTION = {
    "MachineDetectionTimeout": (3, 59),
    "MachineDetectionSpeechThreshold": (1_000, 6_000),
    "MachineDetectionSpeechEndThreshold": (500, 5_000),
    "MachineDetectionSilenceTimeout": (2_000, 10_000),
}

Kind = Literal["sms", "call"]


@dataclass
class Sent:
    """One message or call that was taken. `body` is the text, or the address of a call's TwiML."""

    sid: str
    kind: Kind
    to: str
    sender: str
    body: str
    made_at: datetime
    callback: str = ""
    status: str = "queued"
    error: int | None = None
    # How a call is to find out who answers it: MachineDetection and its thresholds, as they were asked for.
    detects: dict[str, str] = field(default_factory=dict)


@dataclass
class Ledger:
    """`senders` are the numbers, short codes and names that the account holds; `clock` tells when things happen."""

    senders: frozenset[str] = frozenset({SERVICE, "38123", "CAMILLE"})
    regions: frozenset[int] = frozenset({33, 262, 590, 594, 596})
    clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc)
    account: str = ACCOUNT
    token: str = TOKEN
    sent: list[Sent] = field(default_factory=list)
    # (number, code) of what was refused, so that a test may see what was attempted.
    refused: list[tuple[str, int]] = field(default_factory=list)
    opted_out: set[str] = field(default_factory=set)
    # What sids are made of. Two ledgers over one database share them: Twilio never gives a sid twice.
    numbers: count[int] = field(default_factory=lambda: count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def message(self, to: str, sender: str, body: str, callback: str = "") -> Sent:
        """Take a message, or raise Refusal as Twilio would."""
        return self._take("sms", to, sender, body, callback, self._refusal_of_message(to, sender, body))

    def call(
        self, to: str, sender: str, url: str, callback: str = "", detects: Mapping[str, str] | None = None
    ) -> Sent:
        """Take a call to make, or raise Refusal."""
        code = self._refusal_of_call(to, sender, url) or self._refusal_of_detection(detects or {})
        taken = self._take("call", to, sender, url, callback, code)
        taken.detects = dict(detects or {})
        return taken

    def heard(self, number: str, text: str) -> None:
        """Somebody wrote `text`: Twilio's own STOP and START, which are one word alone."""
        word = text.strip().casefold()
        if word in STOP_WORDS:
            self.opted_out.add(number)
        elif word in START_WORDS:
            self.opted_out.discard(number)

    def to(self, number: str, kind: Kind = "sms") -> list[Sent]:
        return [sent for sent in self.sent if sent.to == number and sent.kind == kind]

    def sid(self, prefix: str) -> str:
        return f"{prefix}{next(self.numbers):032x}"

    def _take(self, kind: Kind, to: str, sender: str, body: str, callback: str, code: int) -> Sent:
        if code:
            self.refused.append((to, code))
            raise Refusal(code)
        with self._lock:
            taken = Sent(self.sid("SM" if kind == "sms" else "CA"), kind, to, sender, body, self.clock(), callback)
            self.sent.append(taken)
        return taken

    def _refusal_of_message(self, to: str, sender: str, body: str) -> int:
        if not body:
            return 21602
        if len(body) > LONGEST:
            return 21617
        if not sender:
            return 21603
        if sender not in self.senders:
            return 21212 if not ALPHANUMERIC.fullmatch(sender) and not sender.startswith("+") else 21606
        kind = self._kind(to)
        if kind is None:
            return 21211
        if phonenumbers.parse(to, None).country_code not in self.regions:
            return 21408
        if kind == PhoneNumberType.FIXED_LINE:
            return 21614
        # No keyword comes back to a name, so none is kept for it.
        return 21610 if to in self.opted_out and not ALPHANUMERIC.fullmatch(sender) else 0

    def _refusal_of_call(self, to: str, sender: str, url: str) -> int:
        if not re.match(r"https?://", url):
            return 21205
        if not sender.startswith("+"):
            return 21212
        if sender not in self.senders:
            return 21210
        return 0 if self._kind(to) is not None else 21211

    @staticmethod
    def _refusal_of_detection(detects: Mapping[str, str]) -> int:
        """Twilio's ranges, in seconds for the first and milliseconds for the others."""
        if detects.get("MachineDetection", "Enable") not in ("Enable", "DetectMessageEnd"):
            return 20001
        given = ((detects[name], least, most) for name, (least, most) in DETECTION.items() if name in detects)
        return 0 if all(value.isdigit() and least <= int(value) <= most for value, least, most in given) else 20001

    @staticmethod
    def _kind(number: str) -> int | None:
        """Mobile, landline...; None for what is no number that can be reached from abroad."""
        # Arcep's numbers for fiction are assigned to nobody, and not valid for those who keep lists.
        fiction = FICTION.fullmatch(number)
        if fiction:
            return int(PhoneNumberType.MOBILE if fiction["mobile"] else PhoneNumberType.FIXED_LINE)
        try:
            parsed = phonenumbers.parse(number, None)
        except phonenumbers.NumberParseException:
            return None
        return int(phonenumbers.number_type(parsed)) if phonenumbers.is_valid_number(parsed) else None

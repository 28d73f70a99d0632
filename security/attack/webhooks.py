"""Webhooks that nobody signed, that another signed, that were changed on the way, and that come again."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Iterator

from sqlalchemy import func, select

from assistant.storage import schema
from security.attack.ledger import Ledger
from security.attack.looking import faults
from security.attack.target import Target
from security.attack.visitor import Answer, Visitor
from tests.support.signing import signature

PATHS = ("/sms", "/sms/status", "/voice", "/voice/there", "/voice/turn?n=1", "/voice/dialled?n=1", "/voice/status")
SECOND = re.compile(rb"\bs=\d+")
# What a forged message must not change, and a repeated one not twice.
COUNTED = ("inbox", "events", "persons", "consents", "outbox", "addresses", "switches", "operator_acts")


def webhooks(target: Target, ledger: Ledger, rounds: int) -> None:
    """Every webhook in every wrong way, `rounds` times with other people."""
    for _ in range(rounds):
        for path in PATHS:
            for name, answer, changed in _forged(target, path):
                wrong = faults(answer, target)
                wrong += [f"let in with {answer.status}"] if answer.status != 403 or changed else []
                ledger.note("forged webhook", f"{name} {path}", ", ".join(wrong) or "refused with 403", held=not wrong)
        for path in PATHS:
            _replayed(target, ledger, path)


def form_of(path: str, number: str = "") -> dict[str, str]:
    """What the provider posts there, of somebody new."""
    number = number or f"+336{random.randrange(10**8):08d}"
    name = f"{random.randrange(16**32):032x}"
    if path.startswith("/sms"):
        return {
            "MessageSid": f"SM{name}",
            "From": number,
            "To": "38123",
            "Body": "Bonjour",
            "MessageStatus": "delivered",
        }
    call = {"CallSid": f"CA{name}", "From": number, "To": "+33937000001", "Direction": "inbound"}
    return {**call, "CallStatus": "completed", "DialCallStatus": "no-answer", "Digits": "1", "Confidence": "0.9"}


def _forged(target: Target, path: str) -> Iterator[tuple[str, Answer, bool]]:
    visitor, form = Visitor(target), form_of(path)
    right = visitor.signed(path, form)
    other = f"{random.randrange(16**32):032x}"
    url = target.base + path
    forgeries: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
        "unsigned": (path, form, {}),
        "an empty signature": (path, form, {"X-Twilio-Signature": ""}),
        "signed with another token": (path, form, {"X-Twilio-Signature": signature(other, url, form)}),
        "signed with no token": (path, form, {"X-Twilio-Signature": signature("", url, form)}),
        "signed for another address": (path, form, {"X-Twilio-Signature": visitor.signed("/other", form)}),
        "signed for http": (
            path,
            form,
            {"X-Twilio-Signature": signature(target.settings.twilio_auth_token, url.replace("https", "http"), form)},
        ),
        "a field changed": (path, {**form, "From": "+33639980099"}, {"X-Twilio-Signature": right}),
        "a field added": (path, {**form, "OptOutType": "STOP"}, {"X-Twilio-Signature": right}),
        "a field taken away": (
            path,
            {name: form[name] for name in form if name != "To"},
            {"X-Twilio-Signature": right},
        ),
        "the query changed": (f"{path}{'&' if '?' in path else '?'}s=1", form, {"X-Twilio-Signature": right}),
        "the signature of its own host": (
            path,
            form,
            {
                "Host": "evil.example",
                "X-Forwarded-Host": "evil.example",
                "X-Twilio-Signature": signature(other, f"https://evil.example{path}", form),
            },
        ),
        "another algorithm's signature": (path, form, {"X-Twilio-Signature": base64.b64encode(b"\0" * 32).decode()}),
        "half a signature": (path, form, {"X-Twilio-Signature": right[:14]}),
        "the signature twice": (path, form, {"X-Twilio-Signature": f"{right}, {right}"}),
    }
    for name, (where, sent, headers) in forgeries.items():
        before = counts(target)
        answer = visitor.ask("POST", where, sent, headers)
        yield name, answer, counts(target) != before


def _replayed(target: Target, ledger: Ledger, path: str) -> None:
    """The same signed request again, at once and after others: the same words, and nothing done twice."""
    visitor, form = Visitor(target), form_of(path)
    first, after = visitor.webhook(path, form), counts(target)
    for number in range(3):
        again = visitor.webhook(path, form)
        wrong = faults(again, target)
        wrong += [] if _said(again) == _said(first) else ["it was answered otherwise"]
        more = {name: count - after[name] for name, count in counts(target).items() if count != after[name]}
        wrong += [f"it counted twice: {more}"] if more else []
        ledger.note(
            "replayed webhook", f"{path} again, {number + 1}", ", ".join(wrong) or "no second effect", held=not wrong
        )


def _said(answer: Answer) -> tuple[int, bytes]:
    """Without the second in which a call is asked: it stands in the addresses where the caller is heard next."""
    return answer.status, SECOND.sub(b"s=", answer.body)


def counts(target: Target) -> dict[str, int]:
    """How many rows each table holds that a message adds to."""
    with target.database.transaction() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(schema.metadata.tables[name])).scalar_one()
            for name in COUNTED
        }

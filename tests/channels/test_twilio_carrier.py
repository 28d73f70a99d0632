"""Twilio behind the port: the real library against a pretend Twilio over HTTP, its errors in our words."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import pytest

from assistant.senders import Sender
from assistant.storage.database import Database
from channels.providers.console import ConsoleCarrier
from channels.providers.errors import CarrierError, InvalidNumber, OptedOut, Refused, RetryLater, Unheard
from channels.providers.port import Carrier
from channels.providers.twilio import TwilioCarrier, translated
from tests.support.carrier import Fault
from tests.support.carrier.ledger import ACCOUNT, TOKEN
from tests.support.outgoing import BASE, LANDLINE, MOBILE, NOON, SENDER, Outgoing, outgoing

NOBODY: frozenset[str] = frozenset()


@pytest.fixture
def out(database: Database) -> Iterator[Outgoing]:
    with outgoing(database) as found:
        yield found


def test_a_message_is_sent_with_the_way_back(out: Outgoing) -> None:
    sid = out.carrier().send(MOBILE, "Bonjour", "appel 1&2")
    (sent,) = out.ledger.sent
    assert (sent.sid, sent.to, sent.sender, sent.body) == (sid, MOBILE, SENDER.text, "Bonjour")
    assert sent.callback == f"{BASE}/sms/status?key=appel+1%262"


def test_a_call_asks_the_telephone_face_what_to_say(out: Outgoing) -> None:
    sid = out.carrier().call(LANDLINE, "k")
    (sent,) = out.ledger.sent
    assert (sent.sid, sent.kind, sent.to, sent.body) == (sid, "call", LANDLINE, f"{BASE}/voice")
    assert sent.callback == f"{BASE}/voice/status?key=k"


@pytest.mark.parametrize("sender", ["38123", "Camille"])
def test_a_sender_that_cannot_ring_rings_nobody(out: Outgoing, sender: str) -> None:
    carrier = TwilioCarrier(ACCOUNT, TOKEN, Sender.of(sender), BASE, api=out.url)
    with pytest.raises(Refused):
        carrier.call(LANDLINE, "k")
    assert (out.ledger.sent, out.ledger.refused) == ([], [])


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (21610, OptedOut),
        (21211, InvalidNumber),
        (21614, InvalidNumber),
        (21408, Refused),
        (21612, Refused),
        (21617, Refused),
        (21602, Refused),
        (20003, RetryLater),
        (20429, RetryLater),
        (21606, RetryLater),
        (20500, Unheard),
    ],
)
def test_each_refusal_in_our_words(out: Outgoing, code: int, expected: type[CarrierError]) -> None:
    out.faults.append(Fault(code=code))
    with pytest.raises(CarrierError) as raised:
        out.carrier().send(MOBILE, "Bonjour", "k")
    assert type(raised.value) is expected
    assert out.ledger.sent == []


def test_a_code_that_nobody_knows_is_final(out: Outgoing) -> None:
    assert type(translated(400, 99999)) is Refused
    assert type(translated(400, None)) is Refused
    assert type(translated(401, None)) is RetryLater


def test_how_long_to_leave_it_alone(out: Outgoing) -> None:
    out.faults.append(Fault(code=20429, retry_after=90))
    with pytest.raises(RetryLater) as raised:
        out.carrier().send(MOBILE, "Bonjour", "k")
    assert raised.value.after == timedelta(seconds=90)


@pytest.mark.parametrize("fault", [Fault("dropped"), Fault("garbage"), Fault("hang", seconds=2)], ids=lambda f: f.kind)
def test_an_answer_that_was_lost_is_one_that_nobody_knows(out: Outgoing, fault: Fault) -> None:
    out.faults.append(fault)
    with pytest.raises(Unheard):
        out.carrier(timeout=0.3).send(MOBILE, "Bonjour", "k")


def test_what_never_left_is_known_not_to_have_gone(out: Outgoing) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        out.url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(RetryLater) as raised:
            out.carrier().send(MOBILE, "Bonjour", "k")
    assert not isinstance(raised.value, Unheard)


class TestFound:
    def test_an_attempt_that_went(self, out: Outgoing) -> None:
        carrier = out.carrier()
        sid = carrier.send(MOBILE, "C'est prêt", "k")
        assert carrier.found("sms", MOBILE, "C'est prêt", NOON, NOBODY) == sid

    def test_an_attempt_that_did_not(self, out: Outgoing) -> None:
        assert out.carrier().found("sms", MOBILE, "Bonjour", NOON, NOBODY) is None

    def test_it_is_neither_another_text_nor_another_telephone(self, out: Outgoing) -> None:
        carrier = out.carrier()
        carrier.send(MOBILE, "Au revoir", "k")
        carrier.send("+33639980002", "Bonjour", "k")
        carrier.call(MOBILE, "k")
        assert carrier.found("sms", MOBILE, "Bonjour", NOON, NOBODY) is None

    def test_it_is_none_of_those_that_are_known(self, out: Outgoing) -> None:
        carrier = out.carrier()
        first, second = carrier.send(MOBILE, "Bonjour", "k"), carrier.send(MOBILE, "Bonjour", "k")
        assert carrier.found("sms", MOBILE, "Bonjour", NOON, {second}) == first
        assert carrier.found("sms", MOBILE, "Bonjour", NOON, {first, second}) is None

    def test_it_is_not_an_older_one(self, out: Outgoing) -> None:
        carrier = out.carrier()
        carrier.send(MOBILE, "Bonjour", "k")
        assert carrier.found("sms", MOBILE, "Bonjour", NOON + timedelta(hours=3), NOBODY) is None

    @pytest.mark.parametrize("apart", [timedelta(seconds=90), timedelta(minutes=65)], ids=["a little", "an hour"])
    def test_clocks_that_differ_do_not_hide_it(self, out: Outgoing, apart: timedelta) -> None:
        carrier = out.carrier()
        sid = carrier.send(MOBILE, "Bonjour", "k")
        assert carrier.found("sms", MOBILE, "Bonjour", NOON + apart, NOBODY) == sid

    def test_it_is_found_behind_many_others(self, out: Outgoing) -> None:
        carrier = out.carrier()
        sid = carrier.send(MOBILE, "Bonjour", "k")
        for number in range(120):
            out.ledger.message(MOBILE, SENDER.text, f"Autre {number}")
        assert carrier.found("sms", MOBILE, "Bonjour", NOON, NOBODY) == sid

    def test_a_call(self, out: Outgoing) -> None:
        carrier = out.carrier()
        sid = carrier.call(LANDLINE, "k")
        assert carrier.found("call", LANDLINE, "", NOON, NOBODY) == sid
        assert carrier.found("call", LANDLINE, "", NOON, {sid}) is None
        assert carrier.found("call", MOBILE, "", NOON, NOBODY) is None

    def test_a_provider_that_is_away_is_not_a_no(self, out: Outgoing) -> None:
        out.url = "http://127.0.0.1:1"
        with pytest.raises(RetryLater):
            out.carrier().found("sms", MOBILE, "Bonjour", NOON, NOBODY)

    def test_nor_is_one_that_refuses_us(self, out: Outgoing) -> None:
        carrier = TwilioCarrier(ACCOUNT, "another", SENDER, BASE, api=out.url)
        with pytest.raises(RetryLater):
            carrier.found("sms", MOBILE, "Bonjour", NOON, NOBODY)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and everything that hangs on it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "fault",
    [Fault(code=21211), Fault(code=21610), Fault(code=20429), Fault(), Fault("dropped"), Fault("garbage")],
    ids=lambda fault: f"{fault.kind}-{fault.code}",
)
def test_no_error_and_no_log_holds_a_number_or_a_text(
    out: Outgoing, caplog: pytest.LogCaptureFixture, fault: Fault
) -> None:
    caplog.set_level(logging.DEBUG)
    carrier = out.carrier()
    out.faults.append(fault)
    with pytest.raises(CarrierError) as raised:
        carrier.send(MOBILE, "Bonjour", "k")
    carrier.found("sms", MOBILE, "Bonjour", NOON, NOBODY)
    out.url = "http://127.0.0.1:1"
    with pytest.raises(CarrierError) as away:
        out.carrier().found("sms", MOBILE, "Bonjour", NOON, NOBODY)
    errors = [*chain(raised.value), *chain(away.value)]
    shown = caplog.text + "".join(f"{error} {error!r} {vars(error)}" for error in errors) + repr(carrier)
    assert "39980001" not in shown
    assert "Bonjour" not in shown
    assert TOKEN not in shown


@dataclass
class Terminal:
    lines: list[str] = field(default_factory=list)


def test_the_console_shows_what_would_go_and_two_digits_of_the_number() -> None:
    terminal = Terminal()
    carrier: Carrier = ConsoleCarrier(terminal.lines.append)
    first, second = carrier.send(MOBILE, "Bonjour", "k"), carrier.call(LANDLINE, "k")
    assert first != second
    assert len(first) <= 40
    assert "Bonjour" in terminal.lines[0]
    assert "01" in terminal.lines[0]
    assert not any(part in line for line in terminal.lines for part in ("3998", "9900"))
    assert carrier.found("sms", MOBILE, "Bonjour", datetime.now(timezone.utc), NOBODY) is None

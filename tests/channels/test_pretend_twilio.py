"""The pretend Twilio is what it pretends to be: the real client library speaks to it, and its memory is right."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.support.carrier import Fault, Ledger, Served, application
from tests.support.carrier.ledger import ACCOUNT, SERVICE, TOKEN

MOBILE, LANDLINE = "+33639980001", "+33199000002"
AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


class Elsewhere(TwilioHttpClient):  # type: ignore[misc, unused-ignore]
    """The library's own HTTP client, to another host."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=5)
        self.base = base

    def request(self, method: str, url: str, *given: Any, **named: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self.base), *given, **named)


@dataclass
class Twilio:
    client: Client
    ledger: Ledger
    faults: deque[Fault] = field(default_factory=deque)

    def send(self, to: str = MOBILE, sender: str = SERVICE, body: str = "Bonjour", **more: Any) -> Any:
        return self.client.messages.create(to=to, from_=sender, body=body, **more)


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    ledger, faults = Ledger(clock=lambda: AT), deque[Fault]()
    with Served(application(ledger, faults)) as served:
        yield Twilio(Client(ACCOUNT, TOKEN, http_client=Elsewhere(served.url)), ledger, faults)


def code(error: pytest.ExceptionInfo[TwilioRestException]) -> tuple[int, int | None]:
    return error.value.status, error.value.code


def test_a_message_is_taken_and_listed(twilio: Twilio) -> None:
    sent = twilio.send(status_callback="https://camille.example/sms/status")
    assert (sent.status, sent.to, sent.direction) == ("queued", MOBILE, "outbound-api")
    assert [found.sid for found in twilio.client.messages.list(to=MOBILE)] == [sent.sid]
    assert twilio.client.messages.list(to=LANDLINE) == []
    assert twilio.ledger.sent[0].callback.endswith("/sms/status")


def test_a_call_is_taken_and_listed(twilio: Twilio) -> None:
    made = twilio.client.calls.create(to=LANDLINE, from_=SERVICE, url="https://camille.example/voice")
    assert made.start_time == AT
    assert [found.sid for found in twilio.client.calls.list(to=LANDLINE, start_time_after=AT)] == [made.sid]
    assert twilio.client.calls.list(start_time_before=AT - timedelta(seconds=1)) == []


def test_lists_are_filtered_by_date_and_come_in_pages(twilio: Twilio) -> None:
    sids = [twilio.send(body=f"numéro {index}").sid for index in range(7)]
    listed = twilio.client.messages.list(to=MOBILE, date_sent_after=AT - timedelta(minutes=1), page_size=3)
    assert [found.sid for found in listed] == sids[::-1]
    assert twilio.client.messages.list(date_sent_after=AT + timedelta(seconds=1)) == []
    assert len(twilio.client.messages.list(date_sent=AT.date(), limit=5)) == 5


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"to": "+33"}, 21211),
        ({"to": "douze"}, 21211),
        ({"to": "3422"}, 21211),
        ({"to": LANDLINE}, 21614),
        ({"to": "+14155552671"}, 21408),
        ({"sender": "+33199000099"}, 21606),
        ({"sender": "Inconnu"}, 21606),
        ({"body": "x" * 1_601}, 21617),
        ({"body": ""}, 21602),
        ({"status_callback": "pas une adresse"}, 21609),
    ],
)
def test_what_twilio_refuses(twilio: Twilio, given: dict[str, str], expected: int) -> None:
    with pytest.raises(TwilioRestException) as error:
        twilio.send(**given)
    assert code(error) == (400, expected)
    assert twilio.ledger.sent == []


def test_after_stop_nothing_goes_out_until_start(twilio: Twilio) -> None:
    twilio.ledger.heard(MOBILE, " Stop\n")
    twilio.ledger.heard(MOBILE, "start SVP")
    with pytest.raises(TwilioRestException) as error:
        twilio.send()
    assert code(error) == (400, 21610)
    # A name takes no answer, so no STOP either.
    assert twilio.send(sender="CAMILLE").sid
    twilio.ledger.heard(MOBILE, "START")
    assert twilio.send().sid


def test_a_wrong_token_is_refused(twilio: Twilio) -> None:
    twilio.ledger.token = "autre"
    with pytest.raises(TwilioRestException) as error:
        twilio.send()
    assert code(error) == (401, 20003)


def test_too_many_requests(twilio: Twilio) -> None:
    twilio.faults.append(Fault(code=20429, retry_after=7))
    with pytest.raises(TwilioRestException) as error:
        twilio.send()
    assert code(error) == (429, 20429)
    assert twilio.send().sid


@pytest.mark.parametrize("done", [False, True])
def test_a_dropped_connection_tells_nothing(twilio: Twilio, done: bool) -> None:
    twilio.faults.append(Fault("dropped", done=done))
    with pytest.raises(requests.ConnectionError):
        twilio.send()
    assert len(twilio.ledger.sent) == done


def test_a_hang_is_longer_than_patience(twilio: Twilio) -> None:
    twilio.client.http_client.timeout = 0.2
    twilio.faults.append(Fault("hang", done=True, seconds=1))
    with pytest.raises(requests.ReadTimeout):
        twilio.send()
    assert len(twilio.ledger.sent) == 1


def test_a_server_error_may_have_done_it(twilio: Twilio) -> None:
    twilio.faults.extend([Fault(done=True), Fault("garbage")])
    for _ in range(2):
        with pytest.raises(TwilioRestException) as error:
            twilio.send()
        assert error.value.status >= 500
    assert len(twilio.ledger.sent) == 1

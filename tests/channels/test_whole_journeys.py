"""An activation from the first word to its end, by SMS and by telephone, through a pretend Twilio over real HTTP.

The line is bad: webhooks arrive twice, late or not at all, answers get lost, the application is slower than the
carrier is patient, and people write two messages in a row that arrive the wrong way round.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import func, select

from assistant.privacy.pseudonyms import pseudonym
from assistant.storage import persons
from assistant.storage.schema import events, inbox
from tests.support.carrier import Caller, Ledger, Line, Mishaps, Phone, Served, over_http
from tests.support.carrier.phone import tell_status
from tests.support.faces import BASE, Face, open_face
from tests.support.walker import Walker

MOST_TURNS = 60
PATIENCE, TOO_LONG = 1.0, 1.3
BAD = {"lost": 0.03, "unheard": 0.03, "doubled": 0.05, "late": 0.05}


class Slow:
    """An application that now and then takes longer than the carrier waits, before its work or after it."""

    def __init__(self, app: Any, seed: int, share: float) -> None:
        self._app, self._chance, self._share = app, random.Random(seed), share
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        with self._lock:
            before, after = (self._chance.random() < self._share for _ in range(2))
        if before:
            time.sleep(TOO_LONG)
        answer: Iterable[bytes] = self._app(environ, start)
        if after:
            time.sleep(TOO_LONG)
        return answer


@dataclass
class Service:
    face: Face
    ledger: Ledger
    url: str

    def line(self, seed: int, **mishaps: float) -> Line:
        return Line(self.ledger, over_http(self.url, PATIENCE), BASE, Mishaps(seed, **(mishaps or BAD)))

    def place(self, number: str) -> tuple[str, str, str]:
        with self.face.conversation.database.transaction() as connection:
            person = persons.find(connection, self.address(number))
        return person.progress.journey, person.progress.step, person.progress.status

    def turns(self, number: str) -> tuple[int, int]:
        """How many turns of a number were stored, and with how many messages of the provider."""
        with self.face.conversation.database.transaction() as connection:
            person = persons.find(connection, self.address(number))
            stored = select(func.count()).where(events.c.person == person.id)
            claimed = select(func.count(inbox.c.message_id)).where(
                inbox.c.address == self.address(number), inbox.c.message_id.like("SM%")
            )
            return connection.execute(stored).scalar_one(), connection.execute(claimed).scalar_one()

    def address(self, number: str) -> str:
        return pseudonym("phone", number, self.face.settings.pseudonym_pepper)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    face = open_face(tmp_path_factory.mktemp("var"))
    with Served(Slow(face.app, seed=5, share=0.02)) as served:
        yield Service(face, Ledger(), served.url)
    face.close()


def activated_by_sms(service: Service, seed: int) -> tuple[Phone, int]:
    """Write until the end; the telephone, and how many messages it took."""
    phone = Phone(service.line(seed), f"+3363998{seed:04d}")
    walker, chance = Walker(service.face.conversation.book, "activer", "sms"), random.Random(seed)
    text, written = phone.text("Bonjour"), 1
    while written < MOST_TURNS:
        choice = walker.answer(text)
        if choice is None:
            return phone, written
        said = chance.choice([choice.key, choice.label or choice.key])
        if chance.random() < 0.05:
            # She writes her answer, then « répétez »; the second one arrives first.
            text, written = phone.texts([said, "répétez"], order=(1, 0))[-1], written + 2
        else:
            text, written = phone.text(said), written + 1
    raise AssertionError(f"not at the end after {MOST_TURNS} messages: {text}")


@pytest.mark.parametrize("seed", range(1, 4))
def test_an_activation_by_sms(service: Service, seed: int) -> None:
    phone, written = activated_by_sms(service, seed)
    journey, step, status = service.place(phone.number)
    assert (journey, status) == ("activer", "done")
    assert service.face.conversation.book.journeys["activer"].steps[step].end
    phone.line.flush()
    assert service.turns(phone.number) == (written, written)
    # One answer to one message: what keeps the ratio of messages sent to messages received at one.
    assert len(phone.received) == written


def test_many_activations_at_once(service: Service) -> None:
    with ThreadPoolExecutor(6) as pool:
        ended = list(pool.map(lambda seed: activated_by_sms(service, seed), range(100, 112)))
    for phone, written in ended:
        phone.line.flush()
        assert service.place(phone.number)[2] == "done"
        assert service.turns(phone.number) == (written, written)


@pytest.mark.parametrize("seed", range(20, 23))
def test_an_activation_by_telephone(service: Service, seed: int) -> None:
    """With keys and words, silences, hanging up half-way and calling again."""
    number = f"+3363998{seed:04d}"
    line, chance = service.line(seed), random.Random(seed)
    walker = Walker(service.face.conversation.book, "activer", "voice")
    call = Caller(line, number)
    heard, last = call.ring(), ""
    for _ in range(MOST_TURNS):
        choice = walker.answer(heard)
        if choice is None:
            break
        did = chance.choices(["key", "words", "silence", "hang up"], [60, 25, 10, 5])[0]
        if did == "silence" and last != "silence":
            heard = call.wait() or heard
        elif did == "hang up" and walker.at(heard):
            call.hang_up()
            call = Caller(line, number)
            heard = call.ring()
        elif did == "words" and choice.label:
            heard = call.speak(choice.label, 0.95)
        else:
            heard = call.press(choice.key)
        last = did
    assert walker.at(heard), heard
    assert service.place(number)[2] == "done"
    line.flush()


def test_a_journey_begun_by_telephone_ends_by_sms(service: Service) -> None:
    """The same number is the same person."""
    number = "+33639980030"
    line = service.line(30)
    walker = Walker(service.face.conversation.book, "activer", "voice")
    call = Caller(line, number)
    heard = call.ring()
    for _ in range(3):
        choice = walker.answer(heard)
        assert choice
        heard = call.press(choice.key)
    place = service.place(number)
    call.hang_up()
    phone = Phone(line, number)
    text = phone.text("Bonjour")
    assert service.place(number)[:2] == place[:2]
    assert "1 = " in text


def test_eight_copies_at_once_are_one_message(service: Service) -> None:
    """The carrier gave up waiting, and so its retries arrive together."""
    line = service.line(40, lost=0, unheard=0, doubled=0, late=0)
    phone = Phone(line, "+33639980040")
    phone.text("Bonjour")
    form = phone.form("1") | {"AccountSid": service.ledger.account, "ApiVersion": "2010-04-01"}
    together = threading.Barrier(8)
    patient = Line(service.ledger, over_http(service.url, 15), BASE)

    def post(_: int) -> bytes:
        together.wait()
        return patient.once("/sms", form, "one-token").body

    with ThreadPoolExecutor(8) as pool:
        bodies = set(pool.map(post, range(8)))
    assert len(bodies) == 1
    assert service.turns(phone.number) == (2, 2)


def test_stop_is_final_until_a_yes(service: Service) -> None:
    """Whether Twilio's own opt-out hears it first or not: at most the confirmation, then nothing."""
    phone = Phone(service.line(41), "+33639980041")
    phone.text("Bonjour")
    phone.text("STOP")
    after = len(phone.received)
    assert [phone.text("STOP"), phone.text("stop svp")] == ["", ""]
    assert len(phone.received) == after
    assert phone.arrived() == []


def test_statuses_in_any_order_are_quietly_taken(service: Service) -> None:
    line = service.line(42)
    sent = service.ledger.message("+33639980042", "+33199000001", "Bonjour", f"{BASE}/sms/status")
    for order in (("sent", "queued", "delivered", "sending"), ("delivered", "sent", "delivered", "undelivered")):
        tell_status(line, sent, order, error=30003)

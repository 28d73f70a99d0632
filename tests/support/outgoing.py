"""What goes out, over the pretend Twilio: a courier with a clock that a test turns, and carriers that die."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

from sqlalchemy import insert, select

from assistant.budget import Budget
from assistant.privacy.sealing import Sealer
from assistant.senders import Sender
from assistant.storage import outbox, reminders, schema
from assistant.storage.database import Database
from assistant.storage.outbox import Kind
from channels.outbox import Courier
from channels.providers.port import Carrier
from channels.providers.twilio import TwilioCarrier
from tests.support.carrier import Fault, Ledger, Served, application
from tests.support.carrier.ledger import ACCOUNT, TOKEN
from tests.support.killing import Killer

BASE = "https://camille.example"
SENDER = Sender.of("09 37 00 00 01")
MOBILE, LANDLINE = "+33639980001", "+33199000009"
# A Monday, at noon in Paris.
NOON = datetime(2026, 11, 23, 11, tzinfo=timezone.utc)
WORDS = "Bonjour, c'est Camille. On reprend ?"


@dataclass
class Clock:
    """Says the time that the test wants it to be."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def later(self, **gone: float) -> None:
        self.at += timedelta(**gone)


@dataclass
class Outgoing:
    """One database, one pretend Twilio, and as many couriers as are wanted."""

    database: Database
    url: str
    ledger: Ledger
    faults: deque[Fault]
    clock: Clock
    sealer: Sealer = field(default_factory=lambda: Sealer("k" * 40))
    allowed: Callable[[datetime], datetime] = lambda at: at
    words: Callable[[str], str] = lambda person: WORDS
    budget: Budget | None = None
    stopping: Callable[[], Collection[str] | None] = frozenset
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def carrier(self, timeout: float = 10.0) -> TwilioCarrier:
        return TwilioCarrier(ACCOUNT, TOKEN, SENDER, BASE, api=self.url, timeout=timeout)

    def courier(self, carrier: Carrier | None = None, database: Database | None = None) -> Courier:
        return Courier(
            database or self.database,
            self.sealer,
            carrier or self.carrier(),
            self.clock,
            words=self.words,
            allowed=self.allowed,
            budget=self.budget,
            stopping=self.stopping,
        )

    def put(
        self, text: str = "Bonjour", *, key: str = "", number: str = MOBILE, address: str = "p1_a", kind: Kind = "sms"
    ) -> str:
        """Have `text` sent now. Returns the key."""
        key = key or f"k{next(self._numbers)}"
        sealed = self.sealer.seal(number, address)
        body = self.sealer.seal(text, address) if key.startswith(outbox.INVITE) else text
        row = {"key": key, "kind": kind, "address": address, "number": sealed, "body": body}
        with self.database.transaction() as connection:
            assert outbox.put(connection, **row, due_at=self.clock(), at=self.clock())  # type: ignore[arg-type]
        return key

    def person(self, name: str = "ada") -> str:
        row = {"id": name, "version": 1, "progress": "{}", "said": "null", "seen_at": self.clock()}
        with self.database.transaction() as connection:
            connection.execute(insert(schema.persons).values(**row))
        return name

    def remind(self, person: str = "ada", *, number: str = MOBILE, address: str = "p1_a", channel: Any = "sms") -> None:
        """A reminder that is due now."""
        sealed, at = self.sealer.seal(number, address), self.clock()
        with self.database.transaction() as connection:
            reminders.put(connection, person=person, address=address, channel=channel, number=sealed, due_at=at, at=at)

    def row(self, key: str) -> Any:
        with self.database.transaction() as connection:
            return connection.execute(select(schema.outbox).where(schema.outbox.c.key == key)).one()

    def rows(self, table: str) -> list[Any]:
        with self.database.transaction() as connection:
            return connection.execute(select(schema.metadata.tables[table])).all()  # type: ignore[no-any-return]

    def bodies(self) -> list[str]:
        """The SMS that the pretend Twilio took, in their order."""
        return [sent.body for sent in self.ledger.sent if sent.kind == "sms"]


@contextmanager
def outgoing(database: Database) -> Iterator[Outgoing]:
    """Over `database`, for the length of a block."""
    clock, faults = Clock(), deque[Fault]()
    ledger = Ledger(senders=frozenset({SENDER.text}), clock=clock)
    with Served(application(ledger, faults)) as served:
        yield Outgoing(database, served.url, ledger, faults, clock)


@dataclass
class Mortal:
    """A carrier in a process that may be killed before it asks, or before it hears."""

    carrier: Carrier
    killer: Killer

    def send(self, number: str, text: str, key: str) -> str:
        return self._asked("sending", lambda: self.carrier.send(number, text, key))

    def call(self, number: str, key: str) -> str:
        return self._asked("calling", lambda: self.carrier.call(number, key))

    def found(self, kind: Kind, number: str, text: str, since: datetime, known: Collection[str]) -> str | None:
        return self._asked("looking", lambda: self.carrier.found(kind, number, text, since, known))

    def _asked(self, name: str, ask: Callable[[], Any]) -> Any:
        self.killer.step(f"before {name}")
        answer = ask()
        self.killer.step(f"after {name}")
        return answer

"""What goes out: a pretend Twilio, the worker, a clock that it believes, and what is owed to whom."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import select

from assistant.privacy.sealing import Sealer
from assistant.storage import outbox, schema
from assistant.storage.database import Database
from benchmarks.faults.house import House
from benchmarks.faults.ledger import Row
from benchmarks.faults.provider import Provider
from tests.support.carrier import Ledger, Served
from tests.support.nearby_worker import be, later

WITHIN = 120.0
# Without a word to the provider, and nothing due: the worker looks every three seconds.
QUIET = 1.5
OPEN = ("due", "sending")


@dataclass
class Post:
    """`at` is what time the worker and the provider believe it is: the faces keep their own clock."""

    house: House
    database: Database
    sealer: Sealer
    provider: Provider
    url: str
    ahead: Path
    # How many messages each number is to get in the end, no more and no less.
    owed: dict[str, int] = field(default_factory=dict)
    # How many the provider had taken for a number when it said STOP.
    stopped: dict[str, int] = field(default_factory=dict)

    def at(self) -> datetime:
        return later(self.ahead)

    def go_to(self, instant: datetime) -> None:
        """Have it be `instant`. Only while nothing is under way: a request that takes an hour is another fault."""
        be(self.ahead, (instant - datetime.now(timezone.utc)).total_seconds())

    def go_on(self, gone: timedelta) -> None:
        self.go_to(self.at() + gone)

    def put(self, number: str, key: str, body: str, *, old: timedelta = timedelta(0)) -> None:
        """Have `body` sent, as what was asked for on the telephone is, or an invitation, `old` by now."""
        address, at = self.house.address(number), self.at()
        sealed = self.sealer.seal(body, address) if key.startswith(outbox.INVITE) else body
        with self.database.transaction() as connection:
            outbox.put(
                connection,
                key=key,
                kind="sms",
                address=address,
                number=self.sealer.seal(number, address),
                body=sealed,
                due_at=at,
                at=at - old,
            )

    def worker(self) -> None:
        self.house.deployment.worker(self.url, self.ahead)

    def took(self, number: str) -> int:
        return len(self.provider.ledger.to(number))

    def rows(self, name: str, number: str = "") -> list[Any]:
        """The rows of a table, those of one number or all."""
        table = schema.metadata.tables[name]
        query = select(table).where(table.c.address == self.house.address(number)) if number else select(table)
        with self.database.transaction() as connection:
            return [*connection.execute(query)]

    def due(self) -> int:
        """How many things would leave now, or are leaving."""
        at = self.at()
        rows = [each for each in self.rows("outbox") if each.state in OPEN and each.next_at <= at]
        rows += [each for each in self.rows("reminders") if each.state == "due" and each.due_at <= at]
        return len(rows)

    def until_quiet(self) -> None:
        """Until all that is due was tried. Raises AssertionError when that takes too long."""
        end, since, before = time.monotonic() + WITHIN, time.monotonic(), self.provider.asked.total()
        while time.monotonic() - since < QUIET:
            if time.monotonic() > end:
                raise AssertionError(f"{self.due()} still due: {self.house.deployment.said('worker')[-300:]}")
            asked = self.provider.asked.total()
            if asked != before or self.provider.under_way or self.due():
                since, before = time.monotonic(), asked
            time.sleep(0.1)

    def count(self, row: Row) -> None:
        """What was lost, doubled, or said after a STOP."""
        bodies = Counter((sent.to, sent.body) for sent in self.provider.ledger.sent)
        row.doubled += sum(times - 1 for times in bodies.values())
        for number, owed in self.owed.items():
            row.lost += max(owed - self.took(number), 0)
            row.check(self.took(number) <= owed, f"{number[-4:]} got {self.took(number)} instead of {owed}")
        row.after_stop += sum(self.took(number) - before for number, before in self.stopped.items())
        left = Counter((each.state, each.tries, each.code) for each in self.rows("outbox") if each.state in OPEN)
        row.check(not left, f"in the end there still were, by state, tries and code, {dict(left)}")
        # What is told to have gone is what went, and a number is kept no longer than it is needed.
        named = {each.provider_id for each in self.rows("outbox") if each.provider_id}
        unknown = [sent for sent in self.provider.ledger.sent if sent.sid not in named]
        row.check(len(unknown) <= len(self.stopped), f"{len(unknown)} went without being known to have gone")
        row.check(not any(each.number for each in self.rows("outbox")), "a number was kept")


@contextmanager
def post(house: House) -> Iterator[Post]:
    """Over the database of the house. The worker is not started yet, and is gone when the block ends."""
    deployment = house.deployment
    secret = (deployment.folder / "secrets" / "secret_key").read_text().strip()
    ahead, database = deployment.folder / "ahead", Database(deployment.database_url)
    ahead.unlink(missing_ok=True)
    provider = Provider(Ledger(clock=lambda: later(ahead), numbers=house.line.ledger.numbers))
    try:
        with Served(provider) as served:
            yield Post(house, database, Sealer(secret), provider, served.url, ahead)
    finally:
        if "worker" in deployment.running:
            deployment.end("worker", signal.SIGKILL)
        ahead.unlink(missing_ok=True)
        database.close()

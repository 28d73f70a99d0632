"""The clock of our processes jumps: an hour forward, back, and forward again, while people write and reminders leave.

Faces and worker are started with libfaketime, which reads in a file, once a second, how far off their clock is. What
they wait for goes by another clock of the machine, which never jumps. The provider's clock is right.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from datetime import time as hour
from pathlib import Path

from assistant.reminders.hours import PARIS, allowed, instant
from benchmarks.crowd import STOP
from benchmarks.faults.house import Fault, House, NotHereError
from benchmarks.faults.ledger import Ledger, Row
from benchmarks.faults.people import Writer
from benchmarks.faults.post import OPEN, Post, post
from tests.support.nearby_worker import be

LIBRARIES, LIBRARY = Path("/usr/lib"), "*/faketime/libfaketimeMT.so.1"
# Five minutes less than an hour: after a whole one away, a part of the activation begins again, as it is to.
JUMP = timedelta(minutes=55)
NOWHERE = timedelta(0)
# Seconds: until every process has seen that it jumped; and then, while people write.
SEEN, STAYS = 1.1, 2.0
# It is noon of a day on which reminders may be written, whatever time it is: they leave within the hour.
NOON, DAY = hour(12), timedelta(days=1)
REMINDED, SOON = 6, ("Bonjour", "1", "rappelez-moi", "dans une demi-heure", "oui")
# So many answers of the provider are lost while the clock is wrong.
LOST = 3
WITHIN = 90.0


@dataclass
class Clock:
    """`file` tells how far off the processes are from the right time, `noon` and what has gone by since."""

    house: House
    post: Post
    file: Path
    numbers: list[str]

    def jump(self, off: timedelta) -> None:
        be(self.file, (self.post.at() + off - datetime.now(timezone.utc)).total_seconds())
        time.sleep(SEEN)

    def jumps(self, house: House, row: Row) -> None:
        """People are answered as ever; each reminder leaves once, though answers were lost while it was wrong."""
        out, lost = self.post, [LOST]

        def at(moment: str) -> bool:
            lost[0] -= moment == "taken"
            return moment == "taken" and lost[0] >= 0

        out.provider.at = at
        time.sleep(STAYS / 2)
        for off in (JUMP, NOWHERE, JUMP, NOWHERE):
            self.jump(off)
            time.sleep(STAYS)
        self.jump(JUMP)
        self._until(lambda: all(map(out.took, self.numbers)), "a reminder did not leave")
        self.jump(NOWHERE)
        early = len(out.provider.ledger.sent)
        stops = self.numbers[-1]
        Writer(house, Ledger(), row, stops).say(STOP)
        out.owed[stops] = out.stopped[stops] = out.took(stops)
        time.sleep(STAYS)
        self.jump(JUMP)
        self._until(lambda: not [each for each in out.rows("outbox") if each.state in OPEN], "something stays open")
        self.jump(NOWHERE)
        time.sleep(STAYS)
        row.check(lost[0] < 0, "no answer was lost")
        wrong = sum(each.received_at > out.at() + JUMP / 2 for each in out.rows("inbox"))
        row.check(wrong > 0, "nobody wrote while the clock was wrong")
        row.notes.append(
            f"while it was wrong {wrong} messages came and {early} reminders left; {LOST} answers to these were lost"
        )
        out.count(row)
        house.ready()

    def _until(self, done: Callable[[], bool], otherwise: str) -> None:
        end = time.monotonic() + WITHIN
        while not done():
            if time.monotonic() > end:
                raise AssertionError(otherwise)
            time.sleep(0.2)


@contextmanager
def another_clock(house: House) -> Iterator[Fault]:
    """Faces and worker whose clock may jump, people to be reminded. Raises NotHereError without libfaketime."""
    found = sorted(LIBRARIES.glob(LIBRARY))
    if not found:
        raise NotHereError("libfaketime is not installed here (Debian: apt-get install faketime)")
    with post(house) as out:
        out.go_to(_noon())
        clock = Clock(house, out, house.deployment.folder / "clock", [house.number() for _ in range(REMINDED)])
        clock.jump(NOWHERE)
        given = {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(clock.file),
            # Read anew each second. At each look at the clock, of which threads that wait for one another make
            # thousands, a face would do nothing else.
            "FAKETIME_CACHE_DURATION": "0",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
        try:
            _faces(house, **given)
            for number in clock.numbers:
                for body in SOON:
                    Writer(house, Ledger(), Row("before"), number).say(body)
            out.owed = dict.fromkeys(clock.numbers, 1)
            house.deployment.worker(out.url, clock.file.with_suffix(".none"), **given)
            yield clock.jumps
        finally:
            _faces(house)


def _faces(house: House, **given: str) -> None:
    for number, _ in enumerate(house.deployment.faces):
        house.deployment.end(f"channels-{number}", signal.SIGTERM)
        house.deployment.face(number, **given)
    house.ready()


def _noon() -> datetime:
    day = datetime.now(PARIS).date() + DAY
    while (noon := instant(day, NOON)) != allowed(noon):
        day += DAY
    return noon


PLACED = {"clock jumps": another_clock}

"""The worker is killed with -9 while it sends: as it asks, once the provider took, as it hears the answer, whenever."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from datetime import timedelta
from threading import Timer

from benchmarks.crowd import STOP
from benchmarks.faults.house import House
from benchmarks.faults.ledger import Ledger, Row
from benchmarks.faults.people import Writer
from benchmarks.faults.post import Post, post
from channels.outbox import LEASE

# "asked": the request is lost with who made it. "taken": only the answer is. "answered": it is heard, and what became
# of it may not be noted any more. "whenever": while a round is under way.
MOMENTS = ("asked", "taken", "answered", "whenever")
TIMES, WAITING = 3, 12  # each moment, and what there is to send then
HEARD, ROUND = 0.02, 0.6  # seconds: until what is heard is noted; that a round of so many takes
DIES_WITHIN = 60.0


class Death:
    """Told by the provider where it stands, kills the worker at one moment of one request, once."""

    def __init__(self, out: Post, moment: str, chance: random.Random) -> None:
        self._out, self._moment, self._chance = out, moment, chance
        self._left = 1 if moment == "whenever" else chance.randint(1, WAITING // 2)

    def __call__(self, moment: str) -> bool:
        """Whether the request is lost."""
        meant = {"answered": "taken", "whenever": "asked"}.get(self._moment, self._moment)
        if moment != meant:
            return False
        self._left -= 1
        if self._left == 0:
            wait = {"answered": HEARD, "whenever": ROUND}.get(self._moment, 0.0)
            if not wait:
                self._kill()
                return True
            Timer(self._chance.uniform(0, wait), self._kill).start()
        return False

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._out.house.deployment.running["worker"].pid, signal.SIGKILL)


def worker_killed(house: House, ledger: Ledger, row: Row) -> None:
    """Another one is started each time, once the lease of what the last one held is over. Some say STOP in between."""
    chance = random.Random(13)
    with post(house) as out:
        for moment in MOMENTS * TIMES:
            numbers = [house.number() for _ in range(WAITING)]
            out.owed |= dict.fromkeys(numbers, 1)
            for number in numbers:
                out.put(number, f"text:{number}", f"Votre étape {number[-4:]}")
            out.provider.at = Death(out, moment, chance)
            out.worker()
            row.check(_died(house), f"it was not killed ({moment})")
            stops = numbers[-1]
            Writer(house, ledger, row, stops).say(STOP)
            out.owed[stops] = out.stopped[stops] = out.took(stops)
            out.go_on(LEASE + timedelta(seconds=1))
        out.provider.at = lambda _: False
        out.worker()
        out.until_quiet()
        row.people = len(out.owed)
        looked = out.provider.asked["GET"]
        row.check(looked > 0, "nothing was looked up: was it killed in between?")
        row.notes.append(
            f"killed {len(MOMENTS) * TIMES} times; {looked} times the provider was asked what became of one"
        )
        out.count(row)


def _died(house: House) -> bool:
    """Wait for the worker to be killed; false when it goes on."""
    process, end = house.deployment.running["worker"], time.monotonic() + DIES_WITHIN
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    if process.poll() != -signal.SIGKILL:
        return False
    house.deployment.running.pop("worker")
    return True

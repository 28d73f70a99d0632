"""Waits out a database that is away for a moment, so that nobody notices; a longer outage is told at once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy.exc import DBAPIError

from assistant.errors import DatabaseAwayError
from assistant.storage.patience import passes

# Seconds from the first try that failed, of all: whoever comes later is not made to wait as long again. One try of a
# frozen database, which takes longer than this, is enough for somebody who hears nothing meanwhile.
PATIENCE = 3.0
PAUSES = (0.1, 0.4)
# A frozen database costs whoever asks it four seconds. While it is away one at a time does; others wait this long for
# what that one finds. Every thread of the process would wait there, and nobody would hear a word.
TURN_TO_ASK = 0.5
# What just failed is not asked at once again: a page asks several times, and each would take as long.
JUST_NOW = 1.0


class Outage:
    """One a process. `clock` gives seconds; tests have their own."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._since: float | None = None
        self._failed = 0.0
        self._lock, self._asking = Lock(), Lock()

    def wait(self) -> Wait:
        """How long one turn waits: as long as the outage lasts, and no longer than `PATIENCE` of its own."""
        return Wait(self)

    @contextmanager
    def ask(self) -> Iterator[None]:
        """A block that asks the database.

        Raises DatabaseAwayError for one that is away when somebody else is asking it, or did just now.
        """
        if not self._long():
            yield
            return
        if self._clock() - self._failed < JUST_NOW or not self._asking.acquire(timeout=TURN_TO_ASK):
            raise DatabaseAwayError("the database has been away for some seconds")
        try:
            yield
        finally:
            self._asking.release()

    def over(self) -> None:
        """The database answered."""
        self._since = None

    def failed(self, tried: float) -> float:
        """It did, now. When the first such try since it answered last was begun: `tried`, when this is the first."""
        with self._lock:
            self._failed = self._clock()
            if self._since is None:
                self._since = tried
            return self._since

    def now(self) -> float:
        return self._clock()

    def _long(self) -> bool:
        since = self._since
        return since is not None and self._clock() - since > PATIENCE

    def pause(self, since: float) -> bool:
        """Sleep a little, unless it has been too long since `since`."""
        if self._clock() - since > PATIENCE:
            return False
        self._sleep(random.uniform(*PAUSES))  # noqa: S311 - only to part those who try together
        return True


class Wait:
    """What one turn has waited. Others may be answered meanwhile: the outage is over for them, not for it."""

    def __init__(self, outage: Outage) -> None:
        self._outage, self._tried = outage, outage.now()
        self._since: float | None = None

    def again(self, error: DBAPIError) -> bool:
        """Whether it is worth trying again, after a pause that this makes."""
        begun = self._outage.failed(self._tried)
        self._since = begun if self._since is None else min(begun, self._since)
        going = passes(error) and self._outage.pause(self._since)
        self._tried = self._outage.now()
        return going

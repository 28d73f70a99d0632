"""Waits out a database that is away for a moment, so that nobody notices; a longer outage is told at once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from assistant.errors import DatabaseAwayError, PepperError
from assistant.storage.patience import hangs, is_away, passes

# What asking a database that cannot answer for people now raises, to whoever asks outside of a turn.
AWAY = (SQLAlchemyError, DatabaseAwayError, PepperError)
# Seconds from the first failure of all: whoever comes later is not made to wait as long again.
PATIENCE = 3.0
PAUSES = (0.1, 0.4)
# A frozen database costs whoever asks it three or four seconds, and one try of it is enough. While it is away one at a
# time asks; others wait this long for what that one finds. Every thread of the process would wait there, and nobody
# would hear a word.
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

    def failed(self, *, hangs: bool) -> float:
        """It is away, now; the moment of the first failure since it answered last. One that hangs was waited for."""
        now = self._clock()
        with self._lock:
            self._failed = now
            if self._since is None:
                self._since = now
            if hangs:
                self._since = min(self._since, now - PATIENCE - 1)
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
        self._outage = outage
        self._since: float | None = None

    def again(self, error: DBAPIError) -> bool:
        """Whether it is worth trying again, after a pause that this makes."""
        begun = self._outage.failed(hangs=hangs(error)) if is_away(error) else self._outage.now()
        self._since = begun if self._since is None else min(begun, self._since)
        return passes(error) and self._outage.pause(self._since)

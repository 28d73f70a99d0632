"""Waits out a database that is away for a moment, so that nobody notices; a longer outage is told at once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from threading import Lock

from sqlalchemy.exc import DBAPIError

from assistant.storage.patience import passes

# Seconds from the first failure of all: whoever comes later is not made to wait as long again.
PATIENCE = 3.0
PAUSES = (0.1, 0.4)


class Outage:
    """One a process. `clock` gives seconds; tests have their own."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._since: float | None = None
        self._lock = Lock()

    def waited(self, error: DBAPIError) -> bool:
        """Whether it is worth trying again, after a pause that this makes."""
        with self._lock:
            if self._since is None:
                self._since = self._clock()
            since = self._since
        if not passes(error) or self._clock() - since > PATIENCE:
            return False
        self._sleep(random.uniform(*PAUSES))  # noqa: S311 - only to part those who try together
        return True

    def over(self) -> None:
        """The database answered."""
        self._since = None

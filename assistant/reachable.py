"""Who may be told by SMS that something broke: whoever was seen here lately, not stopped. Everybody else may have said
STOP, and nothing is said to them while the database cannot tell.

It is never what a message of ours is sent by: for that, only the database knows.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import Protocol

LIFE = 3_600.0  # seconds
MOST_KEPT = 20_000


class Reachable(Protocol):
    """By pseudonym. Unsure is no."""

    def keep(self, address: str) -> None:
        """The database said that this address is not stopped."""

    def drop(self, address: str) -> None:
        """This address is about to be stopped, or is."""

    def has(self, address: str) -> bool:
        """Whether it was kept lately, and not dropped since."""


class ReachableHere:
    """In the memory of this process: right where one process serves everybody."""

    def __init__(self) -> None:
        self._kept: dict[str, float] = {}
        self._lock = Lock()

    def keep(self, address: str) -> None:
        with self._lock:
            self._kept.pop(address, None)
            self._kept[address] = time.monotonic() + LIFE
            while len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))

    def drop(self, address: str) -> None:
        with self._lock:
            self._kept.pop(address, None)

    def has(self, address: str) -> bool:
        with self._lock:
            return self._kept.get(address, 0.0) > time.monotonic()

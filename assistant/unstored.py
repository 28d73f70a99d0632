"""A STOP that the database could not take is taken again until it can: nobody has to say it twice.

In memory, and on a shelf that processes share where there is one: when a process ends first, the next one takes what it
left. Without a shelf, what is left then is the provider's own list, which hears the word STOP too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Protocol

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from assistant.errors import DatabaseAwayError, PepperError
from assistant.storage.patience import is_away
from assistant.turns import Turn

log = logging.getLogger("camille")

EVERY = 2.0  # seconds
LAST = 5.0  # seconds: how long an ending process gives the last try
MOST_KEPT = 10_000


class Shelf(Protocol):
    """Where turns outlive the process that heard them. Never raises: a shelf that is away holds nothing."""

    def put(self, turn: Turn) -> None:
        """Have `turn` found by every process, until it is taken away."""

    def take_away(self, turn: Turn) -> None:
        """It is stored."""

    def left(self) -> list[Turn] | None:
        """All that is there; None when nobody can tell."""


class Unstored:
    """`store` takes a turn, and raises as long as it cannot. The same turn twice is one."""

    def __init__(self, store: Callable[[Turn], object]) -> None:
        self._store = store
        self._kept: dict[tuple[str, str], Turn] = {}
        self._lock, self._over = Lock(), Event()
        self._thread: Thread | None = None
        self._shelf: Shelf | None = None

    def share(self, shelf: Shelf) -> None:
        """From now on what is kept is on `shelf` too; what another process left there is kept here."""
        self._shelf = shelf
        for turn in shelf.left() or ():
            self._keep(turn)

    def keep(self, turn: Turn) -> None:
        """Have `turn` stored as soon as it can be."""
        if self._shelf:
            self._shelf.put(turn)
        self._keep(turn)

    def has(self, turn: Turn) -> bool:
        """Whether it waits here."""
        return (turn.provider, turn.message_id) in self._kept

    def take_left(self) -> frozenset[str] | None:
        """Store all that is on the shelf, now: to be called before something is sent.

        The addresses whose STOP waits all the same; None when nobody can tell. Raises what storing raises when the
        database is away.
        """
        turns = self._shelf.left() if self._shelf else []
        if turns is None:
            return None
        return frozenset(turn.address for turn in turns if not self._stored(turn))

    def _keep(self, turn: Turn) -> None:
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                return
            self._kept[turn.provider, turn.message_id] = turn
            if self._thread is None:
                self._thread = Thread(target=self._work, name="unstored", daemon=True)
                self._thread.start()

    def _stored(self, turn: Turn) -> bool:
        """Store it. False, and a line in the log, for what only prevents this one. Raises what prevents any."""
        try:
            self._store(turn)
        except Exception as error:
            log.error("A STOP could not be stored yet: %s", type(error).__name__)
            if prevents_all(error):
                raise
            return False
        if self._shelf:
            self._shelf.take_away(turn)
        return True

    def close(self) -> None:
        """Try a last time, now, and end. What is kept afterwards is never tried."""
        self._over.set()
        with self._lock:
            thread = self._thread
        if thread:
            thread.join(LAST)

    @property
    def waiting(self) -> int:
        return len(self._kept)

    def _work(self) -> None:
        while True:
            over = self._over.wait(EVERY)
            for name, turn in list(self._kept.items()):
                try:
                    stored = self._stored(turn)
                except Exception:
                    break  # the others could not be stored either
                if stored:
                    with self._lock:
                        self._kept.pop(name, None)
            with self._lock:
                if over or not self._kept:
                    self._thread = None
                    return


def prevents_all(error: Exception) -> bool:
    """Whether nothing at all could be stored just now, and not this turn alone."""
    return isinstance(error, (DatabaseAwayError, PepperError, PoolTimeout)) or (
        isinstance(error, DBAPIError) and is_away(error)
    )

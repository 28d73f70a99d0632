"""Content that follows its files: what a writer changes is said from the next turn on, with nothing to start again."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from assistant.errors import ContentError

log = logging.getLogger("camille")
# What is read, and not learnt, of data/: see `Book` and `Lexicon`.
WATCHED = (
    "sources.yml",
    "domain/*.yml",
    "answers/*.yml",
    "journeys/*.yml",
    "leaflets/*.yml",
    "lexicon/*.yml",
    "practice/*.yml",
)
EVERY = 1.0  # seconds: a writer does not wait, and a busy service does not look at forty files each turn
Print = frozenset[tuple[str, int, int]]


class Fresh:
    """Calls `read_again` when a file of `data` that is `watched` changed and nobody holds the content.

    `read_again` raises ContentError and changes nothing when a file is broken: the last good content stays, and the
    writer is told once. `changed_at` is when the newest file of the content in use was saved, an aware UTC time; None
    until a change was taken.
    """

    def __init__(
        self,
        data: Path,
        read_again: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
        watched: Sequence[str] = WATCHED,
    ) -> None:
        self._data = data
        self._watched = watched
        self._read_again = read_again
        self._clock = clock
        self._lock = threading.Lock()
        self._holders = 0
        self._seen = self._print()
        self._next = clock() + EVERY
        self.changed_at: datetime | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Within, content does not change. A turn is thought over in several threads: a copy of its own is no help."""
        with self._lock:
            if not self._holders and self._clock() >= self._next:
                self._look()
                self._next = self._clock() + EVERY
            self._holders += 1
        try:
            yield
        finally:
            with self._lock:
                self._holders -= 1

    def _look(self) -> None:
        there = self._print()
        if there == self._seen:
            return
        self._seen = there
        try:
            self._read_again()
        except ContentError as error:
            first, *rest = str(error).splitlines()
            more = f" (Et {len(rest)} autre(s) : camille check.)" if rest else ""
            log.warning("%s%s Les textes d'avant restent en place.", first, more)
        else:
            saved = max((state for _, state, _ in there), default=0)
            # A file may come from a machine whose clock is ahead.
            self.changed_at = datetime.fromtimestamp(min(saved / 1e9, time.time()), timezone.utc)
            log.warning("Les textes ont changé : ils sont relus.")

    def _print(self) -> Print:
        """What tells one state of the files from another: names, times and sizes."""
        found = set()
        for path in (path for pattern in self._watched for path in self._data.glob(pattern)):
            try:
                state = path.stat()
            except OSError:  # taken away between two looks: an editor saves by renaming
                continue
            found.add((path.as_posix(), state.st_mtime_ns, state.st_size))
        return frozenset(found)

"""Who is served next: first come, first served, but nobody fills the line alone."""

from __future__ import annotations

from collections import Counter, deque
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Line(Generic[T]):
    """Of one origin at most `most` stand in the line. Its others wait aside: each steps in when one of theirs is taken.

    So whoever comes from elsewhere has at most `most` of each origin before her, however many one of them sent. One
    that has no more than that waiting (a carrier, a hospital behind one address) is served in the order of arrival.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._line: deque[tuple[str, T]] = deque()
        self._standing: Counter[str] = Counter()
        self._aside: dict[str, deque[T]] = {}
        self._lock = Lock()

    def join(self, origin: str, one: T) -> None:
        with self._lock:
            if self._standing[origin] < self._most:
                self._standing[origin] += 1
                self._line.append((origin, one))
            else:
                self._aside.setdefault(origin, deque()).append(one)

    def take(self) -> T:
        """Whose turn it is. Raises IndexError when nobody waits."""
        with self._lock:
            origin, one = self._line.popleft()
            aside = self._aside.get(origin)
            if aside:
                self._line.append((origin, aside.popleft()))
                if not aside:
                    del self._aside[origin]
            else:
                self._standing[origin] -= 1
                if not self._standing[origin]:
                    del self._standing[origin]
            return one

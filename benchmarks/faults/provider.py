"""A provider that is down in every way that one can be, or that has the worker killed while it is asked."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import count
from threading import Lock
from typing import Any

from tests.support.carrier import Ledger, application
from tests.support.carrier.serving import drop

# Longer than it is waited for. Seldom: the worker asks for one thing at a time.
HANGS, ONE_IN = 11.0, 12
# (status, type, body), and how many seconds are asked for; a dropped connection tells nothing.
DOWN = (
    ("503 Service Unavailable", "application/json", b'{"code": 20503, "status": 503}'),
    ("502 Bad Gateway", "text/html", b"<html>Bad Gateway</html>"),
    ("429 Too Many Requests", "application/json", b'{"code": 20429, "status": 429}'),
    ("200 OK", "application/json", b"{"),
)
Moment = Callable[[str], bool]


def goes_on(_moment: str) -> bool:
    return False


class Provider:
    """Stands before the pretend Twilio, a WSGI application. While it is `down`, nobody hears a right answer.

    Of what was posted since it fell, it still took the first `taken`. `at` is told when it is "asked" and when it has
    "taken" or looked up, before the answer leaves; where it says so, the request is lost there.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._app: Any = application(ledger)
        self.down, self.taken = False, 0
        self.at: Moment = goes_on
        # How many requests of each method came, and how many of them have no answer yet.
        self.asked, self.under_way = Counter[str](), 0
        self._ways, self._lock = count(), Lock()

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        with self._lock:
            self.asked[environ["REQUEST_METHOD"]] += 1
            self.under_way += 1
        try:
            return self._down(environ, start) if self.down else self._well(environ, start)
        finally:
            with self._lock:
                self.under_way -= 1

    def _well(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if self.at("asked"):
            drop(environ)
            start("500 Lost", [])
            return []
        told = [*self._app(environ, start)]
        if self.at("taken"):
            drop(environ)
        return told

    def _down(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST" and self.taken > 0:
            self.taken -= 1
            list(self._app(environ, lambda *_: None))
        way = next(self._ways)
        if way % ONE_IN == ONE_IN - 1:
            time.sleep(HANGS)
        if way % (len(DOWN) + 1) == 0:
            drop(environ)
        status, kind, body = DOWN[way % len(DOWN)]
        start(status, [("Content-Type", kind), ("Content-Length", str(len(body))), ("Retry-After", "20")])
        return [body]

"""An understanding service that breaks in the way that it is told to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from tests.support.carrier.serving import drop

RUBBISH = (b"", b"[]", b"null", b"{", b'{"reply": 3}', b'{"reply": {}, "act": "stop", "progress": {}}', b"<html>")
Answer = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Breaking:
    """Stands before the service that understands, and breaks in the way that `mode` says; "" lets all through."""

    def __init__(self) -> None:
        self.app: Answer | None = None
        self.mode = ""
        self.asked = 0

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        looked_at = environ["PATH_INFO"] == "/readyz" and self.mode not in ("gone", "away")
        if self.app and (looked_at or not self.mode):
            return self.app(environ, start)
        self.asked += 1
        if self.mode == "gone":
            drop(environ)
        elif self.mode == "slow":
            time.sleep(10)
        told = b"" if self.mode != "rubbish" else RUBBISH[self.asked % len(RUBBISH)]
        status = {"rubbish": "200 OK", "away": "503 Away"}.get(self.mode, "200 OK")
        start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(told)))])
        return [told]

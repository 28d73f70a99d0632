"""Serves an application over real HTTP: a thread, a port that the system chose, gone at the end of the block."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any

from werkzeug.serving import make_server

App = Callable[..., Iterable[bytes]]


class Served:
    """`app`, at `url`, a thread a request. A BaseException in it drops the connection, as a killed process does."""

    def __init__(self, app: App) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = make_server("127.0.0.1", 0, _dropping(app), threaded=True)
        # A hanging request must not keep the tests from ending.
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Served:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


def drop(environ: dict[str, Any]) -> None:
    """Close the connection of this request without a word."""
    with suppress(OSError):
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)


def _dropping(app: App) -> App:
    def call(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        try:
            return app(environ, start)
        except Exception:
            raise
        except BaseException:
            drop(environ)
            start("500 Killed", [])
            return []

    return call

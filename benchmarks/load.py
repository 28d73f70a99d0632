"""The people who write: HTTP clients in a process of their own, so that measuring takes nothing from the measured.

The process reads one JSON line a job (what to send, one list a client) and writes one JSON line of answers.
Connections are kept alive within a job; each of a client's requests waits for the answer to the one before.
"""

from __future__ import annotations

import http.client
import json
import math
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.service import BenchError

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60


@dataclass(frozen=True)
class Request:
    """A POST, complete: making it and signing it is not timed. `pause`: seconds that the client waits before it."""

    path: str
    body: str
    headers: dict[str, str]
    pause: float = 0.0


@dataclass(frozen=True)
class Answer:
    """`ms` from the first byte sent to the last one received. `status` 0 is no answer at all."""

    ms: float
    status: int
    body: str


class Load:
    """The other process. Use as a context."""

    def __enter__(self) -> Load:
        self._process: subprocess.Popen[str] = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def turns(self, port: int, requests: Sequence[Request]) -> list[Answer]:
        """One client, one request after the other."""
        return self.together(port, [requests])[1][0]

    def together(self, port: int, clients: Sequence[Sequence[Request]]) -> tuple[float, list[list[Answer]]]:
        """Several clients at once: seconds until the last one is done, and the answers to each."""
        job = {"port": port, "clients": [[vars(request) for request in requests] for requests in clients]}
        to, back = self._process.stdin, self._process.stdout
        line = ""
        if to and back:
            to.write(json.dumps(job) + "\n")
            to.flush()
            line = back.readline()
        if not line:
            raise BenchError("The clients' process stopped.")
        done: dict[str, Any] = json.loads(line)
        return float(done["seconds"]), [[Answer(*answer) for answer in answers] for answers in done["clients"]]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of `values` do not exceed (nearest rank, nothing interpolated)."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def _serve_jobs() -> None:
    for line in sys.stdin:
        job = json.loads(line)
        answers: list[list[tuple[float, int, str]]] = [[] for _ in job["clients"]]
        gate = threading.Barrier(len(answers) + 1)
        threads = [
            threading.Thread(target=_client, args=(job["port"], requests, into, gate), daemon=True)
            for requests, into in zip(job["clients"], answers, strict=True)
        ]
        for thread in threads:
            thread.start()
        gate.wait()
        begun = time.perf_counter()
        for thread in threads:
            thread.join()
        print(json.dumps({"seconds": time.perf_counter() - begun, "clients": answers}), flush=True)


def _client(
    port: int, requests: Sequence[dict[str, Any]], into: list[tuple[float, int, str]], gate: threading.Barrier
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    # Opening a connection is not part of a turn. When it fails, each request tries again, and tells.
    with suppress(OSError):
        connection.connect()
    gate.wait()
    for request in requests:
        body = request["body"].encode()
        if request["pause"]:
            connection.close()  # the server would close it meanwhile; opening it anew is then part of the turn
            time.sleep(request["pause"])
        begun = time.perf_counter()
        try:
            connection.request("POST", request["path"], body, request["headers"])
            response = connection.getresponse()
            said, status = response.read().decode(), response.status
        except (OSError, http.client.HTTPException):
            connection.close()
            said, status = "", 0
        into.append(((time.perf_counter() - begun) * 1000, status, said))
    connection.close()


if __name__ == "__main__":
    _serve_jobs()

"""A Redis of a test's own, on a free port, which can be taken away."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as NotThere


@dataclass
class RedisServer:
    """`url` for REDIS_URL. `stop` as if the machine were unplugged."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def names(self) -> list[str]:
        """The names of all that is kept there."""
        return [key.decode() for key in Redis.from_url(self.url).keys("*")]


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """Skips the test that asks when this machine has no Redis."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed here")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    server = RedisServer(f"redis://127.0.0.1:{port}/0", process)
    try:
        for _ in range(100):
            try:
                with Redis.from_url(server.url) as client:
                    client.ping()
                break
            except NotThere:
                time.sleep(0.05)
        yield server
    finally:
        server.stop()

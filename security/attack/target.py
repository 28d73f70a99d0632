"""The service under attack: the real process on a port of this machine, with real secrets, as behind one proxy."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from assistant.settings import ROOT, Settings, read_settings
from assistant.storage.database import Database

BASE = "https://camille.example"
EMBEDDER = "https://mairie.example"
# Nobody understands there: danger, STOP, choices and codes are decided before, and a model takes its time to load.
NOWHERE = "http://127.0.0.1:9"
STARTS_WITHIN, ENDS_WITHIN = 120.0, 20.0


@dataclass(frozen=True)
class Target:
    """`base` is the address that people see, `port` where the process listens. `log` is all that it said."""

    port: int
    base: str
    settings: Settings
    database: Database
    log: Path
    secrets: Mapping[str, str] = field(repr=False)


@contextmanager
def served(folder: Path, **given: str) -> Iterator[Target]:
    """Start `camille serve` over `folder`, and end it. `given` are more variables, DATABASE_URL and such.

    With a model of its own where `UNDERSTANDING_URL` is given as "".
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: secrets.token_urlsafe(32) for name in ("SECRET_KEY", "PSEUDONYM_PEPPER", "METRICS_TOKEN")}
    kept["TWILIO_AUTH_TOKEN"] = secrets.token_hex(16)
    environment = {
        "CAMILLE_VAR": str(folder / "var"),
        "PORT": str(port),
        "PUBLIC_BASE_URL": BASE,
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_SENDER": "38123",
        "EMBED_ORIGINS": EMBEDDER,
        "UNDERSTANDING_URL": NOWHERE,
        "UNDERSTANDING_KEY": secrets.token_urlsafe(32),
        **kept,
        **given,
    }
    if not environment["UNDERSTANDING_URL"]:
        environment = {name: value for name, value in environment.items() if not name.startswith("UNDERSTANDING")}
    settings = read_settings(environment, keeping=False)
    log = folder / "log"
    with log.open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "channels.cli", "serve"],
            cwd=ROOT,
            env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
            | {"SQLALCHEMY_SILENCE_UBER_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"}
            | environment,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
        )
    try:
        _wait(process, port, log, "/healthz" if "UNDERSTANDING_URL" in environment else "/readyz")
        database = Database(settings.database_url)
        yield Target(port, BASE, settings, database, log, kept)
        database.close()
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(ENDS_WITHIN)
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path, path: str) -> None:
    """Until `path` is answered with 200. Raises RuntimeError with what the process said."""
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as asked:
            asked.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            if asked.recv(100).startswith(b"HTTP/1.1 200"):
                return
        time.sleep(0.1)
    raise RuntimeError(log.read_text(encoding="utf-8", errors="replace")[-2000:])

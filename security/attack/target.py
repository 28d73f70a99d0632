"""The service under attack: the real processes on ports of this machine, with real secrets, as behind one proxy."""

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
STARTS_WITHIN, ENDS_WITHIN = 180.0, 20.0


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
    port = _free_port()
    kept = {
        **{name: secrets.token_urlsafe(32) for name in ("SECRET_KEY", "PSEUDONYM_PEPPER", "METRICS_TOKEN")},
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "PSC_CLIENT_SECRET": secrets.token_urlsafe(32),
        "UNDERSTANDING_KEY": secrets.token_urlsafe(32),
    }
    environment = {
        "CAMILLE_VAR": str(folder / "var"),
        "PORT": str(port),
        "PUBLIC_BASE_URL": BASE,
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_SENDER": "38123",
        "EMBED_ORIGINS": EMBEDDER,
        "REVIEW_FILE": str(folder / "review" / "nlu.yml"),
        # Nothing is asked of it before somebody comes back from it with a state of ours, which nobody does here.
        "PSC_ISSUER": "bac-a-sable",
        "PSC_CLIENT_ID": "camille",
        "UNDERSTANDING_URL": NOWHERE,
        **kept,
        **given,
    }
    ready = "/readyz" if environment["UNDERSTANDING_URL"] != NOWHERE else "/healthz"
    with _started("serve", folder / "log", environment, port, ready) as settings:
        database = Database(settings.database_url)
        known = {name: environment[name] for name in kept if environment[name]}
        yield Target(port, BASE, settings, database, folder / "log", known)
        database.close()


@contextmanager
def understood(folder: Path) -> Iterator[Target]:
    """Start `camille understand`, for others that have its key, and end it."""
    port, key = _free_port(), secrets.token_urlsafe(32)
    environment = {
        "CAMILLE_VAR": str(folder / "understanding"),
        "UNDERSTANDING_BIND": f"127.0.0.1:{port}",
        "UNDERSTANDING_KEY": key,
    }
    with _started("understand", folder / "understanding.log", environment, port, "/readyz") as settings:
        base = f"http://127.0.0.1:{port}"
        database = Database(settings.database_url)
        yield Target(port, base, settings, database, folder / "understanding.log", {"UNDERSTANDING_KEY": key})
        database.close()


@contextmanager
def _started(command: str, log: Path, given: Mapping[str, str], port: int, ready: str) -> Iterator[Settings]:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"SQLALCHEMY_SILENCE_UBER_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    with log.open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "channels.cli", command],
            cwd=ROOT,
            env=environment | {name: value for name, value in given.items() if value},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
        )
    try:
        _wait(process, port, log, ready)
        # With the secrets of the process, or what is made here for it would be found by nobody.
        kept = {name: value for name, value in given.items() if value}
        yield read_settings(kept, keeping=command == "serve")
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(ENDS_WITHIN)
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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

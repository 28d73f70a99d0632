"""The processes of docker/compose.yml on this machine: the same commands and variables, behind nginx, with TLS.

What compose gives by name (channels, assistant, postgres, redis) is here a port of this machine; secrets are files.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
import yaml

from assistant.settings import ROOT
from tests.support import postgres
from tests.support.faces import TOKEN
from tests.support.nginx import DOCKER, free_port, nginx, start

READY_WITHIN = 180.0
ENDS_WITHIN = 30.0


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@dataclass
class Deployment:
    """What runs. `url` is nginx's, in https; `certificate` is what its callers must trust."""

    folder: Path
    url: str
    certificate: Path
    database_url: str
    faces: list[int]
    minds: list[int]
    # What the faces, the worker and the migration run on. The assistant needs Rasa, and so this very Python.
    python: str = sys.executable
    redis_port: int = 0
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, service: str, *instead: str, **changed: str) -> None:
        """Start `service` of the compose file as `name`, with its variables and its command, or a module `instead`."""
        found = _services()[service]
        python = sys.executable if service == "assistant" else self.python
        command = [python, "-W", "ignore", "-m", *(instead or ("channels.cli", *found["command"]))]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment(service, name) | changed,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def face(self, number: int, **changed: str) -> None:
        """Start the face of that number, with a Twilio account as in production. Each asks one of the minds."""
        mind = self.minds[number % len(self.minds)]
        self.start(
            f"channels-{number}",
            "channels",
            PORT=str(self.faces[number]),
            UNDERSTANDING_URL=f"http://127.0.0.1:{mind}",
            **self._account() | changed,
        )

    def worker(self, twilio: str, ahead: Path, **changed: str) -> None:
        """Start the worker, with the same account. Twilio is at `twilio`; `ahead`: tests/support/nearby_worker.py."""
        module = ("tests.support.nearby_worker", twilio, str(ahead))
        self.start("worker", "worker", *module, **self._account() | changed)

    def _account(self) -> dict[str, str]:
        return {
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN_FILE": str(self.folder / "secrets" / "twilio_auth_token"),
            "TWILIO_SENDER": "38123",
        }

    def redis(self) -> None:
        """Start Redis, or start it again, empty."""
        binary = shutil.which("redis-server")
        if not binary:
            pytest.skip("redis-server is not installed here")
        _start_redis(self, binary, self.redis_port, (self.folder / "secrets" / "redis_password").read_text())

    def environment(self, service: str, name: str) -> dict[str, str]:
        """The variables of the service as Compose would fill them in, and nothing of this machine's."""
        given = {
            key: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))
            for key, value in _services()[service].get("environment", {}).items()
        }
        placed = {key: value.replace("/run/secrets", str(self.folder / "secrets")) for key, value in given.items()}
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        image = {"CAMILLE_VAR": str(self.folder / name), "PYTHONDONTWRITEBYTECODE": "1"}
        return {**kept, **image, "SQLALCHEMY_SILENCE_UBER_WARNING": "1", **placed}

    def end(self, name: str, how: signal.Signals = signal.SIGTERM) -> int:
        """End a process as an engine does: told, or killed with all that it started. Its exit code."""
        process = self.running.pop(name)
        if how == signal.SIGKILL:
            os.killpg(process.pid, how)
        else:
            process.send_signal(how)
        try:
            return process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def wait(self, name: str, url: str) -> None:
        """Until `url` answers 200. Fails with what the process said when it ends before."""
        end = time.monotonic() + READY_WITHIN
        while True:
            try:
                with urllib.request.urlopen(url, timeout=3):  # noqa: S310 - a port of this machine
                    return
            except (URLError, OSError):
                assert self.running[name].poll() is None, self.said(name)
                assert time.monotonic() < end, self.said(name)
                time.sleep(0.2)


def _services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load((DOCKER / "compose.yml").read_text(encoding="utf-8"))["services"]
    # What the images start when compose names no command.
    starts = {"channels": ["serve"], "assistant": ["understand"]}
    return {name: {**each, "command": each.get("command", starts.get(name, []))} for name, each in found.items()}


@contextmanager
def deployed(
    folder: Path,
    python: str = sys.executable,
    minds: int = 2,
    faces: int = 2,
    *,
    server: postgres.Server | None = None,
    door: str = "production",
    stand_in: Callable[[str], int] | None = None,
) -> Iterator[Deployment]:
    """Everything, started in the order of compose: stores, tables, minds, faces, nginx. Ended when the block ends.

    `server` is a PostgreSQL that the test may take away. `stand_in`, given the key, serves on the port that it returns
    in place of the minds, where what is understood does not matter.
    """
    nginx()
    port, ports = free_port(), free_ports(1 + minds + faces)
    with ExitStack() as stack:
        database_url = stack.enter_context((server or postgres.server()).database())
        secrets = _secrets(folder, database_url, ports[0])
        made = Deployment(
            folder,
            f"https://127.0.0.1:{port + 1}" if door == "production" else f"http://127.0.0.1:{port}",
            folder / "tls_certificate",
            database_url,
            ports[1 + minds :],
            ports[1 : 1 + minds],
            python,
            ports[0],
        )
        stack.callback(_end_all, made)
        made.redis()
        made.start("migrate", "migrate")
        assert made.running.pop("migrate").wait(READY_WITHIN) == 0, made.said("migrate")
        for number, mind in enumerate(made.minds):
            made.start(f"assistant-{number}", "assistant", UNDERSTANDING_BIND=f"127.0.0.1:{mind}")
        started = len(made.minds)
        if stand_in:
            made.minds = [stand_in((secrets / "understanding_key").read_text().strip())]
        for number, _ in enumerate(made.faces):
            made.face(number)
        for number in range(started):
            made.wait(f"assistant-{number}", f"http://127.0.0.1:{made.minds[number]}/readyz")
        for number, face in enumerate(made.faces):
            made.wait(f"channels-{number}", f"http://127.0.0.1:{face}/readyz")
        made.running["nginx"] = start(folder, door, port, made.faces)
        yield made


def _secrets(folder: Path, database_url: str, redis_port: int) -> Path:
    """Made by docker/secrets.sh, but for the addresses of the stores."""
    shutil.copy(DOCKER / "secrets.sh", folder / "secrets.sh")
    subprocess.run(["/bin/sh", folder / "secrets.sh"], check=True, capture_output=True)
    secrets = folder / "secrets"
    password = (secrets / "redis_password").read_text()
    (secrets / "twilio_auth_token").write_text(f"{TOKEN}\n")
    addresses = {"database_url": database_url, "redis_url": f"redis://:{password}@127.0.0.1:{redis_port}/0"}
    for name, text in addresses.items():
        (secrets / name).unlink()
        (secrets / name).write_text(text)
    return secrets


def _start_redis(made: Deployment, binary: str, port: int, password: str) -> None:
    settings = f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\ndir {made.folder}\n'
    with (made.folder / "redis.log").open("wb") as log:
        process = subprocess.Popen([binary, "-"], stdin=subprocess.PIPE, stdout=log, stderr=log)
    assert process.stdin
    process.stdin.write(settings.encode())
    process.stdin.close()
    made.running["redis"] = process
    end = time.monotonic() + ENDS_WITHIN
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < end, made.said("redis")
        time.sleep(0.05)


def _end_all(made: Deployment) -> None:
    for name in [*made.running][::-1]:
        process = made.running.pop(name)
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

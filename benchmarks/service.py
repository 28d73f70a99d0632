"""A service under measure: its processes, started together, timed until ready, weighed and stopped together."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

# Rasa on a slow disk needs more than a minute; nothing honest needs ten.
PATIENCE = 600.0
POLL = 0.05
KINDNESS = 15.0


class BenchError(Exception):
    """The benchmark cannot go on; the message is one plain sentence."""


@dataclass(frozen=True)
class Process:
    """One process of a service. It is ready when `ready` answers 200, and never will be once that answer holds `never`.

    What it prints goes to `log`.
    """

    command: Sequence[str]
    environ: Mapping[str, str]
    folder: Path
    log: Path
    ready: str
    never: str = "\0"


def environ(without: Sequence[str] = (), **more: str) -> dict[str, str]:
    """The environment of a served process: quiet, and free to keep compiled files, which some machines forbid."""
    kept = {name: value for name, value in os.environ.items() if name not in (*without, "PYTHONDONTWRITEBYTECODE")}
    return {**kept, "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", **more}


class Service:
    """Processes that live and die together, each the head of its own group so that none is left behind."""

    def __init__(self, processes: Sequence[Process]) -> None:
        self._processes = processes
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> float:
        """Start all; seconds until all are ready. Raises BenchError, with everything stopped, when one never is."""
        begun = time.monotonic()
        try:
            for process in self._processes:
                with process.log.open("ab") as log:
                    self._running.append(
                        subprocess.Popen(
                            process.command,
                            cwd=process.folder,
                            env=dict(process.environ),
                            stdin=subprocess.DEVNULL,
                            stdout=log,
                            stderr=subprocess.STDOUT,
                            start_new_session=True,
                        )
                    )
            for process, running in zip(self._processes, self._running, strict=True):
                self._wait(process, running, begun)
        except BaseException:
            self.stop()
            raise
        return time.monotonic() - begun

    def peak_memory(self) -> float:
        """MB: the highest resident size of each process so far, added up.

        Pages that two processes share count twice. Where the system keeps no peak (macOS): the size of now.
        """
        return sum(_peak(pid) for pid in self.pids()) / 1024

    def stop(self) -> None:
        """Ask, wait, then insist. Safe to call twice."""
        running, self._running = self._running, []
        for process in running:
            _tell(process, signal.SIGTERM)
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(KINDNESS)
            _tell(process, signal.SIGKILL)
            process.wait()

    def _wait(self, process: Process, running: subprocess.Popen[bytes], begun: float) -> None:
        while True:
            status, said = _ask(process.ready)
            if status == 200:
                return
            if running.poll() is not None or process.never in said:
                raise BenchError(f"{process.command[0]} will never be ready: see {process.log}")
            if time.monotonic() - begun > PATIENCE:
                raise BenchError(f"{process.command[0]} is not ready after {PATIENCE:.0f} s: see {process.log}")
            time.sleep(POLL)

    def pids(self) -> list[int]:
        """Every process of our groups."""
        groups = {process.pid for process in self._running}
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,pgid="],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        pairs = (line.split() for line in listed.splitlines())
        return [int(pid) for pid, group in pairs if int(group) in groups]


def free_port() -> int:
    """A port of this machine that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ask(url: str) -> tuple[int, str]:
    """Status and body; (0, "") while nobody listens."""
    try:
        with urlopen(url, timeout=5) as response:
            return int(response.status), response.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def _peak(pid: int) -> int:
    """kB."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        return int(found.group(1)) if found else 0
    listed = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return int(listed.strip() or 0)


def _tell(process: subprocess.Popen[bytes], what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, what)

"""What is measured: Camille on one machine in one process, the processes of docker/compose.yml, and a stock Rasa."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from assistant.storage.database import Database
from benchmarks.camille import Camille
from benchmarks.service import BenchError
from benchmarks.stock import Stock
from tests.support import postgres
from tests.support.current_python import with_the_packages_of_the_faces
from tests.support.deployment import deployed
from tests.support.faces import TOKEN

# The address that docker/compose.yml gives, and Twilio would sign for.
PUBLIC = "https://camille.localhost"
MB = 2**20
VAR = Path(__file__).resolve().parent.parent / "var"


@dataclass(frozen=True)
class Memory:
    """MB. `own` is what no other process has; `share` adds to that its part of what several have (PSS)."""

    processes: int
    own: float
    share: float


@dataclass(frozen=True)
class Served:
    """One way to serve, running. `roles` are its processes by what they do, `store` the address of its database."""

    name: str
    url: str
    public: str
    token: str
    certificate: str
    roles: Mapping[str, list[int]]
    store: str

    def memory(self) -> dict[str, Memory]:
        """By role."""
        found = {}
        for role, heads in self.roles.items():
            full = [process.memory_full_info() for process in _all(heads)]
            found[role] = Memory(len(full), sum(each.uss for each in full) / MB, sum(each.pss for each in full) / MB)
        return found

    def processor(self) -> dict[str, float]:
        """Seconds of processor so far, by role."""
        spent = {}
        for role, heads in self.roles.items():
            times = [process.cpu_times() for process in _all(heads)]
            spent[role] = sum(each.user + each.system for each in times)
        return spent

    def size(self) -> int:
        """Bytes of the database on disk, 0 where there is none of ours."""
        if not self.store:
            return 0
        if self.store.startswith("sqlite:///"):
            path = Path(self.store.removeprefix("sqlite:///"))
            return sum(each.stat().st_size for each in path.parent.glob(path.name + "*"))
        database = Database(self.store)
        try:
            with database.transaction() as connection:
                connection.execute(text("SELECT 1"))
                return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        finally:
            database.close()


@contextmanager
def embedded(scratch: Path) -> Iterator[Served]:
    """`camille serve`: one process, SQLite."""
    camille = Camille(scratch)
    try:
        camille.start()
        base = f"http://127.0.0.1:{camille.port}"
        yield Served("one process", base, base, camille.token, "", {"Camille": camille.pids()}, camille.store)
    finally:
        camille.stop()


def python_of_the_faces(scratch: Path) -> str:
    """A Python of the version that their image has, with what that image installs; this one where there is none."""
    try:
        return str(with_the_packages_of_the_faces(scratch))
    except pytest.skip.Exception:
        return sys.executable


@contextmanager
def scaled(scratch: Path, minds: int, python: str) -> Iterator[Served]:
    """PostgreSQL that keeps what it promises, Redis, nginx with TLS, faces and `minds` assistants, a face for each.

    `python` runs the faces. Raises BenchError where a program is missing.
    """
    folder = scratch / f"scaled-{minds}"
    folder.mkdir(parents=True)
    try:
        server = postgres.Server(postgres.binaries(), durable=True)
    except pytest.skip.Exception as missing:
        raise BenchError(str(missing)) from missing
    try:
        with deployed(folder, python, minds=minds, faces=max(2, minds), server=server) as made:
            roles: dict[str, list[int]] = {"PostgreSQL": [server.pid]}
            for name, process in made.running.items():
                role = name.partition("-")[0]
                roles.setdefault({"channels": "faces", "assistant": "minds"}.get(role, role), []).append(process.pid)
            yield Served(
                f"{minds} assistant{'s' * (minds > 1)}",
                made.url,
                PUBLIC,
                TOKEN,
                str(made.certificate),
                roles,
                made.database_url,
            )
    except pytest.skip.Exception as missing:
        raise BenchError(str(missing)) from missing
    finally:
        server.stop()


@contextmanager
def stock(scratch: Path) -> Iterator[Served]:
    """A stock Rasa and its action server. It is trained first where it never was."""
    rasa = Stock(VAR, scratch)
    if not rasa.model.exists():
        rasa.train()
    try:
        rasa.start()
        base = f"http://127.0.0.1:{rasa.port}"
        yield Served("stock Rasa", base, base, "", "", {"Rasa": rasa.pids()}, "")
    finally:
        rasa.stop()


def _all(heads: list[int]) -> list[psutil.Process]:
    """The processes of these numbers, with those that they started."""
    found: dict[int, psutil.Process] = {}
    for head in heads:
        process = psutil.Process(head)
        found |= {each.pid: each for each in (process, *process.children(recursive=True))}
    return list(found.values())

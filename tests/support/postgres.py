"""A PostgreSQL server of the tests' own: from the installed binaries, in a temporary folder, gone afterwards.

It listens on a unix socket in that folder and on nothing else. PostgreSQL refuses to run as root: then the server
runs as `postgres` or `nobody`, whichever exists.
"""

from __future__ import annotations

import atexit
import functools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from assistant.settings import Settings
from assistant.storage.patience import Patient
from tests.support.migrated import migrated

KINDS = ("sqlite", "postgresql")
EMPTY, MIGRATED = "template1", "migrated"
USER = "camille"
STARTS_WITHIN = 30.0
# Ends with the tests even when they are killed, and takes its folder along: then the pipe that `read` waits on closes.
# SIGINT is a fast shutdown.
WATCHED = 'gone=$1; shift; "$@" & read -r stays; kill -INT $!; wait $!; [ "$stays" ] || rm -rf "$gone"'
STAYS = b"stays\n"
ROOM = 2 * 1024**3  # bytes
HASTY = ("listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off")
# As docker/compose.yml starts it.
DURABLE = ("listen_addresses=", "shared_buffers=256MB", "max_connections=120")
_numbers = count(1)


class Waiting(Patient):
    """A test that fails while its server is frozen must end all the same."""

    patience = 30.0


class Server:
    """One running server. Raises AssertionError with the server's own words when it does not start.

    `durable`: what is committed is on the disk, as in production. `folder`: where it stays, to be started again;
    otherwise in a temporary one. `options`: of its own, over the usual ones.
    """

    def __init__(
        self, binaries: Path, *, durable: bool = False, folder: Path | None = None, options: tuple[str, ...] = ()
    ) -> None:
        self.tools = binaries  # pg_dump and the others, of the same version
        self._stays = folder is not None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="camille-pg-", dir=None if durable else _in_memory()))
        self.folder.mkdir(exist_ok=True)
        self.data, self._log = self.folder / "data", self.folder / "log"
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            account = _unprivileged()
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self._as = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        command = [binaries / "initdb", "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]
        if not self.data.exists():
            made = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, **self._as)
            assert made.returncode == 0, made.stderr
        # Durability is not what is tested; speed is what makes people run tests.
        self._options = (*(DURABLE if durable else HASTY), *options)
        self.start()

    def start(self) -> None:
        """Start it, or start it again."""
        gone = "" if self._stays else self.folder
        command = ["sh", "-c", WATCHED, "sh", gone, self.tools / "postgres", "-D", self.data, "-k", self.folder]
        command += [part for option in self._options for part in ("-c", option)]
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._as,
            )
        self._wait()

    def signal(self, number: signal.Signals) -> None:
        """Send `number` to all its processes: SIGKILL is a machine that is unplugged, SIGSTOP a disk that hangs."""
        first = self._first
        if not first:
            return
        told = subprocess.run(["pgrep", "-P", str(first)], capture_output=True, text=True, check=False).stdout  # noqa: S607
        # The first one last: who lost it would end by itself.
        for process in (*map(int, told.split()), first):
            with suppress(ProcessLookupError):
                os.kill(process, number)
        if number == signal.SIGKILL:
            self._process.communicate(STAYS)  # the shell that watches it waits for this

    @property
    def lives(self) -> bool:
        """Whether it is there: it ends by itself where it could not keep what it promised."""
        return self._first > 0 and Path(f"/proc/{self._first}").exists()

    @property
    def _first(self) -> int:
        """The process that started the others; 0 when there is none."""
        noted = self.data / "postmaster.pid"
        lines = noted.read_text().split() if noted.exists() else []
        return int(lines[0]) if lines else 0

    @property
    def said(self) -> str:
        """All that it logged."""
        return self._log.read_text(encoding="utf-8")

    def shut_down(self) -> None:
        """End it as a restart does: transactions under way are undone, who is connected is told."""
        self._process.communicate(STAYS)

    @contextmanager
    def database(self, like: str = EMPTY) -> Iterator[str]:
        """The address of a new database as `like` is, dropped when the block ends."""
        name = f"t{next(_numbers)}"
        self.create(name, like)
        try:
            yield self.url(name)
        finally:
            self.drop(name)

    def url(self, name: str) -> str:
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    def has(self, name: str) -> bool:
        connection = psycopg2.connect(host=str(self.folder), user=USER, dbname="postgres")
        try:
            cursor = connection.cursor()
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            return cursor.fetchone() is not None
        finally:
            connection.close()

    def create(self, name: str, like: str = EMPTY) -> None:
        """A database as `like` is, which nobody may be connected to."""
        self._run(f"CREATE DATABASE {name} TEMPLATE {like}")

    def rename(self, before: str, after: str) -> None:
        """Nobody may be connected to it."""
        self._run(f"ALTER DATABASE {before} RENAME TO {after}")

    def drop(self, name: str) -> None:
        """Whoever uses it is cut off. Nothing happens when it is not there."""
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @property
    def pid(self) -> int:
        """The shell that watches the server: the server is its child."""
        return self._process.pid

    def stop(self) -> None:
        self._process.communicate()
        if not self._stays:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, line: str) -> None:
        connection = psycopg2.connect(host=str(self.folder), user=USER, dbname="postgres", connection_factory=Waiting)
        try:
            connection.autocommit = True
            connection.cursor().execute(line)
        finally:
            connection.close()

    def _wait(self) -> None:
        end = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                self._run("SELECT 1")
                return
            except psycopg2.OperationalError:
                if self._process.poll() is None and time.monotonic() < end:
                    time.sleep(0.1)
                    continue
                said = self.said
                self.stop()
                raise AssertionError(f"PostgreSQL did not start: {said}") from None


@functools.lru_cache(maxsize=1)
def server() -> Server:
    """The one server of this test run, started at the first use. Skips the test that asks when there is no binary."""
    found = Server(binaries())
    atexit.register(found.stop)
    return found


@contextmanager
def on(kind: str, settings: Settings, *, empty: bool = False) -> Iterator[Settings]:
    """`settings` over a new database of `kind`: "sqlite" as they are, "postgresql" on the tests' own server.

    That one has the tables of this release, unless it is to be `empty`.
    """
    if kind == "sqlite":
        yield settings
        return
    with server().database(EMPTY if empty else _migrated()) as url:
        yield replace(settings, database_url=url)


@functools.cache
def _migrated() -> str:
    """The migrations run once: they take ten times as long as a copy."""
    server().create(MIGRATED)
    migrated(server().url(MIGRATED)).close()
    return MIGRATED


def binaries() -> Path:
    """Where `initdb` and `postgres` are. The newest version wins when the system keeps several side by side."""
    configured = shutil.which("pg_config")
    if configured:
        told = subprocess.run([configured, "--bindir"], capture_output=True, text=True, check=True).stdout
        if (Path(told.strip()) / "initdb").exists():
            return Path(told.strip())
    kept = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(kept, key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0)
    if newest:
        return newest[-1].parent
    pytest.skip("PostgreSQL is not installed here (neither pg_config nor /usr/lib/postgresql/*/bin/initdb)")


def _in_memory() -> str | None:
    """Where there is room for it, the server's files are never on a disk: each database is three hundred of them."""
    memory = Path("/dev/shm")  # noqa: S108 - the server has a folder of its own there
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > ROOM else None


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    pytest.skip("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")

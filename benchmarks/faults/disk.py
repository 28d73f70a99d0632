"""The disk of PostgreSQL is full: that of its tables, or that of its WAL as well. Then somebody makes room.

The database is moved to a small disk in memory while that lasts, which takes the right to mount one.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2

from benchmarks.faults.house import Fault, House, NotHereError
from benchmarks.faults.ledger import Row
from benchmarks.faults.stores import BEFORE, LONG, connected, readiness

# What is free before it is filled: enough for what PostgreSQL keeps beside the tables.
FREE = 96 << 20
BALLAST = "ballast"
# So that a page holds one or two messages: a table asks for a new one within a second, as after months in an hour.
LEAN, FAT = "ALTER TABLE inbox SET (fillfactor = 10)", "ALTER TABLE inbox RESET (fillfactor)"
# More than there are segments ready to be written again.
SEGMENTS = 40


@contextmanager
def small_disk(house: House) -> Iterator[Fault]:
    """All that PostgreSQL writes, WAL and tables, is on a small disk. Raises NotHereError where none can be mounted."""
    server = house.postgres
    disk, big = server.folder / "disk", server.data
    disk.mkdir(exist_ok=True)
    size = sum(path.stat().st_size for path in big.rglob("*") if path.is_file()) + FREE
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    made = subprocess.run(mount, capture_output=True, text=True, check=False)
    if made.returncode:
        raise NotHereError(f"no disk can be mounted here ({made.stderr.strip()[:80]})")
    try:
        _moved(house, disk / "data")
        yield wal_full
    finally:
        (disk / BALLAST).unlink(missing_ok=True)
        _moved(house, big)
        subprocess.run(["umount", str(disk)], check=True)


@contextmanager
def small_disk_of_tables(house: House) -> Iterator[Fault]:
    """The tables are on a small disk; the WAL, as is often advised, on another one that has room."""
    with small_disk(house):
        server = house.postgres
        wal, elsewhere = server.data / "pg_wal", server.folder / "wal"
        server.shut_down()
        _copied(wal, elsewhere)
        shutil.rmtree(wal)
        wal.symlink_to(elsewhere)
        house.postgres_again()
        _run(house, LEAN)
        try:
            yield tables_full
        finally:
            (server.folder / "disk" / BALLAST).unlink(missing_ok=True)
            _run(house, FAT)
            server.shut_down()
            wal.unlink()
            _copied(elsewhere, wal)
            shutil.rmtree(elsewhere)
            house.postgres_again()


def tables_full(house: House, row: Row) -> None:
    """It reads, and stores what still fits on a page; the rest is told honestly, or asked for again."""
    time.sleep(BEFORE)
    before = row.honest + row.not_taken
    with _full(house):
        time.sleep(LONG)
        told = readiness(house)
    row.notes.append(f"{row.honest + row.not_taken - before} messages met it; /readyz said {told[0]}")
    row.check(row.honest + row.not_taken > before, "nobody noticed: was it full?")
    house.ready()


def wal_full(house: House, row: Row) -> None:
    """PostgreSQL stops by itself rather than lose anything, and starts again when there is room."""
    time.sleep(BEFORE)
    with _full(house):
        _use_up_the_wal(house)
        time.sleep(LONG)
        stopped = not house.postgres.lives
        told = readiness(house)
        row.check(stopped, "PostgreSQL went on: was it full?")
        row.check(all(one["database"] == "away" and not one["ready"] for one in told), f"/readyz said {told}")
    # What the engine does, with `restart: unless-stopped`.
    house.postgres.shut_down()
    house.postgres_again()
    house.ready()


@contextmanager
def _full(house: House) -> Iterator[None]:
    """Not a byte is free on the small disk."""
    ballast = house.postgres.folder / "disk" / BALLAST
    try:
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(1 << 16))
        yield
    finally:
        ballast.unlink()


def _use_up_the_wal(house: House) -> None:
    """Write until another segment is needed, which there is no room for."""
    with suppress(psycopg2.Error), connected(house) as writer:
        writer.autocommit = True
        for _ in range(SEGMENTS):
            writer.cursor().execute("SELECT pg_logical_emit_message(false, 'full', 'x'), pg_switch_wal()")


def _run(house: House, line: str) -> None:
    with connected(house) as owner:
        owner.autocommit = True
        owner.cursor().execute(line)


def _moved(house: House, to: Path) -> None:
    """PostgreSQL, with its data in another folder."""
    server = house.postgres
    server.shut_down()
    shutil.rmtree(to, ignore_errors=True)
    _copied(server.data, to)
    server.data = to
    house.postgres_again()


def _copied(what: Path, to: Path) -> None:
    """With its owner: PostgreSQL takes no folder of somebody else's."""
    subprocess.run(["cp", "-a", str(what), str(to)], check=True)


PLACED = {"disk full": small_disk_of_tables, "WAL disk full": small_disk}

"""Opens the configured database, brings it up to date, and lends transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from time import sleep
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from assistant.errors import SettingError

MIGRATIONS = Path(__file__).parent / "migrations"
WRITE_AHEAD_TRIES = 100
UPGRADE_LOCK = 20_261_123  # any number, the same for every process of ours


class Database:
    """One engine. `transaction()` commits when the block ends and rolls back when it raises."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        # Threads of one process queue here; on SQLite's own lock they would sleep and try again, some for a second.
        self._queue = Lock() if self.engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with self._queue, self.engine.begin() as connection:
            yield connection

    def upgrade(self) -> None:
        """Run the migrations that are missing. Raises SettingError when the database cannot be used."""
        self._migrate(lambda config, _now: command.upgrade(config, "head"))

    def move(self, revision: str) -> None:
        """Go up or down to `revision`. Down drops what later releases stored. Raises SettingError."""

        def go(config: Config, now: str | None) -> None:
            line = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]  # the newest first
            if revision not in line:
                raise SettingError(f"il n'y a pas de version {revision} de la base. Il y a : {', '.join(line[::-1])}.")
            if now in line and line.index(now) < line.index(revision):
                command.downgrade(config, revision)
            else:
                command.upgrade(config, revision)

        self._migrate(go)

    def revision(self) -> str:
        """Which migration the tables are at; "" before the first."""
        with self.engine.begin() as connection:
            return MigrationContext.configure(connection).get_current_revision() or ""

    def _migrate(self, work: Callable[[Config, str | None], None]) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        try:
            with self.engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    # Two processes may start at once; on SQLite, BEGIN IMMEDIATE already makes one wait.
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
                config.attributes["connection"] = connection
                work(config, MigrationContext.configure(connection).get_current_revision())
        except CommandError as error:
            raise SettingError("DATABASE_URL : la base vient d'une version plus récente de Camille.") from error
        except SQLAlchemyError as error:
            raise SettingError(f"DATABASE_URL : la base ne répond pas ({type(error).__name__}).") from error

    def close(self) -> None:
        self.engine.dispose()


def _write_ahead(connection: Any) -> None:
    """Have SQLite write ahead. The first time needs the file alone and does not wait; several may start at once."""
    for _ in range(WRITE_AHEAD_TRIES):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            sleep(0.05)
    connection.execute("PRAGMA journal_mode=WAL")


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            # Neither a log nor an error shows what stands in a query.
            return create_engine(parsed, hide_parameters=True, future=True, pool_pre_ping=True)
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise SettingError("DATABASE_URL ne se lit pas. Exemple : sqlite:///var/camille.sqlite") from error
    except OSError as error:
        raise SettingError("DATABASE_URL : le dossier de la base ne peut pas être créé.") from error
    # By default SQLite's connections are closed after each use, and the last one rewrites the file: 2 ms a turn.
    engine = create_engine(
        parsed,
        hide_parameters=True,
        future=True,
        poolclass=QueuePool,
        connect_args={"timeout": 5, "check_same_thread": False},
    )

    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # pysqlite would begin too late; we begin ourselves, below
        for pragma in ("busy_timeout=5000", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        _write_ahead(connection)

    def begin(connection: Connection) -> None:
        # A transaction that reads and then writes would fail half-way if another one wrote in between.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine

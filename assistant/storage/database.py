"""Opens the configured database, brings it up to date, and lends transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from psycopg2 import extensions
from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as TookTooLong
from sqlalchemy.pool import QueuePool

from assistant.errors import SettingError
from assistant.privacy.peppers import Peppers, renaming
from assistant.storage import patience
from assistant.storage.schema import peppers as marks
from assistant.storage.upserts import insert_into

MIGRATIONS = Path(__file__).parent / "migrations"
WRITE_AHEAD_TRIES = 100
UPGRADE_LOCK = 20_261_123  # any number, the same for every process of ours
# A migration waits for a table no longer than people can (patience.LOCK), lets them pass, and tries again.
TABLE_TRIES, LET_PASS = 20, 2.0
TAKEN = "55P03"
# Seconds that who serves waits for `camille migrate`: less than Kubernetes gives a face to start.
MIGRATED_WITHIN, LOOK_AGAIN = 60.0, 0.5
# As many as a process has threads: one more than the pool keeps would be opened anew for each turn.
IN_POOL, AT_MOST = 16, 20
# While somebody waits to be alone, everybody else waits behind: a backup may go on for longer than people should.
ALONE_WITHIN = "10s"
MARK = "SELECT mark FROM peppers"


class Database:
    """One engine. `transaction()` commits when the block ends and rolls back when it raises."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._lock = Lock() if self.engine.dialect.name == "sqlite" else None
        self._peppers: Peppers | None = None

    def know(self, peppers: tuple[str, ...]) -> Peppers:
        """From now on pseudonyms are written and looked for under whichever of `peppers` is in force here."""
        self._peppers = Peppers(peppers)
        return self._peppers

    def recognise(self, peppers: tuple[str, ...]) -> None:
        """The same, and look at once. Raises PepperError when the database is named by others."""
        self.know(peppers)
        with self.transaction():
            pass

    @contextmanager
    def transaction(self, *, behind: bool = False, alone: bool = False) -> Iterator[Connection]:
        """Raises SQLAlchemyError within seconds when the database cannot; work `behind` may take its time.

        `alone`: no other transaction of ours is under way meanwhile, in any process. Raises PepperError when this
        process does not know the pepper in force: it would find nobody.
        """
        with self._queued(), self.engine.begin() as connection, _slowly(connection) if behind else nullcontext():
            if self._peppers is None:
                yield connection
                return
            if alone and connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{ALONE_WITHIN}'")
                connection.exec_driver_sql(f"LOCK TABLE {marks.name} IN ACCESS EXCLUSIVE MODE")
            self._peppers.read(_mark(connection, self._peppers))
            before = renaming.set(self._peppers.lifted)
            try:
                yield connection
            finally:
                renaming.reset(before)

    def prepare(self, *, here: bool, within: float = MIGRATED_WITHIN) -> None:
        """Have the tables of this release. Raises SettingError when they are not.

        On SQLite, and `here`, where one machine is all there is, they are made so. Elsewhere `camille migrate` does it,
        for as long as it takes: it is waited for `within` seconds, then whoever asked may be started again.
        """
        if here or self._lock is not None:
            self.upgrade()
            return
        script, end = ScriptDirectory(str(MIGRATIONS)), monotonic() + within
        newest = script.get_current_head()
        with _in_a_sentence():
            while (now := self.revision()) != newest:
                if now:
                    script.get_revision(now)  # that of a later release is not there
                if monotonic() >= end:
                    raise SettingError(
                        f"DATABASE_URL : la base est à la version {now or 'zéro'}, il faut la {newest}. "
                        "Lancez : camille migrate"
                    )
                sleep(LOOK_AGAIN)

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
        with _in_a_sentence():
            for _ in range(TABLE_TRIES):
                try:
                    return self._migrate_once(work)
                except DBAPIError as error:
                    if getattr(error.orig, "pgcode", None) != TAKEN:
                        raise
                sleep(LET_PASS)
        raise SettingError("DATABASE_URL : une table est prise depuis trop longtemps pour être changée. Recommencez.")

    def _migrate_once(self, work: Callable[[Config, str | None], None]) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        connection: Any  # Connection in SQLAlchemy's future mode, which its types do not know
        with self._alone() as connection:
            now = MigrationContext.configure(connection).get_current_revision()
            if self._lock is None:
                # Each migration in a transaction of its own, which an index made concurrently has to leave.
                connection.rollback()
            config.attributes["connection"] = connection
            work(config, now)

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A connection to change tables with: several processes may start at once, and one of them works.

        On SQLite, BEGIN IMMEDIATE makes the others wait. On PostgreSQL an advisory lock does. It is asked for again and
        again: who waited inside the server would hold a snapshot, and an index made concurrently waits for these.
        """
        if self._lock is not None:
            with self.engine.begin() as only:
                yield only
            return
        connection: Any
        with self.engine.connect() as connection:
            try:
                connection.connection.dbapi_connection.patience = patience.BEHIND
                limit = f"SET statement_timeout = {round(patience.BEHIND * 1000)}"
                connection.exec_driver_sql(f"{limit}; SET idle_in_transaction_session_timeout = 0")
                # `lock_timeout` stays: a table that is asked for keeps everybody behind it.
                end = monotonic() + patience.BEHIND
                while not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({UPGRADE_LOCK})").scalar():
                    connection.commit()
                    if monotonic() >= end:
                        raise SettingError("DATABASE_URL : une autre migration dure encore. Attendez sa fin.")
                    sleep(0.2)
                connection.commit()
                yield connection
            finally:
                connection.invalidate()  # its limits are not those of the pool; the lock goes with it

    @contextmanager
    def _queued(self) -> Iterator[None]:
        """Threads of one process queue here: on SQLite's own lock they would sleep and try again, some for a second."""
        if self._lock is None:
            yield
            return
        if not self._lock.acquire(timeout=patience.ANSWER):
            raise TookTooLong("other threads have the database")
        try:
            yield
        finally:
            self._lock.release()

    def close(self) -> None:
        self.engine.dispose()


class WithoutNul(extensions.QuotedString):
    """A text as PostgreSQL takes it, which keeps no NUL: whatever a form holds is looked for, and kept, without it."""

    def __init__(self, text: str) -> None:
        super().__init__(text.replace("\0", ""))


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    """What goes wrong with a migration raises SettingError, for who runs the service."""
    try:
        yield
    except CommandError as error:
        raise SettingError("DATABASE_URL : la base vient d'une version plus récente de Camille.") from error
    except SQLAlchemyError as error:
        raise SettingError(f"DATABASE_URL : la base ne répond pas ({type(error).__name__}).") from error


def _mark(connection: Connection, peppers: Peppers) -> str:
    """What the database says of its pepper. Before anybody asked, it was named by the first one."""
    found = _read_mark(connection)
    if found is None:
        first = insert_into(connection, marks).values(id=1, mark=peppers.mark(1))
        connection.execute(first.on_conflict_do_nothing())
        found = _read_mark(connection)
    return str(found)


def _read_mark(connection: Connection) -> str | None:
    """Every transaction asks it: as plain text, which takes a quarter of what a built query takes."""
    found: str | None = connection.exec_driver_sql(MARK).scalar()
    return found


def _write_ahead(connection: Any) -> None:
    """Have SQLite write ahead. The first time needs the file alone and does not wait; several may start at once."""
    for _ in range(WRITE_AHEAD_TRIES):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            sleep(0.05)
    connection.execute("PRAGMA journal_mode=WAL")


def _slowly(connection: Connection) -> AbstractContextManager[None]:
    if connection.dialect.name != "postgresql":
        return nullcontext()
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    return patience.behind(connection.connection.dbapi_connection)


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # neither a log nor an error shows what stands in a query
        future=True,
        pool_pre_ping=True,
        pool_size=IN_POOL,
        max_overflow=AT_MOST - IN_POOL,
        pool_timeout=patience.POOL,
        connect_args={"connection_factory": patience.Patient},
    )
    extensions.set_wait_callback(patience.wait)
    extensions.register_adapter(str, WithoutNul)
    event.listen(engine, "connect", patience.arm)
    event.listen(engine, "checkin", patience.rest)
    event.listen(engine, "checkout", patience.wake)
    return engine


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return _postgresql(parsed)
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

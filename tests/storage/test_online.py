"""Each migration is safe to run while the release before it serves: what it sends to PostgreSQL is read.

A new table is nobody's yet: anything may be done to it. To a table that was there, a column may be added that may be
missing or has a constant default (PostgreSQL 11 and later write no row for it), and an index concurrently. Everything
else locks the table, or writes it anew, or takes away what the running release asks for.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, insert, text
from sqlalchemy.engine import Connection

from assistant.errors import SettingError
from assistant.storage import database as opening
from assistant.storage.database import MIGRATIONS, Database
from assistant.storage.migrations.online import create_index, drop_index
from assistant.storage.schema import guesses
from tests.support.faces import NOON
from tests.support.postgres import server

MADE = re.compile(r"CREATE TABLE (\w+)", re.I)
ALLOWED = (
    re.compile(r"ALTER TABLE (?P<table>\w+) ADD COLUMN \w+ (?!.*NOT NULL)", re.I | re.S),
    re.compile(r"ALTER TABLE (?P<table>\w+) ADD COLUMN \w+ .*DEFAULT ('[^']*'|\d+|true|false) NOT NULL", re.I | re.S),
    re.compile(r"CREATE (UNIQUE )?INDEX CONCURRENTLY \w+ ON (?P<table>\w+)", re.I),
    re.compile(r"DROP INDEX CONCURRENTLY ", re.I),
    re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) alembic_version", re.I),
)
CHANGES = re.compile(
    r"\s*(ALTER|CREATE|DROP|UPDATE|DELETE|INSERT|TRUNCATE|LOCK|COMMENT|REINDEX|VACUUM|CLUSTER)\b", re.I
)


def unsafe(statements: list[str]) -> list[str]:
    """Those that people would notice, or the release before."""
    new = {found[1] for statement in statements if (found := MADE.match(statement.strip()))}
    return [statement for statement in statements if CHANGES.match(statement) and not _safe(statement.strip(), new)]


def _safe(statement: str, new: set[str]) -> bool:
    if MADE.match(statement):
        return True
    named = re.match(r"(?:CREATE (?:UNIQUE )?INDEX \w+ ON|ALTER TABLE) (\w+)", statement, re.I)
    if named and named[1] in new:
        return True
    return any(rule.match(statement) for rule in ALLOWED)


def sent(url: str, revision: str) -> list[str]:
    """What the migration to `revision` sends, from the one before it."""
    database, statements = Database(url), list[str]()
    line = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())
    before = next(step.down_revision for step in line if step.revision == revision)
    if before:
        database.move(str(before))
    event.listen(database.engine, "before_cursor_execute", lambda _c, _u, statement, *_: statements.append(statement))
    database.move(revision)
    database.close()
    return statements


REVISIONS = [step.revision for step in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]


@pytest.fixture
def url() -> Iterator[str]:
    with server().database() as made:
        yield made


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_migration_lets_people_go_on(url: str, revision: str) -> None:
    statements = sent(url, revision)
    assert any(MADE.match(one.strip()) or CHANGES.match(one) for one in statements)
    assert unsafe(statements) == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE persons ADD COLUMN mood VARCHAR(8) NOT NULL",
        "ALTER TABLE persons ADD COLUMN drawn INTEGER DEFAULT random() NOT NULL",
        "ALTER TABLE persons ALTER COLUMN version TYPE BIGINT",
        "ALTER TABLE persons DROP COLUMN said",
        "ALTER TABLE persons RENAME COLUMN said TO told",
        "CREATE INDEX ix_events_step ON events (step)",
        "DROP TABLE events",
        "DROP INDEX ix_events_at",
        "UPDATE persons SET version = 1",
    ],
)
def test_what_would_be_noticed_is_found(statement: str) -> None:
    assert unsafe([statement]) == [statement]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE persons ADD COLUMN mood VARCHAR(8)",
        "ALTER TABLE guesses ADD COLUMN kind VARCHAR(12) DEFAULT 'resume' NOT NULL",
        "CREATE INDEX CONCURRENTLY ix_events_step ON events (step)",
        "SELECT pg_try_advisory_lock(1)",
    ],
)
def test_what_nobody_notices_is_not(statement: str) -> None:
    assert unsafe([statement]) == []


def _within(connection: Connection, work: Callable[[], None]) -> None:
    context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
    with Operations.context(context), context.begin_transaction(_per_migration=True):
        work()


def test_an_index_is_made_while_somebody_writes(url: str) -> None:
    """A plain CREATE INDEX would wait for her transaction, and everybody else behind it."""
    database = Database(url)
    database.upgrade()
    written = {"address": "p1_a", "at": NOON, "kind": "resume"}
    with database.engine.connect() as writer, database.engine.connect() as migrating:
        writer.execute(insert(guesses).values(**written))
        making = threading.Thread(
            target=_within, args=(migrating, lambda: create_index("ix_guesses_kind", "guesses", ["kind"]))
        )
        making.start()
        time.sleep(0.5)
        with database.transaction() as other:  # it does not wait behind the index
            other.execute(insert(guesses).values(**written))
        assert making.is_alive()
        writer.rollback()
        making.join(20)
        assert not making.is_alive()
    with database.transaction() as connection:
        valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_guesses_kind'::regclass"
        assert connection.execute(text(valid)).scalar() is True
    with database.engine.connect() as migrating:
        _within(migrating, lambda: drop_index("ix_guesses_kind", "guesses"))
    database.close()


def test_a_table_that_is_taken_is_waited_for_in_turns(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long query holds the table: the migration gives way every few seconds, and is done when that is over."""
    monkeypatch.setattr(opening, "LET_PASS", 0.1)
    database = Database(url)
    database.move("0004")
    with database.engine.connect() as reading:
        reading.execute(text("SELECT count(*) FROM guesses"))
        upgrading = threading.Thread(target=database.upgrade)
        upgrading.start()
        time.sleep(4.5)
        assert upgrading.is_alive()
        begun = time.monotonic()
        with database.transaction() as other:  # people are not kept behind it for longer than the lock is asked for
            other.execute(insert(guesses).values(address="p1_b", at=NOON))
        assert time.monotonic() - begun < 4
        reading.rollback()
        upgrading.join(20)
    assert database.revision() == REVISIONS[-1]
    database.close()


def test_a_table_that_is_never_free_is_told_in_one_sentence(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LET_PASS", 0.01)
    monkeypatch.setattr(opening, "TABLE_TRIES", 1)
    database = Database(url)
    database.move("0004")
    with database.engine.connect() as reading:
        reading.execute(text("SELECT count(*) FROM guesses"))
        with pytest.raises(SettingError, match="DATABASE_URL : une table est prise"):
            database.upgrade()
    database.close()


def test_the_tables_of_this_release_take_what_the_one_before_writes(url: str) -> None:
    """A row without the columns that are new: each has a default, or may be missing."""
    database = Database(url)
    database.move(REVISIONS[-2])
    with database.transaction() as connection:
        before = _columns(connection)
    database.upgrade()
    with database.transaction() as connection:
        after = _columns(connection)
    database.close()
    assert set(before) <= set(after)
    required = {
        name
        for name, (missing, default) in after.items()
        if name not in before and name[0] in {table for table, _ in before} and not (missing or default)
    }
    assert required == set()


def _columns(connection: Connection) -> dict[tuple[str, str], tuple[bool, bool]]:
    """Whether each column may be missing, and whether it has a default."""
    query = """SELECT table_name, column_name, is_nullable = 'YES', column_default IS NOT NULL
               FROM information_schema.columns WHERE table_schema = 'public'"""
    return {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(text(query))}

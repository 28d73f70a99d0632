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
from contextlib import closing

import psycopg2
import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import delete, event, insert, select, text
from sqlalchemy.engine import Connection

from assistant.errors import SettingError
from assistant.storage import database as opening
from assistant.storage import events as noting
from assistant.storage import patience
from assistant.storage.database import MIGRATIONS, Database
from assistant.storage.migrations import online
from assistant.storage.migrations.online import create_index, drop_index
from assistant.storage.schema import events, guesses, guests, invitations, members, persons, practices
from assistant.turns import Reply
from tests.support.faces import NOON
from tests.support.postgres import server

MADE = re.compile(r"CREATE TABLE (\w+)", re.I)
ALLOWED = (
    re.compile(r"ALTER TABLE (?P<table>\w+) ADD COLUMN \w+ (?!.*NOT NULL)", re.I | re.S),
    re.compile(r"ALTER TABLE (?P<table>\w+) ADD COLUMN \w+ .*DEFAULT ('[^']*'|\d+|true|false) NOT NULL", re.I | re.S),
    re.compile(r"CREATE (UNIQUE )?INDEX CONCURRENTLY \w+ ON (?P<table>\w+)", re.I),
    re.compile(r"DROP INDEX CONCURRENTLY ", re.I),
    re.compile(r"ALTER SEQUENCE \S+ AS BIGINT$", re.I),
    re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) alembic_version", re.I),
)
# What `widen` asks before it writes a table anew (what it does with the answer is tried below).
COUNTED = re.compile(r"SELECT count\(\*\) FROM \(SELECT 1 FROM (\w+) LIMIT \d+\)", re.I)
WIDENED = re.compile(r"ALTER TABLE (\w+) ALTER COLUMN \w+ TYPE BIGINT$", re.I)
CHANGES = re.compile(
    r"\s*(ALTER|CREATE|DROP|UPDATE|DELETE|INSERT|TRUNCATE|LOCK|COMMENT|REINDEX|VACUUM|CLUSTER)\b", re.I
)


def unsafe(statements: list[str]) -> list[str]:
    """Those that people would notice, or the release before."""
    new = {found[1] for statement in statements if (found := MADE.match(statement.strip()))}
    noticed, counted = list[str](), set[str]()
    for statement in statements:
        if asked := COUNTED.match(statement):
            counted.add(asked[1])
        widened = WIDENED.match(statement)
        if CHANGES.match(statement) and not _safe(statement.strip(), new) and not (widened and widened[1] in counted):
            noticed.append(statement)
    return noticed


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
        "ALTER SEQUENCE public.events_id_seq AS BIGINT",
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


def test_an_index_waits_for_a_backup_and_begins_once(url: str) -> None:
    """pg_dump holds what it saw for minutes. The two seconds for a lock are for what keeps people behind it."""
    database = Database(url)
    database.move("0006")
    begun = list[str]()
    event.listen(
        database.engine,
        "before_cursor_execute",
        lambda _c, _u, statement, *_: begun.append(statement) if statement.startswith("CREATE INDEX") else None,
    )
    with psycopg2.connect(url) as dumping:
        dumping.set_session(isolation_level="REPEATABLE READ", readonly=True)
        dumping.cursor().execute("SELECT count(*) FROM inbox")
        upgrading = threading.Thread(target=database.move, args=("0007",))
        upgrading.start()
        time.sleep(patience.LOCK * 2 + 1)
        assert upgrading.is_alive()
        dumping.rollback()
        upgrading.join(20)
    assert database.revision() == "0007"
    assert len(begun) == 1
    database.close()


@pytest.mark.parametrize("whole", [False, True], ids=["cut off", "finished"])
def test_an_index_that_was_cut_off_is_made_anew_and_a_whole_one_is_not(url: str, *, whole: bool) -> None:
    database = Database(url)
    database.move("0006")
    with closing(psycopg2.connect(url)) as before:
        before.autocommit = True
        cursor = before.cursor()
        cursor.execute("CREATE INDEX CONCURRENTLY ix_inbox_address_received_at ON inbox (address, received_at)")
        of_it = "WHERE indexrelid = 'ix_inbox_address_received_at'::regclass"
        cursor.execute(f"UPDATE pg_index SET indisvalid = %s {of_it}", (whole,))  # noqa: S608
        cursor.execute(f"SELECT indexrelid FROM pg_index {of_it}")  # noqa: S608
        first = cursor.fetchone()
        database.move("0007")
        cursor.execute(f"SELECT indexrelid, indisvalid FROM pg_index {of_it}")  # noqa: S608
        number, valid = cursor.fetchone()
    assert valid
    assert ((number,) == first) is whole
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


class TestNumbersThatGrowWider:
    """0012: a small table is written anew at once; a great one never while anybody is there."""

    BEFORE, AFTER = "0009", "0010"

    @pytest.fixture
    def filled(self, url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
        """Of the release before, with a great table of guesses: three rows, where two are few."""
        monkeypatch.setattr(online, "FEW", 2)
        database = Database(url)
        database.move(self.BEFORE)
        with database.transaction() as connection:
            for number in range(3):
                connection.execute(insert(guesses).values(address=f"p1_{number}", at=NOON, kind="resume"))
        database.close()  # none of its connections is left
        yield database
        database.close()

    def test_a_great_table_is_left_alone_while_somebody_is_there(self, url: str, filled: Database) -> None:
        with psycopg2.connect(url), pytest.raises(SettingError, match=r"guesses est grande.*camille migrate"):
            filled.upgrade()
        assert filled.revision() == self.BEFORE
        assert self.kind(filled) == "integer"

    def test_and_widened_when_nobody_is(self, filled: Database) -> None:
        filled.upgrade()
        assert self.kind(filled) == "bigint"

    def test_a_small_one_is_widened_beside_whoever_is_there(self, url: str, filled: Database) -> None:
        with filled.transaction() as connection:
            connection.execute(delete(guesses).where(guesses.c.address == "p1_0"))
        filled.close()
        with psycopg2.connect(url):
            filled.upgrade()
        assert self.kind(filled) == "bigint"

    def test_what_is_wide_already_is_not_written_again(self, url: str, filled: Database) -> None:
        """A try that was cut off half-way goes on where it was; and so it is after going back."""
        filled.upgrade()
        filled.move(self.BEFORE)
        with psycopg2.connect(url):
            filled.move(self.AFTER)
        assert filled.revision() == self.AFTER

    def kind(self, database: Database) -> str:
        query = "SELECT data_type FROM information_schema.columns WHERE table_name = 'guesses' AND column_name = 'id'"
        with database.transaction() as connection:
            return str(connection.execute(text(query)).scalar_one())


def test_a_number_that_the_database_gives_goes_beyond_32_bits(url: str) -> None:
    database = Database(url)
    database.upgrade()
    with database.transaction() as connection:
        given = dict(connection.execute(text("SELECT sequencename, data_type::text FROM pg_sequences")).all())
        assert {"events_id_seq", "outbox_id_seq"} <= set(given)
        assert set(given.values()) == {"bigint"}, given
        connection.execute(insert(persons).values(id="someone", version=1, progress="{}", said="null", seen_at=NOON))
        connection.execute(text("SELECT setval('events_id_seq', 2147483647)"))
        noting.note(connection, "someone", "sms", Reply((), "cout"), NOON)
        assert connection.execute(select(events.c.id)).scalar_one() == 2**31
        # The one number that another table refers to.
        connection.execute(insert(practices).values(id="cabinet", key="k", name="Cabinet", made_at=NOON))
        made = {"practice": "cabinet", "role": "physician", "shown_as": "", "secret": "", "made_at": NOON}
        connection.execute(insert(members).values(id="martin", **made))
        card = {"token": "t", "word": "w", "digits": "d", "practice": "cabinet", "physician": "martin", "way": "show"}
        card |= {"aim": "activer", "most": 1, "taken": 0, "made_at": NOON, "expires_at": NOON}
        connection.execute(insert(invitations).values(id=2**31, **card))
        came = {"person": "someone", "counted": True, "finished": False, "came_at": NOON}
        connection.execute(insert(guests).values(invitation=2**31, **came))
    database.close()


def _columns(connection: Connection) -> dict[tuple[str, str], tuple[bool, bool]]:
    """Whether each column may be missing, and whether it has a default."""
    query = """SELECT table_name, column_name, is_nullable = 'YES', column_default IS NOT NULL
               FROM information_schema.columns WHERE table_schema = 'public'"""
    return {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(text(query))}

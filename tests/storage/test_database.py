"""The database: migrations there and back, transactions, and errors that name the setting."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from assistant.errors import SettingError
from assistant.settings import ROOT, Settings
from assistant.storage import database as opening
from assistant.storage import inbox, patience
from assistant.storage.database import MIGRATIONS, Database
from assistant.storage.schema import addresses, events, guesses, metadata, persons
from tests.support.at_once import at_once

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
VERSIONS = "alembic_version"


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def migrate(database: Database, revision: str) -> None:
    """Go up or down to `revision`, as `Database.upgrade` does for "head"."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if revision == "base" else command.upgrade)(config, revision)


def a_person(connection: Connection, name: str = "someone") -> None:
    connection.execute(insert(persons).values(id=name, version=1, progress="{}", said="null", seen_at=AT))


def test_upgrade_from_nothing_makes_every_table(empty: Database) -> None:
    assert tables(empty) == set()
    empty.upgrade()
    assert tables(empty) == {*metadata.tables, VERSIONS}


def test_upgrade_again_keeps_what_is_there(database: Database) -> None:
    with database.transaction() as connection:
        a_person(connection)
    database.upgrade()
    with database.transaction() as connection:
        assert connection.execute(select(persons.c.id)).scalars().all() == ["someone"]


def test_migrated_tables_are_those_of_the_schema(database: Database) -> None:
    with database.transaction() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_constraints_and_indexes_have_the_names_of_the_schema(database: Database) -> None:
    """Names are what a later migration drops by; autogenerate does not compare those of primary and foreign keys."""
    found = inspect(database.engine)
    for table in metadata.tables.values():
        assert found.get_pk_constraint(table.name)["name"] == table.primary_key.name
        kept = {(key["name"], key["options"].get("ondelete")) for key in found.get_foreign_keys(table.name)}
        assert kept == {(key.name, key.ondelete) for key in table.foreign_key_constraints}
        assert {index["name"] for index in found.get_indexes(table.name)} == {index.name for index in table.indexes}


def test_downgrade_leaves_nothing_and_upgrade_makes_it_again(database: Database) -> None:
    migrate(database, "base")
    assert tables(database) <= {VERSIONS}
    migrate(database, "head")
    assert tables(database) == {*metadata.tables, VERSIONS}


def test_there_is_one_line_of_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


@pytest.mark.usefixtures("empty")
def test_two_processes_may_start_at_once(settings: Settings) -> None:
    """Two containers are started together: the second waits for the first, or finds nothing left to do."""
    line = "import sys; from assistant.storage.database import Database; input(); Database(sys.argv[1]).upgrade()"
    command = [sys.executable, "-W", "ignore", "-c", line, settings.database_url]
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": ROOT, "text": True}
    started = [subprocess.Popen(command, **pipes) for _ in range(3)]
    time.sleep(2)  # all have imported what they need, and wait for the word
    for process in started:
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[1].strip().splitlines()[-1:] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said


class TestWhoServes:
    """On PostgreSQL the tables are made by `camille migrate` alone: who serves would be ended in the middle of it."""

    @pytest.fixture(autouse=True)
    def _soon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(opening, "LOOK_AGAIN", 0.05)

    @pytest.fixture
    def shared(self, empty: Database) -> Database:
        if empty.engine.dialect.name == "sqlite":
            pytest.skip("one machine is all there is")
        return empty

    def test_it_says_who_makes_the_tables(self, shared: Database) -> None:
        for at in ("zéro", "0004"):
            with pytest.raises(SettingError, match=rf"version {at}, il faut la \d+\. Lancez : camille migrate$"):
                shared.prepare(here=False, within=0.2)
            assert shared.revision() == at.replace("zéro", "")
            shared.move("0004")

    def test_it_waits_until_they_are_made(self, shared: Database, settings: Settings) -> None:
        shared.move("0004")
        migrating = Database(settings.database_url)
        at_once([lambda: shared.prepare(here=False, within=60), migrating.upgrade])
        migrating.close()
        with shared.transaction() as connection:
            a_person(connection)

    def test_it_does_not_wait_for_what_will_not_come(self, shared: Database) -> None:
        shared.upgrade()
        with shared.transaction() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        began = time.monotonic()
        with pytest.raises(SettingError, match="plus récente"):
            shared.prepare(here=False, within=60)
        assert time.monotonic() - began < 30

    def test_a_database_that_does_not_answer_is_told(self) -> None:
        with pytest.raises(SettingError, match="ne répond pas"):
            Database("postgresql://camille:hush@127.0.0.1:1/camille").prepare(here=False, within=0)

    def test_on_one_machine_it_makes_them(self, empty: Database) -> None:
        empty.prepare(here=True)
        assert tables(empty) == {*metadata.tables, VERSIONS}

    def test_a_file_is_of_one_machine_wherever_it_is_shown(self, settings: Settings) -> None:
        if settings.database_url.startswith("postgresql"):
            pytest.skip("not a file")
        made = Database(settings.database_url)
        made.prepare(here=False)
        assert tables(made) == {*metadata.tables, VERSIONS}
        made.close()


def test_a_migration_that_another_one_keeps_waiting_ends(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    if empty.engine.dialect.name == "sqlite":
        pytest.skip("SQLite waits by itself, five seconds")
    monkeypatch.setattr(patience, "BEHIND", 1.0)
    with empty.engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_advisory_lock({opening.UPGRADE_LOCK})")
        with pytest.raises(SettingError, match="une autre migration dure encore"):
            empty.upgrade()
        other.invalidate()


def test_a_transaction_is_kept_when_its_block_ends(database: Database) -> None:
    with database.transaction() as connection:
        a_person(connection)
    with database.transaction() as connection:
        assert connection.execute(select(persons.c.version)).scalars().all() == [1]


def test_a_transaction_is_undone_whole_when_its_block_raises(database: Database) -> None:
    def break_off() -> None:
        with database.transaction() as connection:
            a_person(connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    with database.transaction() as connection:
        assert connection.execute(select(persons.c.id)).first() is None


def test_a_row_cannot_hang_on_nobody(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as connection:
        connection.execute(insert(addresses).values(pseudonym="p1_x", person="nobody"))


def test_what_hangs_on_a_person_goes_with_her(database: Database) -> None:
    trace = {"person": "someone", "channel": "sms", "intent": "cout", "step": "", "status": "none", "at": AT}
    with database.transaction() as connection:
        a_person(connection)
        connection.execute(insert(addresses).values(pseudonym="p1_x", person="someone"))
        connection.execute(insert(events).values(**trace))
        connection.execute(text("DELETE FROM persons"))
        assert connection.execute(select(addresses.c.person)).first() is None
        assert connection.execute(select(events.c.id)).first() is None


def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    summer = datetime(2026, 7, 1, 8, 30, tzinfo=timezone(timedelta(hours=2)))
    with database.transaction() as connection:
        connection.execute(insert(guesses).values(address="p1_x", at=summer))
        kept = connection.execute(select(guesses.c.at)).scalar_one()
    assert kept == summer
    assert kept.tzinfo == timezone.utc


def test_writers_wait_for_each_other(database: Database) -> None:
    """Read, then write, from four threads: nobody is told that the database is locked, and nothing is lost."""
    with database.transaction() as connection:
        a_person(connection)

    def raise_version() -> None:
        for _ in range(10):
            with database.transaction() as connection:
                connection.execute(select(persons.c.version).with_for_update()).scalar_one()
                connection.execute(text("UPDATE persons SET version = version + 1"))

    at_once([raise_version] * 4)
    with database.transaction() as connection:
        assert connection.execute(select(persons.c.version)).scalar_one() == 41


def refusal(url: str) -> str:
    """What the operator is told when `url` is opened. Anything but a SettingError is a bare traceback for her."""
    with pytest.raises(SettingError) as refused:
        Database(url).upgrade()
    return str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("camille.sqlite", id="no-address"),
        pytest.param("postgres://camille@localhost/camille", id="the-old-name-of-postgresql"),
        pytest.param("mongodb://localhost/camille", id="not-a-database-of-ours"),
        pytest.param("mysql://localhost/camille", id="its-driver-is-not-installed"),
        pytest.param("postgresql://camille:hush@127.0.0.1:1/camille", id="nobody-answers"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_in_one_sentence(url: str) -> None:
    told = refusal(url)
    assert "DATABASE_URL" in told
    assert "\n" not in told
    assert "hush" not in told


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "DATABASE_URL" in refusal(f"sqlite:///{tmp_path / 'file' / 'camille.sqlite'}")


def test_a_file_that_is_no_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "camille.sqlite").write_text("Ceci n'est pas une base de données. " * 100)
    assert "DATABASE_URL" in refusal(f"sqlite:///{tmp_path / 'camille.sqlite'}")


def test_a_database_of_a_later_version_is_told_in_one_sentence(database: Database, settings: Settings) -> None:
    """Somebody went back to an older Camille: the migration that the database names is not there."""
    engine = create_engine(settings.database_url, future=True)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert "DATABASE_URL" in refusal(settings.database_url)


def test_sqlite_makes_its_folder(tmp_path: Path) -> None:
    opened = Database(f"sqlite:///{tmp_path / 'deep' / 'down' / 'camille.sqlite'}")
    opened.upgrade()
    opened.close()
    assert (tmp_path / "deep" / "down" / "camille.sqlite").exists()


def test_it_goes_back_to_a_version_and_up_again(database: Database) -> None:
    newest = database.revision()
    database.move("0001")
    assert database.revision() == "0001"
    assert "ratings" not in inspect(database.engine).get_table_names()
    database.move("0004")
    assert database.revision() == "0004"
    database.upgrade()
    assert database.revision() == newest


def test_going_where_it_is_changes_nothing(database: Database) -> None:
    newest = database.revision()
    database.move(newest)
    assert database.revision() == newest


def test_an_empty_database_goes_up_to_a_version(empty: Database) -> None:
    assert empty.revision() == ""
    empty.move("0002")
    assert empty.revision() == "0002"


@pytest.mark.parametrize("revision", ["9999", "head", "base", "-1", "0001:head"])
def test_a_version_that_never_was_is_told_in_one_sentence(database: Database, revision: str) -> None:
    newest = database.revision()
    with pytest.raises(SettingError, match=f"pas de version {revision}"):
        database.move(revision)
    assert database.revision() == newest


def test_a_later_version_is_not_gone_back_from_blindly(database: Database) -> None:
    """Only the release that made it knows how: it must do it before it goes."""
    with database.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SettingError, match="plus récente"):
        database.move("0004")


def test_a_nul_raises_nothing(connection: Connection) -> None:
    """Any form may hold one, which PostgreSQL does not keep."""
    strange = "\0é '\\%s\0"
    assert inbox.recorded(connection, "twilio", strange) is None
    told = connection.execute(text("SELECT CAST(:told AS text)"), {"told": strange}).scalar_one()
    assert told.replace("\0", "") == "é '\\%s"

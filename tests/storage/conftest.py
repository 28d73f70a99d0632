"""Everything stored is tested twice: on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.engine import Connection

from assistant.settings import Settings
from assistant.storage.database import Database
from tests.support.postgres import KINDS, on


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Settings]:
    """The usual settings, over each kind of database: without a table for tests that ask for `empty`."""
    with on(request.param, settings, empty="empty" in request.fixturenames) as changed:
        yield changed


@pytest.fixture
def empty(settings: Settings) -> Iterator[Database]:
    """A database before its first migration."""
    opened = Database(settings.database_url)
    yield opened
    opened.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """One transaction over the migrated tables, open for the whole test."""
    with database.transaction() as lent:
        yield lent


@pytest.fixture
def rows(connection: Connection) -> Callable[[str], int]:
    """How many rows a table holds."""
    return lambda table: int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608

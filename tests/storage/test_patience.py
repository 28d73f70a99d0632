"""No wait for PostgreSQL is without an end: not for a lock, not for a statement, not for a server that hangs."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from assistant.storage import patience
from assistant.storage.database import Database
from tests.support import postgres


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    """One of its own: it is going to be stopped."""
    made = postgres.Server(postgres.binaries())
    yield made
    made.signal(signal.SIGCONT)
    made.stop()


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "STATEMENT", 0.5)
    monkeypatch.setattr(patience, "LOCK", 0.2)
    monkeypatch.setattr(patience, "ANSWER", 1.0)
    monkeypatch.setattr(patience.Patient, "patience", 1.0)


def test_a_server_that_hangs_is_given_up(server: postgres.Server) -> None:
    with server.database() as url:
        database = Database(url)
        with database.transaction() as connection:
            connection.execute(text("SELECT 1"))
        server.signal(signal.SIGSTOP)
        for _ in range(2):  # over a connection that was there, and over a new one
            begun = time.monotonic()
            with pytest.raises(OperationalError) as given_up, database.transaction() as connection:
                connection.execute(text("SELECT 1"))
            assert time.monotonic() - begun < 4
            assert patience.is_away(given_up.value)
            assert not patience.passes(given_up.value)  # the same again would take as long
        server.signal(signal.SIGCONT)
        with database.transaction() as connection:
            assert connection.execute(text("SELECT 2")).scalar() == 2
        database.close()


def test_a_statement_has_an_end_and_what_is_behind_has_another(server: postgres.Server) -> None:
    with server.database() as url:
        database = Database(url)
        with pytest.raises(OperationalError) as given_up, database.transaction() as connection:
            connection.execute(text("SELECT pg_sleep(5)"))
        assert not patience.passes(given_up.value)  # the same again would take as long
        with database.transaction(behind=True) as connection:
            connection.execute(text("SELECT pg_sleep(1.3)"))
        with pytest.raises(OperationalError), database.transaction() as connection:
            connection.execute(text("SELECT pg_sleep(5)"))
        database.close()


def test_a_lock_has_an_end_and_may_be_over_soon(server: postgres.Server) -> None:
    with server.database() as url:
        database = Database(url)
        database.upgrade()
        with database.transaction() as holder:
            holder.execute(text("LOCK TABLE persons IN ACCESS EXCLUSIVE MODE"))
            with pytest.raises(OperationalError) as given_up, database.transaction() as connection:
                connection.execute(text("SELECT count(*) FROM persons"))
        assert patience.passes(given_up.value)
        database.close()

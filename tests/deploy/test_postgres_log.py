"""The real PostgreSQL with the options of docker/compose*.yml: nothing of anybody comes into its log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError

from assistant.settings import ROOT
from assistant.storage import patience
from assistant.storage.database import Database
from assistant.storage.schema import persons
from tests.deploy.test_compose import FILES, load
from tests.support import postgres

# A pseudonym, that would be found again in whatever holds it.
WHO = "p1_Zq7SomebodyWhoSaidStop"
ROW: dict[str, Any] = {
    "id": WHO,
    "version": 1,
    "progress": "{}",
    "said": f"Bonjour {WHO}",
    "seen_at": datetime(2026, 11, 26, 12, tzinfo=timezone.utc),
}


def options(name: str) -> tuple[str, ...]:
    """What PostgreSQL is started with."""
    first, *rest = load(name)["services"]["postgres"]["command"]
    assert first == "postgres"
    assert set(rest[::2]) == {"-c"}
    return tuple(rest[1::2])


def logging(name: str) -> set[str]:
    return {option for option in options(name) if option.startswith("log_")}


def provoke(server: postgres.Server) -> set[str]:
    """Everything that PostgreSQL has a word for, each beside WHO. The kinds that came back to who asked."""
    seen = set()
    with server.database() as url:
        database = Database(url)
        database.upgrade()
        with database.transaction() as connection:
            connection.execute(insert(persons).values(**ROW))
            connection.execute(text("SELECT pg_sleep(0.7), :who"), {"who": WHO})
        who = bindparam("who", WHO)
        for wrong in (
            insert(persons).values(**ROW),
            insert(persons).values(**ROW | {"said": None}),
            text("SELECT pg_sleep(30), :who").bindparams(who),
            text("SELEC :who").bindparams(who),
            text("SELECT :who FROM nothing_of_that_name").bindparams(who),
            text("DO $$ BEGIN RAISE EXCEPTION 'no' USING DETAIL = 'p1_Zq7SomebodyWhoSaidStop'; END $$"),
        ):
            with pytest.raises(DBAPIError) as failed, database.transaction() as connection:
                connection.execute(wrong)
            seen.add(type(failed.value.orig).__name__)
        database.close()
    return seen


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "STATEMENT", 1.5)


def started(*given: str) -> Iterator[postgres.Server]:
    made = postgres.Server(postgres.binaries(), options=given)
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(params=FILES)
def server(request: pytest.FixtureRequest) -> Iterator[postgres.Server]:
    yield from started(*options(request.param))


@pytest.fixture
def loud() -> Iterator[postgres.Server]:
    """Without our options but for the one that looks for slow statements, as many run it."""
    yield from started("log_min_duration_statement=500ms", "log_parameter_max_length=0")


def test_the_log_names_what_went_wrong_and_nobody(server: postgres.Server) -> None:
    seen = provoke(server)
    assert {"UniqueViolation", "NotNullViolation", "QueryCanceled", "SyntaxError", "UndefinedTable"} <= seen
    said = server.said
    assert WHO not in said
    assert "STATEMENT" not in said
    assert "DETAIL" not in said
    for line in ("duplicate key value violates unique constraint", "statement timeout", "syntax error", "nothing_of"):
        assert line in said, "those who run it still see the kind"


def test_the_usual_log_would_hold_whom_it_is_about(loud: postgres.Server) -> None:
    provoke(loud)
    lines = [line for line in loud.said.splitlines() if WHO in line]
    for part in ("duration: ", "DETAIL: ", "STATEMENT: "):
        assert [line for line in lines if part in line], part


def test_both_files_say_the_same_of_the_log_and_so_does_the_page() -> None:
    assert logging(FILES[0]) == logging(FILES[1])
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(log_\w+=[\w-]+)`", page)) == logging(FILES[0])


def test_a_slow_statement_is_found_without_its_values() -> None:
    for server in started(*options(FILES[1])):
        with server.database() as url:
            database = Database(url)
            database.upgrade()
            with database.transaction() as connection:
                connection.exec_driver_sql("CREATE EXTENSION pg_stat_statements")
                connection.execute(insert(persons).values(**ROW))
                connection.execute(select(persons).where(persons.c.id == WHO))
                connection.execute(text("SELECT pg_sleep(0.6), :who"), {"who": WHO})
            with database.transaction() as connection:
                found: list[Any] = connection.execute(
                    text("SELECT query FROM pg_stat_statements WHERE mean_exec_time > 500")
                ).all()
                everything = " ".join(connection.execute(text("SELECT query FROM pg_stat_statements")).scalars())
            database.close()
        assert found == [("SELECT pg_sleep($1), $2",)]
        assert "INSERT INTO persons" in everything
        assert WHO not in everything

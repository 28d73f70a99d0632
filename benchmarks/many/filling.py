"""Fills a PostgreSQL database with the past: people, and their turns of the last thirty days.

More than retention leaves (a carrier's messages stay seven days), and less in each: only those of two days hold what
was replied, the others a reply without words, so that it fits on a disk.

The rows are made by the database itself, thousands a statement, from replies that were really given. Each person has
one address; each turn is two rows of the inbox (the provider's name of it and the token of its request) and an event.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from rich.progress import Progress as Bar
from sqlalchemy import text
from sqlalchemy.engine import Connection

from assistant.privacy.purposes import PLACE_IN_A_JOURNEY, TURN_TRACE
from assistant.storage.database import Database
from assistant.turns import Reply

SLICE = 500_000
ANSWERS = timedelta(days=2)  # how long ago a turn may be and still hold its reply
# Spreads the turns of one person over the whole time; it shares no factor with round numbers of people.
STRIDE = 7_919
OF = "substr(md5('a' || {}), 1, 22)"
PERSON, ADDRESS = OF.format("{0}::text"), "'p1_' || " + OF.format("({0}::text || 'x')")


def fill(
    database: Database, people: int, turns: int, replies: Sequence[Any], places: Sequence[Any], now: datetime
) -> None:
    """Insert `people` and `turns` rows of the past before `now`. The tables must be there, and empty.

    `replies` are what was said, `places` pairs of a place in the journey and of what was said last there.
    """
    drops, makes = _indexes(database)
    with database.transaction() as connection:
        for line in drops:
            connection.exec_driver_sql(line)
    with Bar() as bar:
        task = bar.add_task("people and turns", total=people + turns)
        for start in range(0, people, SLICE):
            rows = min(SLICE, people - start)
            _insert(database, _PEOPLE, start, rows, people, now, PLACE_IN_A_JOURNEY, _pairs(places))
            bar.advance(task, rows)
        for start in range(0, turns, SLICE):
            rows = min(SLICE, turns - start)
            said = {
                "replies": [json.dumps(reply, ensure_ascii=False) for reply in replies],
                "silent": json.dumps(Reply((), "").to_json()),
                "lately": int(turns * (1 - ANSWERS / TURN_TRACE)),
                "people": people,
            }
            _insert(database, _TURNS, start, rows, turns, now, TURN_TRACE, said)
            bar.advance(task, rows)
        task = bar.add_task("indexes", total=len(makes) + 1)
        for line in makes:
            with database.transaction() as connection:
                connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '1GB'")
                connection.exec_driver_sql(line)
            bar.advance(task)
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
        bar.advance(task)


# One statement a table; the number of a row tells its time, its person and what was said.
_PEOPLE = (
    f"""INSERT INTO persons (id, version, progress, said, seen_at)
        SELECT {PERSON.format("n")}, 50, (:places)[1 + n % :kinds], (:said)[1 + n % :kinds], {{at}}
        FROM generate_series(:first, :last) n""",
    f"""INSERT INTO addresses (pseudonym, person) SELECT {ADDRESS.format("n")}, {PERSON.format("n")}
        FROM generate_series(:first, :last) n""",
)
_WHO = f"((n::bigint * {STRIDE}) % :people)"
_TURNS = (
    f"""INSERT INTO inbox (provider, message_id, address, reply, received_at)
        SELECT 'twilio', 'SM' || md5(n::text), {ADDRESS.format(_WHO)},
            CASE WHEN n >= :lately THEN (:replies)[1 + n % :kinds] ELSE :silent END, {{at}}
        FROM generate_series(:first, :last) n""",
    f"""INSERT INTO inbox (provider, message_id, address, reply, received_at)
        SELECT 'twilio', 'try:' || md5('t' || n::text)::uuid, {ADDRESS.format(_WHO)},
            '"SM' || md5(n::text) || '"', {{at}}
        FROM generate_series(:first, :last) n""",
    f"""INSERT INTO events (person, channel, intent, step, status, at)
        SELECT {PERSON.format(_WHO)}, 'sms', 'etape_faite', 'activer/' || (n % 40), 'going', {{at}}
        FROM generate_series(:first, :last) n""",
)


def _insert(
    database: Database,
    statements: Sequence[str],
    first: int,
    rows: int,
    of: int,
    now: datetime,
    life: timedelta,
    given: dict[str, Any],
) -> None:
    """Rows `first` and following of `of`, spread evenly over the time before `now`."""
    at = "CAST(:now AS timestamptz) - make_interval(secs => :life * (1.0 - n::float8 / :of))"
    told = {**given, "first": first, "last": first + rows - 1, "of": of, "now": now, "life": life.total_seconds()}
    told["kinds"] = len(next(value for value in given.values() if isinstance(value, list)))
    for statement in statements:
        with database.transaction() as connection:
            # Whoever a row hangs on is there: nothing is checked a hundred million times.
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            connection.execute(text(statement.replace("{at}", at)), told)


def _pairs(places: Sequence[Any]) -> dict[str, Any]:
    return {
        "places": [json.dumps(place, ensure_ascii=False) for place, _ in places],
        "said": [json.dumps(said, ensure_ascii=False) for _, said in places],
    }


def _indexes(database: Database) -> tuple[list[str], list[str]]:
    """What takes the indexes of the great tables away, and what makes them again."""

    def of(connection: Connection) -> tuple[list[str], list[str]]:
        query = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('inbox', 'events', 'persons', 'addresses')"
        )
        found = connection.exec_driver_sql(query).all()
        # A primary key that others refer to stays.
        plain = [(name, made) for name, made in found if not name.startswith("pk_")]
        drops = [f"DROP INDEX {name}" for name, _ in plain] + ["ALTER TABLE inbox DROP CONSTRAINT pk_inbox"]
        makes = [made for _, made in plain]
        makes.append("ALTER TABLE inbox ADD CONSTRAINT pk_inbox PRIMARY KEY (provider, message_id)")
        return drops, makes

    with database.transaction() as connection:
        return of(connection)

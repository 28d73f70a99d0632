"""The purge that keeps the promise of purposes.py: each kind of row goes once its time is over."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta, timezone
from typing import Any

from sqlalchemy import Table, and_, delete, or_, select, tuple_
from sqlalchemy.engine import Connection

from assistant.privacy.purposes import PURPOSES, Line
from assistant.storage import operator_acts
from assistant.storage.database import Database

# Rows of a table that go at once: on SQLite people wait meanwhile, some hundredths of a second.
SLICE = 5_000
# Once a night, when few people write. In UTC.
HOUR = time(3, 30)
# What is promised for each night was missed twice by then: somebody is told (docker/alerts.yml, `camille doctor`).
LATE = timedelta(days=2)


def purge(connection: Connection, now: datetime, most: int | None = None) -> dict[str, int]:
    """Delete what is past its time, `most` rows of each table at most. Returns how many rows of each went."""
    past: dict[Table, list[Any]] = {}
    for purpose in PURPOSES:
        for line in purpose.lines:
            past.setdefault(line.table, []).append(_past(line, now))
    return {table.name: _delete(connection, table, or_(*lines), most) for table, lines in past.items()}


def purge_all(database: Database, now: datetime) -> dict[str, int]:
    """The same, slice after slice, each in a transaction of its own: people pass in between. The last one notes it."""
    gone: Counter[str] = Counter()
    while True:
        with database.transaction(behind=True) as connection:
            found = purge(connection, now, SLICE)
            gone.update(found)
            if max(found.values()) < SLICE:
                operator_acts.note(connection, operator_acts.SERVICE, "purged", now)
                return dict(gone)


def is_due(database: Database, now: datetime) -> bool:
    """Whether there was no purge since the last time that its hour struck: it was missed, or it strikes."""
    with database.transaction() as connection:
        last = operator_acts.last(connection, "purged")
    struck = datetime.combine(now.astimezone(timezone.utc), HOUR, timezone.utc)
    return last is None or last < (struck if struck <= now else struck - timedelta(days=1))


def _delete(connection: Connection, table: Table, over: Any, most: int | None) -> int:
    if most is not None:
        key = tuple(table.primary_key)
        over = (key[0] if len(key) == 1 else tuple_(*key)).in_(select(*key).where(over).limit(most))
    return int(connection.execute(delete(table).where(over)).rowcount)


def _past(line: Line, now: datetime) -> Any:
    over = line.since < now - line.life
    return over if line.which is None else and_(over, line.which)

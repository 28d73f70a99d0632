"""The purge that keeps the promise of purposes.py: each kind of row goes once its time is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, time, timedelta, timezone
from typing import Any

from sqlalchemy import delete, select, true, tuple_
from sqlalchemy.engine import Connection

from assistant.privacy.purposes import PURPOSES, Line
from assistant.storage import operator_acts
from assistant.storage.database import Database

# Rows that go at once: on SQLite people wait meanwhile, some hundredths of a second.
SLICE = 5_000
# Once a night, when few people write. In UTC.
HOUR = time(3, 30)
# What is promised for each night was missed twice by then: somebody is told (docker/alerts.yml, `camille doctor`).
LATE = timedelta(days=2)


def purge(connection: Connection, now: datetime) -> dict[str, int]:
    """Delete what is past its time, in the transaction of `connection`. Returns how many rows of each table went."""
    return _purge(lambda: nullcontext(connection), now)


def purge_all(database: Database, now: datetime) -> dict[str, int]:
    """The same, slice after slice, each in a transaction of its own: people pass in between. It is noted in the end."""
    gone = _purge(lambda: database.transaction(behind=True), now)
    with database.transaction() as connection:
        operator_acts.note(connection, operator_acts.SERVICE, "purged", now)
    return gone


def is_due(database: Database, now: datetime) -> bool:
    """Whether there was no purge since the last time that its hour struck: it was missed, or it strikes."""
    with database.transaction() as connection:
        last = operator_acts.last(connection, "purged")
    struck = datetime.combine(now.astimezone(timezone.utc), HOUR, timezone.utc)
    return last is None or last < (struck if struck <= now else struck - timedelta(days=1))


def _purge(lend: Callable[[], AbstractContextManager[Connection]], now: datetime) -> dict[str, int]:
    gone: Counter[str] = Counter()
    for line in (line for purpose in PURPOSES for line in purpose.lines):
        went, first = SLICE, None
        while went == SLICE:
            with lend() as connection:
                went, first = _slice(connection, line, now, first)
            gone[line.table.name] += went
    return dict(gone)


def _slice(connection: Connection, line: Line, now: datetime, after: datetime | None) -> tuple[int, datetime | None]:
    """Delete the oldest rows of `line`. Returns how many went, and the time of the first of them.

    None is older than `after`, where the slice before began: who looked from the beginning again would step each time
    over what stays among them, and over all that has gone already.
    """
    over = line.since < now - line.life, true() if line.which is None else line.which
    oldest = select(line.since).where(*over, *_from(line, after)).order_by(line.since).limit(1)
    first: datetime | None = connection.execute(oldest).scalar()
    if first is None:
        return 0, None
    key = tuple(line.table.primary_key)
    chosen = select(*key).where(*over, *_from(line, first)).order_by(line.since).limit(SLICE)
    past = (key[0] if len(key) == 1 else tuple_(*key)).in_(chosen)
    return int(connection.execute(delete(line.table).where(past)).rowcount), first


def _from(line: Line, at: datetime | None) -> tuple[Any, ...]:
    return () if at is None else (line.since >= at,)

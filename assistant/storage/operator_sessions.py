"""Who of those who run the service is signed in: as for practices (practice_sessions.py), and for a shorter time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from assistant.storage import operators
from assistant.storage.operators import Operator
from assistant.storage.practice_sessions import COARSE, key_of
from assistant.storage.schema import operator_sessions

IDLE = timedelta(minutes=20)
AT_MOST = timedelta(hours=4)


def begin(connection: Connection, token: str, operator: str, at: datetime) -> None:
    """`operator` is signed in with `token` from now on."""
    row = {"id": key_of(token), "operator": operator, "made_at": at, "seen_at": at}
    connection.execute(insert(operator_sessions).values(**row))


def who(connection: Connection, token: str, at: datetime) -> Operator | None:
    """Who is signed in with `token`, seen now; None when nobody is, or not any more."""
    key, table = key_of(token), operator_sessions.c
    live = table.id == key, table.seen_at > at - IDLE, table.made_at > at - AT_MOST
    row = connection.execute(select(table.operator, table.seen_at).where(*live)).first()
    if row is None:
        return None
    if row.seen_at < at - COARSE:
        connection.execute(update(operator_sessions).where(table.id == key).values(seen_at=at))
    return operators.find(connection, row.operator)


def finish(connection: Connection, token: str) -> str | None:
    """End the session of `token`, live or not. Whose it was; None when there is none. Of two at once, one ends it."""
    key, table = key_of(token), operator_sessions.c
    whose = connection.execute(select(table.operator).where(table.id == key)).scalar()
    gone = connection.execute(delete(operator_sessions).where(table.id == key)).rowcount == 1
    return str(whose) if whose is not None and gone else None

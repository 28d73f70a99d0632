"""What must be true once, soon: a sign-in under way, a practice to be chosen, an access to be taken up.

A slip is found by a hash of its name, and `take` uses it up: of two who come with the same one, one has it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from assistant.storage.schema import practice_slips
from assistant.storage.upserts import insert_into


def key_of(kind: str, name: str) -> str:
    """What the table holds of a slip's name. Names are random and long: a hash without a key cannot be looked up."""
    return hashlib.sha256(f"{kind}:{name}".encode("utf-8", "replace")).hexdigest()


def put(connection: Connection, kind: str, name: str, value: str, expires_at: datetime, at: datetime) -> None:
    """Leave `value` under `name`. What is private in it is sealed already. What is past its time goes."""
    connection.execute(delete(practice_slips).where(practice_slips.c.expires_at <= at))
    row = {"key": key_of(kind, name), "kind": kind, "value": value, "expires_at": expires_at}
    made = insert_into(connection, practice_slips).values(**row)
    again = {"value": value, "expires_at": expires_at}
    connection.execute(made.on_conflict_do_update(index_elements=["key"], set_=again))


def drop(connection: Connection, kind: str, value: str) -> None:
    """Take back all of that kind that hold `value`."""
    connection.execute(delete(practice_slips).where(practice_slips.c.kind == kind, practice_slips.c.value == value))


def look(connection: Connection, kind: str, name: str, at: datetime) -> str | None:
    """What was left under `name`, which stays; None when there is nothing, or not any more."""
    table = practice_slips.c
    live = table.key == key_of(kind, name), table.expires_at > at
    found = connection.execute(select(table.value).where(*live)).scalar()
    return str(found) if found is not None else None


def take(connection: Connection, kind: str, name: str, at: datetime) -> str | None:
    """What was left under `name`, which is then used up."""
    found = look(connection, kind, name, at)
    gone = connection.execute(delete(practice_slips).where(practice_slips.c.key == key_of(kind, name))).rowcount == 1
    return found if gone else None

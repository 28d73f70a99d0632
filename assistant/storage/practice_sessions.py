"""Who is signed in for a practice. The browser holds a token of 256 bits; here is its hash, so a stolen table opens
nothing. A session ends after half an hour without a request, after a working day, or when its member is ended."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from assistant.storage import practices
from assistant.storage.practices import Member
from assistant.storage.schema import practice_sessions

IDLE = timedelta(minutes=30)
AT_MOST = timedelta(hours=8)
TOKEN_BYTES = 32
# Seen is written once a minute at most: a page of four files is not four writes.
COARSE = timedelta(minutes=1)


@dataclass(frozen=True)
class Ended:
    """A session that is over. `id_token` is still sealed, beside `key`."""

    member: Member | None
    key: str
    id_token: str


def new_token() -> str:
    """256 random bits, in 43 characters of a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def key_of(token: str) -> str:
    """What the table holds of a token. No key is needed: 256 random bits cannot be looked up."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def begin(connection: Connection, token: str, member: str, id_token: str, at: datetime) -> None:
    """`member` is signed in with `token` from now on. `id_token` is sealed beside `key_of(token)`, or ""."""
    row = {"id": key_of(token), "member": member, "id_token": id_token, "made_at": at, "seen_at": at}
    connection.execute(insert(practice_sessions).values(**row))


def who(connection: Connection, token: str, at: datetime) -> Member | None:
    """Who is signed in with `token`, seen now; None when nobody is, or not any more."""
    key, table = key_of(token), practice_sessions.c
    live = table.id == key, table.seen_at > at - IDLE, table.made_at > at - AT_MOST
    row = connection.execute(select(table.member, table.seen_at).where(*live)).first()
    found = practices.member(connection, row.member) if row is not None else None
    if row is None or found is None:
        return None
    if row.seen_at < at - COARSE:
        connection.execute(update(practice_sessions).where(table.id == key).values(seen_at=at))
    return found


def finish(connection: Connection, token: str) -> Ended | None:
    """End the session of `token`, live or not. None when there is none. Of two at once, one ends it."""
    key, table = key_of(token), practice_sessions.c
    row = connection.execute(select(table.member, table.id_token).where(table.id == key)).first()
    if row is None or connection.execute(delete(practice_sessions).where(table.id == key)).rowcount != 1:
        return None
    return Ended(practices.member(connection, row.member), key, row.id_token)

"""STOP and return: who does not want to be written to, and the dated proof of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection

from assistant.storage.schema import consents, stopped
from assistant.turns import Channel

# Made once: it is of each turn.
STOPPED = select(stopped.c.asked_to_return).where(stopped.c.address == bindparam("address"))


def is_stopped(connection: Connection, address: str) -> tuple[bool, bool]:
    """Whether `address` said STOP, and whether it was since asked if it wants to return."""
    row = connection.execute(STOPPED, {"address": address}).first()
    return (row is not None, bool(row and row.asked_to_return))


def stop(connection: Connection, address: str, channel: Channel, at: datetime) -> None:
    """Note a STOP. Saying it twice changes nothing: the question whether to return is asked once, and never again."""
    if not is_stopped(connection, address)[0]:
        connection.execute(insert(stopped).values(address=address, asked_to_return=False, since=at))
        note(connection, address, "stop", channel, at)


def ask_to_return(connection: Connection, address: str) -> None:
    connection.execute(update(stopped).where(stopped.c.address == address).values(asked_to_return=True))


def allow(connection: Connection, address: str, channel: Channel, at: datetime) -> None:
    """Note an explicit yes to being written to again."""
    connection.execute(delete(stopped).where(stopped.c.address == address))
    note(connection, address, "return", channel, at)


def returned_since(connection: Connection, address: str, since: datetime) -> bool:
    """Whether somebody at `address` said yes again after `since`."""
    query = select(consents.c.id).where(
        consents.c.address == address, consents.c.kind == "return", consents.c.given_at > since
    )
    return connection.execute(query.limit(1)).first() is not None


def note(connection: Connection, address: str, kind: str, channel: Channel, at: datetime) -> None:
    """One dated line of proof: stop, return or erase."""
    connection.execute(insert(consents).values(address=address, kind=kind, channel=channel, given_at=at))

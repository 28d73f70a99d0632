"""Which channels are switched off. Read at each turn, so that a press is heard by every process at the next one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import bindparam, delete, select
from sqlalchemy.engine import Connection

from assistant.storage.schema import switches
from assistant.storage.upserts import insert_into

# The three channels of people, and the pages of practices.
Face = Literal["sms", "voice", "web", "practice"]
FACES: tuple[Face, ...] = get_args(Face)
# Made once: it is of each turn.
IS_OFF = select(switches.c.channel).where(switches.c.channel == bindparam("face"))


def is_off(connection: Connection, face: Face) -> bool:
    return connection.execute(IS_OFF, {"face": face}).first() is not None


def off(connection: Connection) -> Mapping[str, datetime]:
    """Those that are off, with the instant since when."""
    return {row.channel: row.since for row in connection.execute(select(switches))}


def switch_off(connection: Connection, face: Face, at: datetime) -> bool:
    """Whether it was on before."""
    row = insert_into(connection, switches).values(channel=face, since=at)
    return bool(connection.execute(row.on_conflict_do_nothing(index_elements=["channel"])).rowcount == 1)


def switch_on(connection: Connection, face: Face) -> bool:
    """Whether it was off before."""
    return bool(connection.execute(delete(switches).where(switches.c.channel == face)).rowcount == 1)

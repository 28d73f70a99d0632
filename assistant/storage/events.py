"""The trace of each turn, without its words: what was understood, at which step."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from assistant.storage.schema import events
from assistant.turns import Channel, Reply

# Made once: it is of each turn.
NOTE = insert(events)


def note(connection: Connection, person: str, channel: Channel, reply: Reply, at: datetime) -> None:
    """Add one turn of `person`."""
    step = f"{reply.journey.name}/{reply.journey.step}" if reply.journey else ""
    status = reply.journey.status if reply.journey else "none"
    row = {"person": person, "channel": channel, "intent": reply.intent[:48], "step": step, "status": status, "at": at}
    connection.execute(NOTE, row)

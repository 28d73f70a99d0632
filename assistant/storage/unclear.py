"""What was not understood, for those who improve the content: no person, no hour, ordinary words only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from assistant.storage.days import day_of
from assistant.storage.schema import unclear
from assistant.turns import Channel, Reply

LONGEST = 300


@dataclass(frozen=True)
class Unclear:
    """One message, the place it was said at ("activer/preparer", or ""), and how many times it came."""

    text: str
    step: str
    times: int


def note(connection: Connection, text: str, channel: Channel, reply: Reply, at: datetime) -> None:
    """Keep `text`, which holds ordinary words only. The day is kept, not the hour: no trace of a turn can join it."""
    step = f"{reply.journey.name}/{reply.journey.step}" if reply.journey else ""
    connection.execute(insert(unclear).values(text=text[:LONGEST], channel=channel, step=step, day=day_of(at)))


def told(connection: Connection, since: datetime) -> list[Unclear]:
    """What came since, the most frequent first."""
    times = func.count().label("times")
    query = (
        select(unclear.c.text, unclear.c.step, times)
        .where(unclear.c.day >= since)
        .group_by(unclear.c.text, unclear.c.step)
        .order_by(times.desc(), unclear.c.text)
    )
    return [Unclear(row.text, row.step, row.times) for row in connection.execute(query)]

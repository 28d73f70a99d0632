"""How many messages and segments came in and went out each day, of nobody: what a conversation costs.

The ratio of what goes out to what comes in is watched: a sender that writes much more than it is written to is taken
for advertising (docs/architecture.md, « What goes out »).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Literal

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.engine import Connection

from assistant.storage.days import day_of
from assistant.storage.schema import Instant, tallies

Way = Literal["in", "out"]
MONTH = timedelta(days=30)
# Whoever counts keeps the row until her turn is on the disk: one row would be as many SMS a second as the disk takes
# one after the other. A day has sixteen, told apart by microseconds, and whoever reads adds them up.
PARTS = 16
# In words that both databases understand: SQLAlchemy compiles its own form of it again for each turn.
COUNT = text(
    "INSERT INTO tallies (day, channel, way, messages, segments) VALUES (:day, :channel, :way, 1, :segments) "
    "ON CONFLICT (day, channel, way) "
    "DO UPDATE SET messages = tallies.messages + 1, segments = tallies.segments + excluded.segments"
).bindparams(bindparam("day", type_=Instant()))


@dataclass(frozen=True)
class Tally:
    """One channel and direction, over the days asked for."""

    channel: str
    way: Way
    messages: int
    segments: int


def count(connection: Connection, channel: Literal["sms", "voice"], way: Way, segments: int, at: datetime) -> None:
    """One message more, of `segments` (0 for a call). The day is kept, not the hour."""
    row = day_of(at).replace(microsecond=at.microsecond % PARTS)
    connection.execute(COUNT, {"day": row, "channel": channel, "way": way, "segments": segments})


def told(connection: Connection, since: datetime, until: datetime | None = None) -> list[Tally]:
    """Every channel and direction since the day of `since`, up to the day before that of `until`."""
    days = [tallies.c.day >= day_of(since), *([tallies.c.day < day_of(until)] if until else [])]
    query = (
        select(tallies.c.channel, tallies.c.way, func.sum(tallies.c.messages), func.sum(tallies.c.segments))
        .where(*days)
        .group_by(tallies.c.channel, tallies.c.way)
        .order_by(tallies.c.channel, tallies.c.way)
    )
    return [
        Tally(channel, way, int(messages), int(segments))
        for channel, way, messages, segments in connection.execute(query)
    ]


def ratio(found: Iterable[Tally]) -> float | None:
    """SMS sent for one received; None when there was no SMS at all."""
    messages = {tally.way: tally.messages for tally in found if tally.channel == "sms"}
    received, sent = messages.get("in", 0), messages.get("out", 0)
    if not received:
        return inf if sent else None
    return sent / received


def lately(connection: Connection, at: datetime) -> float | None:
    """The same over the last thirty days, which is what operators look at."""
    return ratio(told(connection, at - MONTH))

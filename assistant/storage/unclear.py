"""What was not understood, for those who improve the content: no person, no hour, ordinary words only.

So that what few people said is not shown to operators, a row says in which of 64 parts of all people its person is
(`share`): every part is that of many, and eleven different ones are eleven persons at least.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from assistant.storage.days import day_of
from assistant.storage.schema import unclear
from assistant.turns import Channel, Reply

LONGEST = 300
SHARES = 64
# How many rows are looked at for likeness, the latest ones: far more than two people read in a month.
MOST = 20_000


@dataclass(frozen=True)
class Unclear:
    """One message, the place it was said at ("activer/preparer", or ""), and how many times it came."""

    text: str
    step: str
    times: int


@dataclass(frozen=True)
class Said:
    """One distinct text, how many times it came, and the shares of people whom it came from."""

    text: str
    times: int
    shares: frozenset[int]


def note(connection: Connection, text: str, channel: Channel, reply: Reply, at: datetime, share: int | None) -> None:
    """Keep `text`, which holds ordinary words only. The day is kept, not the hour: no trace of a turn can join it.

    `share` is None for who is another person at each call, and would be counted as several.
    """
    step = f"{reply.journey.name}/{reply.journey.step}" if reply.journey else ""
    row = {"text": text[:LONGEST], "channel": channel, "step": step, "day": day_of(at), "share": share}
    connection.execute(insert(unclear).values(**row))


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


def said(connection: Connection, since: datetime, until: datetime) -> list[Said]:
    """What came on the days from `since` and before `until`, the most frequent first."""
    table = unclear.c
    query = select(table.text, table.share).where(table.day >= since, table.day < until)
    found: dict[str, list[int | None]] = {}
    for text, share in connection.execute(query.order_by(table.id.desc()).limit(MOST)):
        found.setdefault(text, []).append(share)
    told = [Said(text, len(all_), frozenset(one for one in all_ if one is not None)) for text, all_ in found.items()]
    return sorted(told, key=lambda one: (-one.times, one.text))


def settle(connection: Connection, texts: Collection[str]) -> int:
    """Somebody has dealt with what many wrote in `texts`: they are not kept any longer. How many rows went."""
    return int(connection.execute(delete(unclear).where(unclear.c.text.in_(texts))).rowcount)

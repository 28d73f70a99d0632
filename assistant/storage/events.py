"""The trace of each turn, without its words: what was understood, at which step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, distinct, func, insert, select
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


@dataclass(frozen=True)
class Stand:
    """How many persons stand at a step, on the channel where they were last; `lately`: how many of them came lately."""

    channel: Channel
    step: str
    status: str
    persons: int
    lately: int


def stands(connection: Connection, journey: str, since: datetime, until: datetime, lately: datetime) -> list[Stand]:
    """Where each person stood last in `journey`, from `since` to just before `until`: each is counted once."""
    table = events.c
    inside = table.step.startswith(f"{journey}/", autoescape=True), table.at >= since, table.at < until
    last = select(func.max(table.id)).where(*inside).group_by(table.person)
    recent = func.sum(case((table.at >= lately, 1), else_=0))
    where = table.channel, table.step, table.status
    query = select(*where, func.count(), recent).where(table.id.in_(last)).group_by(*where).order_by(*where)
    return [
        Stand(channel, step.partition("/")[2], status, int(persons), int(late))
        for channel, step, status, persons, late in connection.execute(query)
    ]


def persons(connection: Connection, channel: Channel, since: datetime, until: datetime) -> int:
    """How many persons used `channel` from `since` to just before `until`."""
    table = events.c
    inside = table.channel == channel, table.at >= since, table.at < until
    return int(connection.execute(select(func.count(distinct(table.person))).where(*inside)).scalar_one())

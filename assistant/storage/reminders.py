"""The reminders that people asked for. Each becomes one row of the outbox when its time comes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, distinct, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from assistant.storage.schema import persons, reminders


@dataclass(frozen=True)
class Reminder:
    """One reminder. `seen_at`: the person's last turn. The number is sealed, and not in the repr."""

    id: int
    person: str
    address: str
    channel: Literal["sms", "voice"]
    due_at: datetime
    made_at: datetime
    seen_at: datetime
    number: str = field(repr=False)


def put(
    connection: Connection,
    *,
    person: str,
    address: str,
    channel: Literal["sms", "voice"],
    number: str,
    due_at: datetime,
    at: datetime,
) -> None:
    """Remind `person`, who is stored, at `due_at`. `number` is sealed."""
    row = {"person": person, "address": address, "channel": channel, "number": number, "due_at": due_at}
    connection.execute(insert(reminders).values(**row, state="due", made_at=at))


def due(connection: Connection, at: datetime) -> list[Reminder]:
    """Those whose time has come, the oldest first."""
    return _found(connection, reminders.c.due_at <= at)


def oldest(connection: Connection, at: datetime, *, but: Collection[str] = ()) -> datetime | None:
    """Since when the oldest one has been due, of those that leave by other channels than `but`; None when none is."""
    late = reminders.c.state == "due", reminders.c.due_at <= at, reminders.c.channel.not_in(but)
    found: datetime | None = connection.execute(select(func.min(reminders.c.due_at)).where(*late)).scalar()
    return found


def pending(connection: Connection, person: str) -> list[Reminder]:
    """Those that `person` still waits for, the next one first."""
    return _found(connection, reminders.c.person == person)


def hold(connection: Connection, id_: int) -> Reminder | None:
    """The reminder, for this transaction alone; None when it is over, or in other hands."""
    return next(iter(_found(connection, reminders.c.id == id_, lock=True)), None)


def sent_since(connection: Connection, person: str, since: datetime, *, address: str = "") -> int:
    """How many went to `person` since then, or to anybody else at `address`."""
    whose = or_(reminders.c.person == person, reminders.c.address == address) if address else None
    query = select(func.count()).where(reminders.c.state == "sent", reminders.c.due_at >= since)
    query = query.where(reminders.c.person == person if whose is None else whose)
    return int(connection.execute(query).scalar_one())


def cancel(connection: Connection, person: str) -> int:
    """Remind `person` of nothing more. Returns how many were waiting."""
    return _cancel(connection, reminders.c.person == person)


def cancel_at(connection: Connection, address: str) -> int:
    """Remind nobody any more at `address`."""
    return _cancel(connection, reminders.c.address == address)


def cancel_late(connection: Connection, due_before: datetime) -> int:
    """Remind nobody of what was to be told before then: whatever kept it, it is too late."""
    return _cancel(connection, reminders.c.due_at < due_before)


def waiting(connection: Connection, since: datetime, until: datetime, at: datetime) -> dict[str, int]:
    """How many persons waited at `at` for one that is due from `since` to just before `until`, by channel.

    Whoever asked later is not counted, and whoever was reminded since still is, when she was. One that was called off
    since is gone: no table tells when.
    """
    table = reminders.c
    waited = table.made_at < at, or_(table.state == "due", and_(table.state == "sent", table.due_at >= at))
    inside = *waited, table.due_at >= since, table.due_at < until
    query = select(table.channel, func.count(distinct(table.person))).where(*inside).group_by(table.channel)
    return {channel: int(count) for channel, count in connection.execute(query)}


def move(connection: Connection, id_: int, due_at: datetime) -> None:
    connection.execute(update(reminders).where(reminders.c.id == id_).values(due_at=due_at))


def settle(connection: Connection, id_: int, state: Literal["sent", "cancelled"], at: datetime) -> None:
    """The reminder is over, and its number erased."""
    values: dict[str, Any] = {"state": state, "number": ""}
    if state == "sent":
        values["due_at"] = at  # from now on, when it went: how many went in a day is counted by it
    connection.execute(update(reminders).where(reminders.c.id == id_, reminders.c.state == "due").values(**values))


def _cancel(connection: Connection, whose: Any) -> int:
    over = update(reminders).where(whose, reminders.c.state == "due").values(state="cancelled", number="")
    return int(connection.execute(over).rowcount)


def _found(connection: Connection, which: Any, *, lock: bool = False) -> list[Reminder]:
    query = (
        select(reminders, persons.c.seen_at)
        .join(persons, persons.c.id == reminders.c.person)
        .where(which, reminders.c.state == "due")
        .order_by(reminders.c.due_at, reminders.c.id)
    )
    if lock:
        query = query.with_for_update(of=reminders, skip_locked=True)
    return [
        Reminder(row.id, row.person, row.address, row.channel, row.due_at, row.made_at, row.seen_at, row.number)
        for row in connection.execute(query)
    ]

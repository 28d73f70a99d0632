"""What is to be sent, written in the same transaction as the turn that wants it: kept, or undone, together.

A row goes from due to sending to an end. `sending` is a lease: whoever claims a row has it until `held_until`, and
when a process dies the next one finds the lease over, and the row `unsure`: it may have gone out. The number of tries
tells attempts apart: what an attempt that was overtaken still has to say changes nothing, unless it did send.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import String, and_, case, cast, delete, func, literal, not_, or_, select, update
from sqlalchemy.engine import Connection

from assistant.storage import shared, tallies, unanswered
from assistant.storage.schema import outbox, reminders
from assistant.storage.upserts import insert_into

Kind = Literal["sms", "call"]
State = Literal["due", "sending", "sent", "delivered", "failed", "cancelled", "refused"]

OPEN = ("due", "sending")
# From which states a row may come to what a provider tells: never backwards. Cancelled is among them because a message
# may have left in the same instant: then what happened is what is kept.
NOT_KNOWN_OUT = ("due", "sending", "cancelled")
BEFORE: dict[State, tuple[str, ...]] = {
    "sent": NOT_KNOWN_OUT,
    "delivered": (*NOT_KNOWN_OUT, "sent"),
    "failed": (*NOT_KNOWN_OUT, "sent"),
}
# How the keys of reminders begin: they alone have quiet hours, and an answer cancels them.
REMINDER = "reminder:"
# And those of invitations, whose words lead to something: they are sealed, and erased with the number.
INVITE = "invite:"
# What Camille begins: all else is an answer to who has just written or rung.
BEGUN = (REMINDER, INVITE)
LONGEST_CODE = 16


@dataclass(frozen=True)
class Due:
    """A claimed row. `unsure`: an earlier attempt may have sent it. The number is sealed, and not in the repr."""

    id: int
    key: str
    kind: Kind
    address: str
    tries: int
    unsure: bool
    created_at: datetime
    number: str = field(repr=False)
    body: str = field(repr=False)


def put(
    connection: Connection,
    *,
    key: str,
    kind: Kind,
    address: str,
    number: str,
    body: str,
    due_at: datetime,
    at: datetime,
    segments: int = 0,
) -> bool:
    """Have one thing sent to `number`, which is sealed. False when `key` is already there: nothing is added."""
    row = insert_into(connection, outbox).values(
        key=key,
        kind=kind,
        address=address,
        number=number,
        body=body,
        due_at=due_at,
        state="due",
        tries=0,
        next_at=due_at,
        code="",
        segments=segments,
        created_at=at,
    )
    return bool(connection.execute(row.on_conflict_do_nothing(index_elements=["key"])).rowcount)


def claim(
    connection: Connection,
    at: datetime,
    lease: timedelta,
    most: int = 1,
    *,
    but: Collection[Kind] = (),
    begins: bool = True,
) -> list[Due]:
    """Take what is due, or was left by a process that died, for the length of `lease`. Nobody else gets the same.

    `but` are kinds that are left where they are; without `begins`, so is every SMS that Camille begins.
    """
    query = (
        select(outbox)
        .where(outbox.c.next_at <= at, *_may_go(but, begins))
        .order_by(outbox.c.next_at, outbox.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)  # on SQLite, the transaction itself keeps others out
    )
    found = [
        Due(
            row.id,
            row.key,
            row.kind,
            row.address,
            row.tries + 1,
            row.state == "sending",
            row.created_at,
            row.number,
            row.body,
        )
        for row in connection.execute(query)
    ]
    if found:
        held = {"state": "sending", "tries": outbox.c.tries + 1, "held_until": at + lease, "next_at": at + lease}
        connection.execute(update(outbox).where(outbox.c.id.in_([due.id for due in found])).values(**held))
    return found


def keep(connection: Connection, due: Due, at: datetime, lease: timedelta) -> bool:
    """Whether the row is still there and still this attempt's, whose lease then begins anew."""
    longer = {"held_until": at + lease, "next_at": at + lease}
    kept = update(outbox).where(*_same(due), outbox.c.held_until > at).values(**longer)
    return bool(connection.execute(kept).rowcount)


def settle(
    connection: Connection,
    due: Due,
    state: Literal["sent", "failed", "cancelled", "refused"],
    at: datetime,
    *,
    provider_id: str | None = None,
    code: str = "",
    segments: int = 0,
) -> bool:
    """The end of an attempt; the number is erased. False when somebody else had already ended it.

    What was sent was sent, whoever holds the row: that is always kept. Any other end is for who holds it.
    """
    where = [outbox.c.id == due.id, outbox.c.state.in_(BEFORE["sent"])] if state == "sent" else _same(due)
    values = {"provider_id": provider_id, "code": code, "segments": segments}
    ended = bool(connection.execute(update(outbox).where(*where).values(**values, **_over(state, at))).rowcount)
    if ended and state == "sent":
        _count(connection, due.key, due.kind, due.address, segments, at)
    return ended


def retry(connection: Connection, due: Due, next_at: datetime, code: str, *, unsure: bool = False) -> bool:
    """Try again at `next_at`. `unsure`: this attempt may have gone out, the next one must look it up first."""
    values: dict[str, Any] = {"code": code[:LONGEST_CODE], "next_at": next_at, "held_until": next_at}
    if not unsure:
        values |= {"state": "due", "held_until": None}
    return bool(connection.execute(update(outbox).where(*_same(due)).values(**values)).rowcount)


def progress(
    connection: Connection, provider_id: str, state: State, code: str, at: datetime, *, key: str = ""
) -> str | None:
    """What the provider says became of its message; None when it is not ours or was already further on.

    `key` tells whose message it is when the process died before it could note `provider_id`. Returns the address.
    """
    told = outbox.c.id, outbox.c.key, outbox.c.address, outbox.c.kind, outbox.c.state, outbox.c.segments
    query = select(*told).with_for_update()
    row = connection.execute(query.where(outbox.c.provider_id == provider_id)).first()
    if row is None and key:
        row = connection.execute(query.where(outbox.c.key == key, outbox.c.provider_id.is_(None))).first()
    if row is None or row.state not in BEFORE.get(state, ()):
        return None
    values = {"provider_id": provider_id, "code": code[:LONGEST_CODE], **_over(state, at)}
    connection.execute(update(outbox).where(outbox.c.id == row.id).values(**values))
    if row.state in NOT_KNOWN_OUT:
        _count(connection, row.key, row.kind, row.address, row.segments, at)
    return str(row.address)


def cancel(connection: Connection, address: str, at: datetime, *, only: str = "") -> int:
    """Send nothing more to `address`; with `only`, nothing whose key begins so. Returns how many were waiting."""
    waiting = update(outbox).where(outbox.c.address == address, outbox.c.state.in_(OPEN))
    if only:
        waiting = waiting.where(outbox.c.key.startswith(only, autoescape=True))
    return int(connection.execute(waiting.values(**_over("cancelled", at))).rowcount)


def hers(person: str, addresses: Collection[str]) -> Any:
    """True of a row to one of her `addresses`, but for what somebody else on the same telephone asked to be sent."""
    reminder = literal(REMINDER).concat(cast(reminders.c.id, String))
    anothers = outbox.c.key.in_(
        select(reminder).where(reminders.c.person != person, reminders.c.address.in_(addresses))
    )
    asked = shared.anothers(person, outbox.c.address, outbox.c.created_at)
    return outbox.c.address.in_(addresses) & not_(anothers | asked)


def forget(connection: Connection, addresses: Collection[str], person: str) -> int:
    """Delete all that was or is to be sent to `person` at her `addresses`. An attempt under way finds its row gone."""
    return int(connection.execute(delete(outbox).where(hers(person, addresses))).rowcount)


def known(connection: Connection, address: str) -> frozenset[str]:
    """The provider's names of what went to `address`: none of them is the message whose fate is not known."""
    query = select(outbox.c.provider_id).where(outbox.c.address == address, outbox.c.provider_id.is_not(None))
    return frozenset(connection.execute(query).scalars())


def oldest(connection: Connection, at: datetime, *, but: Collection[Kind] = (), begins: bool = True) -> datetime | None:
    """Since when the oldest one has been waiting to go, of those that `claim` would take; None when nothing waits."""
    since = select(func.min(outbox.c.due_at)).where(outbox.c.due_at <= at, *_may_go(but, begins))
    found: datetime | None = connection.execute(since).scalar()
    return found


def kinds(channels: Collection[str]) -> list[Kind]:
    """What leaves by `channels`."""
    leaves: dict[str, Kind] = {"sms": "sms", "voice": "call"}
    return [kind for channel, kind in leaves.items() if channel in channels]


def _may_go(but: Collection[Kind], begins: bool) -> list[Any]:
    first = or_(*(outbox.c.key.startswith(start, autoescape=True) for start in BEGUN))
    held = [] if begins else [not_(and_(outbox.c.kind == "sms", first))]
    return [outbox.c.state.in_(OPEN), outbox.c.kind.not_in(but), *held]


def _same(due: Due) -> list[Any]:
    return [outbox.c.id == due.id, outbox.c.tries == due.tries, outbox.c.state == "sending"]


def _over(state: State, at: datetime) -> dict[str, Any]:
    body: Any = case((outbox.c.key.startswith(INVITE, autoescape=True), ""), else_=outbox.c.body)
    return {"state": state, "number": "", "body": body, "held_until": None, "ended_at": at}


def _count(connection: Connection, key: str, kind: Kind, address: str, segments: int, at: datetime) -> None:
    if key.startswith(BEGUN):
        unanswered.note(connection, address, at)
    tallies.count(connection, "sms" if kind == "sms" else "voice", "out", segments, at)

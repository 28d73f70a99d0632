"""To which telephones invitations went lately, and for whom: what the caps count. Pseudonyms, thirty days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from assistant.storage.schema import invitations, invited


@dataclass(frozen=True)
class TakenUp:
    """An invitation by SMS, and whether anybody came by it."""

    made_at: datetime
    taken: bool


def note(connection: Connection, *, address: str, practice: str, member: str, at: datetime) -> None:
    """One more. It counts against every cap from now on."""
    connection.execute(insert(invited).values(address=address, practice=practice, member=member, at=at))


def newest(
    connection: Connection, which: int, *, addresses: Collection[str] = (), practice: str = "", member: str = ""
) -> datetime | None:
    """When the `which`-th invitation was made, counted from the last one (1). None when there are not so many.

    Of those to `addresses`, of `practice`, of `member`; of all when none of these is given.
    """
    query: Any = select(invited.c.at).order_by(invited.c.at.desc()).offset(which - 1).limit(1)
    if addresses:
        query = query.where(invited.c.address.in_(addresses))
    if practice:
        query = query.where(invited.c.practice == practice)
    if member:
        query = query.where(invited.c.member == member)
    found: datetime | None = connection.execute(query).scalar()
    return found


def taken_up(connection: Connection, practice: str, most: int, since: datetime, until: datetime) -> list[TakenUp]:
    """The last invitations by SMS of `practice` made after `since` and not after `until`, the latest first."""
    query = (
        select(invitations.c.made_at, invitations.c.taken)
        .where(invitations.c.practice == practice, invitations.c.way == "sms")
        .where(invitations.c.made_at > since, invitations.c.made_at <= until)
        .order_by(invitations.c.made_at.desc())
        .limit(most)
    )
    return [TakenUp(row.made_at, row.taken > 0) for row in connection.execute(query)]


def forget(connection: Connection, addresses: Collection[str]) -> None:
    """Nothing tells any more that one of `addresses` was invited. That somebody was still counts, so that it costs."""
    connection.execute(update(invited).where(invited.c.address.in_(addresses)).values(address=""))

"""Invitations of physicians: known by keyed hashes only, good for a time and for so many persons, ended at will.

Three keys lead to the same one: the letters of an address, a word by SMS, digits on the telephone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import or_, select, update
from sqlalchemy.engine import Connection

from assistant.storage.schema import invitations, members
from assistant.storage.upserts import insert_into

Way = Literal["show", "print", "sms", "poster"]
Aim = Literal["activer", "partager", "ecrire"]
Key = Literal["token", "word", "digits"]
AS_MANY_AS_COME = 0


@dataclass(frozen=True)
class Invitation:
    """What a patient may know of it (`shown_as`: « Le docteur Martin »), and whom it counts for."""

    id: int
    practice: str
    shown_as: str
    aim: Aim


def put(connection: Connection, keys: dict[Key, str], row: dict[str, Any]) -> int | None:
    """Store one under its three hashed `keys`. Returns its id; None when one of them is taken already.

    Those of invitations that are over stay taken until the purge: a late leaflet must not lead to somebody else.
    """
    added = insert_into(connection, invitations).values(**keys, **row, taken=0).on_conflict_do_nothing()
    if connection.execute(added).rowcount != 1:
        return None
    found = connection.execute(select(invitations.c.id).where(invitations.c.token == keys["token"])).scalar_one()
    return int(found)


def there_are_any(connection: Connection) -> bool:
    """Whether anybody was ever invited here, as far as it is still known."""
    return connection.execute(select(invitations.c.id).limit(1)).first() is not None


def known(connection: Connection, key: Key, kept: str) -> Invitation | None:
    """The invitation behind a hashed key, good or not."""
    return _first(connection, invitations.c[key] == kept)


def good(connection: Connection, key: Key, kept: str, at: datetime) -> Invitation | None:
    """The same, only while it may be taken up. Uses nothing up."""
    return _first(connection, invitations.c[key] == kept, *_good(at))


def take(connection: Connection, invitation: int, at: datetime) -> bool:
    """Use one of its places. Of two who come for the last one at once, one has it."""
    more = update(invitations).where(invitations.c.id == invitation, *_good(at))
    return bool(connection.execute(more.values(taken=invitations.c.taken + 1)).rowcount == 1)


def end(connection: Connection, practice: str, invitation: int, at: datetime) -> bool:
    """From now on nobody takes it up. Whether it was of `practice`, and not ended before."""
    hers = invitations.c.id == invitation, invitations.c.practice == practice, invitations.c.ended_at.is_(None)
    return bool(connection.execute(update(invitations).where(*hers).values(ended_at=at)).rowcount == 1)


def _good(at: datetime) -> tuple[Any, ...]:
    place = or_(invitations.c.most == AS_MANY_AS_COME, invitations.c.taken < invitations.c.most)
    return invitations.c.expires_at > at, invitations.c.ended_at.is_(None), place


def _first(connection: Connection, *wanted: Any) -> Invitation | None:
    columns = invitations.c.id, invitations.c.practice, members.c.shown_as, invitations.c.aim
    query = select(*columns).join(members, members.c.id == invitations.c.physician).where(*wanted)
    row = connection.execute(query).first()
    return Invitation(row.id, row.practice, row.shown_as, row.aim) if row is not None else None

"""Who came by which invitation, for as long as she is stored: for the doctor's name at the end, and to count once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from assistant.storage.invitations import Aim, Invitation
from assistant.storage.schema import guests, invitations, members


def came(connection: Connection, person: str, invitation: int) -> bool:
    """Whether `person` has taken up `invitation` already: it is hers then, used up or not."""
    hers = guests.c.person == person, guests.c.invitation == invitation
    return connection.execute(select(guests.c.person).where(*hers)).first() is not None


def add(
    connection: Connection, person: str, invitation: int, at: datetime, *, counted: bool, finished: bool = False
) -> None:
    """`person`, who is stored, took up `invitation`. `finished`: she had done before what it proposes."""
    row = {"person": person, "invitation": invitation, "counted": counted, "finished": finished, "came_at": at}
    connection.execute(insert(guests).values(**row))


def unfinished(connection: Connection, person: str, *aims: Aim) -> list[Invitation]:
    """The invitations to one of `aims` that `person` has not carried through yet, the latest first."""
    columns = invitations.c.id, invitations.c.practice, members.c.shown_as, invitations.c.aim
    query = (
        select(*columns)
        .join(guests, guests.c.invitation == invitations.c.id)
        .join(members, members.c.id == invitations.c.physician)
        .where(guests.c.person == person, guests.c.finished.is_(False), invitations.c.aim.in_(aims))
        .order_by(guests.c.came_at.desc(), invitations.c.id.desc())
    )
    return [Invitation(row.id, row.practice, row.shown_as, row.aim) for row in connection.execute(query)]


def finish(connection: Connection, person: str, invitation: int) -> bool:
    """`person` has done what `invitation` proposed. Whether this is to be counted: once, and unless she refused."""
    hers = guests.c.person == person, guests.c.invitation == invitation
    counted = connection.execute(select(guests.c.counted).where(*hers)).scalar()
    done = update(guests).where(*hers, guests.c.finished.is_(False)).values(finished=True)
    return bool(connection.execute(done).rowcount == 1 and counted)


def refuse(connection: Connection, person: str) -> None:
    """From now on `person` is not counted any more, by whomever she was invited."""
    connection.execute(update(guests).where(guests.c.person == person).values(counted=False))


def carry(connection: Connection, before: str, after: str) -> None:
    """What `before` took up is taken up by `after`, who is the same person known otherwise. A refusal stays one."""
    held = connection.execute(select(guests.c.invitation).where(guests.c.person == after)).scalars().all()
    refused = select(guests.c.invitation).where(guests.c.person == before, guests.c.counted.is_(False))
    silent = connection.execute(refused).scalars().all()
    connection.execute(
        update(guests).where(guests.c.person == after, guests.c.invitation.in_(silent)).values(counted=False)
    )
    connection.execute(delete(guests).where(guests.c.person == before, guests.c.invitation.in_(held)))
    connection.execute(update(guests).where(guests.c.person == before).values(person=after))

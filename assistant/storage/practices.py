"""Practices and who acts for them: physicians, known by a keyed hash, and those who were given an access.

How an access is given and taken up is in accesses.py.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from assistant.storage.schema import members, practice_sessions, practices
from assistant.storage.upserts import insert_into

ID_BYTES = 16
LONGEST_NAME = 120  # as in the schema

Role = Literal["physician", "delegate"]


@dataclass(frozen=True)
class Member:
    """Somebody who acts for one practice. A physician of two practices is two members."""

    id: str
    practice: str
    practice_name: str
    role: Role
    shown_as: str


def practice_of(connection: Connection, key: str, name: str, at: datetime) -> str:
    """The id of the practice known by `key` (a keyed hash), made now if it is new. Its name is kept up to date.

    Locked until the transaction ends: two physicians who come first at the same instant find one practice.
    """
    row = {"id": secrets.token_urlsafe(ID_BYTES), "key": key, "name": name[:LONGEST_NAME], "made_at": at}
    made = insert_into(connection, practices).values(**row)
    known = made.on_conflict_do_update(index_elements=["key"], set_={"name": row["name"]})
    connection.execute(known)
    return str(connection.execute(select(practices.c.id).where(practices.c.key == key)).scalar_one())


def physician_of(connection: Connection, practice: str, subject: str, shown_as: str, at: datetime) -> str:
    """The id of the physician `subject` (a keyed hash) in `practice`, made now if she is new.

    Who was ended and signs in again acts again: the identity provider has just told that she works there.
    To be called after `practice_of`, whose lock keeps one physician from being made twice.
    """
    hers = members.c.practice == practice, members.c.subject == subject
    found = connection.execute(select(members.c.id).where(*hers)).scalar()
    if found is not None:
        fresh = {"shown_as": shown_as[:LONGEST_NAME], "ended_at": None}
        connection.execute(update(members).where(members.c.id == found).values(**fresh))
        return str(found)
    made = secrets.token_urlsafe(ID_BYTES)
    row = {"id": made, "practice": practice, "subject": subject, "role": "physician", "secret": "", "made_at": at}
    connection.execute(insert(members).values(**row, shown_as=shown_as[:LONGEST_NAME]))
    return made


def member(connection: Connection, number: str) -> Member | None:
    """Who the member of that id is, as long as she may act."""
    row = connection.execute(_in_force().where(members.c.id == number)).first()
    return _member(row) if row is not None else None


def began(connection: Connection, practice: str) -> datetime:
    """When somebody of `practice`, which is stored, first signed in here."""
    at: datetime = connection.execute(select(practices.c.made_at).where(practices.c.id == practice)).scalar_one()
    return at


def physicians(connection: Connection, practice: str) -> list[Member]:
    """The physicians of `practice` in force, by name."""
    theirs = _in_force().where(members.c.practice == practice, members.c.role == "physician")
    return [_member(row) for row in connection.execute(theirs.order_by(members.c.shown_as, members.c.id))]


def end(connection: Connection, practice: str, member: str, at: datetime) -> bool:
    """From now on `member` acts no more, and is signed out everywhere. Whether she was of `practice`, and in force."""
    hers = members.c.id == member, members.c.practice == practice, members.c.ended_at.is_(None)
    ended = connection.execute(update(members).where(*hers).values(ended_at=at)).rowcount == 1
    if ended:
        connection.execute(delete(practice_sessions).where(practice_sessions.c.member == member))
    return ended


def _in_force() -> Any:
    columns = members.c.id, members.c.practice, practices.c.name, members.c.role, members.c.shown_as
    query = select(*columns).join(practices, practices.c.id == members.c.practice)
    return query.where(members.c.ended_at.is_(None))


def _member(row: Any) -> Member:
    return Member(row.id, row.practice, row.name, row.role, row.shown_as)

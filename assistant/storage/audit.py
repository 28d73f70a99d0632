"""Who did what for a practice, and when. Kept twelve months (assistant/privacy/purposes.py). No patient is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from assistant.storage.practices import Member
from assistant.storage.schema import audit, members

Act = Literal["signed_in", "signed_out", "shown", "printed", "texted", "access_given", "access_ended", "ended"]
ACTS = frozenset(get_args(Act))
MOST_LINES = 500


@dataclass(frozen=True)
class Line:
    """One act. `shown_as` is "" when the member is not stored any more."""

    at: datetime
    act: str
    shown_as: str


def note(connection: Connection, member: Member, act: Act, at: datetime) -> None:
    """One line more, in the transaction of the act itself: neither is ever there without the other."""
    if act not in ACTS:
        raise ValueError(f"no such act: {act}")
    row = {"practice": member.practice, "member": member.id, "act": act, "at": at}
    connection.execute(insert(audit).values(**row))


def of(connection: Connection, practice: str, most: int = MOST_LINES) -> list[Line]:
    """The last `most` acts of a practice, the latest first."""
    query = (
        select(audit.c.at, audit.c.act, members.c.shown_as)
        .outerjoin(members, members.c.id == audit.c.member)
        .where(audit.c.practice == practice)
        .order_by(audit.c.at.desc(), audit.c.id.desc())
        .limit(most)
    )
    return [Line(row.at, row.act, row.shown_as or "") for row in connection.execute(query)]

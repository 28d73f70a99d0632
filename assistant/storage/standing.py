"""What of a practice's invitations hangs on a wall or lies in a drawer: posters and stacks that still lead somewhere.

How many took one up is not read: it would tell of few people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from assistant.storage.invitations import AS_MANY_AS_COME, Aim, Way
from assistant.storage.schema import invitations, members


@dataclass(frozen=True)
class Standing:
    """One that may be ended. `shown_as` is in whose name it invites."""

    id: int
    shown_as: str
    aim: Aim
    made_at: datetime
    expires_at: datetime


def standing(connection: Connection, practice: str, way: Way, at: datetime) -> list[Standing]:
    """Those of `practice` for more than one person, the latest first."""
    table = invitations.c
    query = (
        select(table.id, members.c.shown_as, table.aim, table.made_at, table.expires_at)
        .join(members, members.c.id == table.physician)
        .where(table.practice == practice, table.way == way, table.most != 1)
        .where(table.ended_at.is_(None), table.expires_at > at)
        .where(or_(table.most == AS_MANY_AS_COME, table.taken < table.most))
        .order_by(table.made_at.desc(), table.id.desc())
    )
    return [Standing(*row) for row in connection.execute(query)]

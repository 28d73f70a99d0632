"""The accesses that a physician gives to a secretary or a replacement: given, taken up once, used by one-time codes.

An access is a member without a subject at the identity provider. Its id is the short name that is typed to sign in,
« accueil-k7p4 »; it is taken up when it has a secret. Who ends it, ends the member.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from assistant.folding import fold
from assistant.storage import practice_slips
from assistant.storage.schema import members

# How long the link to take it up is good.
LIFE = timedelta(days=1)
GIVEN = "access"
# A practice has some; a program that makes them would fill the table.
MOST = 20
LONGEST_LABEL = 40
# None that is taken for another, said or written.
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
SIGNS_DRAWN = 4
LONGEST_WORD = 12
NAMELESS = "acces"
TOKEN_BYTES = 16


@dataclass(frozen=True)
class Access:
    """An access in force. `name` is what is typed, `shown_as` its label; `taken`: somebody has its codes."""

    name: str
    practice: str
    shown_as: str
    made_at: datetime
    taken: bool

    def waits(self, at: datetime) -> bool:
        """Whether its link may still be used."""
        return not self.taken and at < self.made_at + LIFE


# What makes a member an access, as long as it is in force.
IN_FORCE = members.c.role == "delegate", members.c.ended_at.is_(None)


def give(connection: Connection, practice: str, label: str, at: datetime) -> tuple[Access, str] | None:
    """A new access and the token of its link. None when the practice has `MOST` already."""
    alive = select(func.count()).where(members.c.practice == practice, *IN_FORCE)
    if connection.execute(alive).scalar_one() >= MOST:
        return None
    name = _new_name(connection, label)
    row = {"id": name, "practice": practice, "subject": None, "role": "delegate", "shown_as": label, "secret": ""}
    connection.execute(insert(members).values(**row, made_at=at))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    practice_slips.put(connection, GIVEN, token, name, at + LIFE, at)
    return Access(name, practice, label, at, taken=False), token


def of(connection: Connection, practice: str) -> list[Access]:
    """Those of `practice` in force, the latest first."""
    theirs = _accesses().where(members.c.practice == practice)
    return [_access(row) for row in connection.execute(theirs.order_by(members.c.made_at.desc(), members.c.id))]


def find(connection: Connection, name: str) -> Access | None:
    """The access in force of that short name, taken up or not."""
    row = connection.execute(_accesses().where(members.c.id == name)).first()
    return _access(row) if row is not None else None


def take_up(connection: Connection, name: str, secret: str) -> bool:
    """Keep the sealed `secret` of an access that has none yet. Of two at once, one does."""
    free = members.c.id == name, members.c.secret == "", *IN_FORCE
    return bool(connection.execute(update(members).where(*free).values(secret=secret)).rowcount == 1)


def secret_of(connection: Connection, name: str) -> str:
    """The sealed secret of the access in force of that short name; "" for none, and for one not taken up yet."""
    held = select(members.c.secret).where(members.c.id == name, *IN_FORCE)
    return str(connection.execute(held).scalar() or "")


def typed(text: str) -> str:
    """A short name as it is kept, from what somebody types."""
    return re.sub(r"[\s_-]+", "-", text.strip().lower())[: LONGEST_WORD + 1 + SIGNS_DRAWN]


def _new_name(connection: Connection, label: str) -> str:
    word = re.sub(r"[^a-z0-9]+", "", fold(label).split(" ")[0])[:LONGEST_WORD] or NAMELESS
    while True:
        name = f"{word}-{''.join(secrets.choice(SIGNS) for _ in range(SIGNS_DRAWN))}"
        if connection.execute(select(members.c.id).where(members.c.id == name)).first() is None:
            return name


def _accesses() -> Any:
    columns = members.c.id, members.c.practice, members.c.shown_as, members.c.made_at, members.c.secret
    return select(*columns).where(*IN_FORCE)


def _access(row: Any) -> Access:
    return Access(row.id, row.practice, row.shown_as, row.made_at, bool(row.secret))

"""The journal of a practice as its physicians read it: the lines of the audit, by page or whole, without patients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from assistant.storage.schema import audit, members


@dataclass(frozen=True)
class Entry:
    """Who did what, when. `shown_as` is "" once the member is not stored any more."""

    at: datetime
    act: str
    shown_as: str


def count(connection: Connection, practice: str, since: datetime) -> int:
    """How many lines there are since then."""
    return int(connection.execute(select(func.count()).select_from(audit).where(*_of(practice, since))).scalar_one())


def read(
    connection: Connection, practice: str, since: datetime, *, skip: int = 0, most: int | None = None
) -> list[Entry]:
    """The lines since then, the latest first: `most` of them after the first `skip`."""
    query: Any = (
        select(audit.c.at, audit.c.act, members.c.shown_as)
        .outerjoin(members, members.c.id == audit.c.member)
        .where(*_of(practice, since))
        .order_by(audit.c.at.desc(), audit.c.id.desc())
        .offset(skip)
        .limit(most)
    )
    return [Entry(row.at, row.act, row.shown_as or "") for row in connection.execute(query)]


def _of(practice: str, since: datetime) -> tuple[Any, ...]:
    return audit.c.practice == practice, audit.c.at >= since

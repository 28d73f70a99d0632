"""What a practice is told: invitations made, journeys started and finished, month by month, of nobody.

Raw counts. Small ones must not be shown: whoever shows them leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.engine import Connection

from assistant.storage.days import month_of
from assistant.storage.schema import practice_months
from assistant.storage.upserts import insert_into

What = Literal["made", "started", "finished"]


@dataclass(frozen=True)
class Month:
    """One month, named by its first day (UTC)."""

    month: datetime
    made: int
    started: int
    finished: int


def count(connection: Connection, practice: str, what: What, at: datetime, times: int = 1) -> None:
    """`times` more. The month is kept, not the day. Late in a transaction: a whole practice counts in the same row."""
    row = {"practice": practice, "month": month_of(at), "what": what}
    added = insert_into(connection, practice_months).values(**row, times=times)
    more = {"times": practice_months.c.times + times}
    connection.execute(added.on_conflict_do_update(index_elements=["practice", "month", "what"], set_=more))


def of(connection: Connection, practice: str) -> list[Month]:
    """The months in which anything was counted for `practice`, the first one first."""
    query = (
        select(practice_months.c.month, practice_months.c.what, practice_months.c.times)
        .where(practice_months.c.practice == practice)
        .order_by(practice_months.c.month)
    )
    found: dict[datetime, dict[str, int]] = {}
    for month, what, times in connection.execute(query):
        found.setdefault(month, {})[what] = int(times)
    return [
        Month(month, told.get("made", 0), told.get("started", 0), told.get("finished", 0))
        for month, told in found.items()
    ]

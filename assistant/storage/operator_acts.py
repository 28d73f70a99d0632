"""The journal of those who run the service: which of them did what, and when. Kept twelve months.

What the service does by itself for them is noted here too, and is not among what they did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from assistant.storage.schema import operator_acts

Act = Literal[
    "given",
    "offered",
    "ended",
    "taken_up",
    "signed_in",
    "signed_out",
    "switched_off",
    "switched_on",
    "filed",
    "set_aside",
    "purged",
]
ACTS = frozenset(get_args(Act))
# Whoever works on the machine itself: no name of ours proves who that is.
COMMAND_LINE = ""
# No operator's: theirs end in letters of our own (operators.py).
SERVICE = "camille"
THEIRS = operator_acts.c.operator != SERVICE


@dataclass(frozen=True)
class Entry:
    """One line. `operator` is "" for the command line; `about` a channel, a topic or a name."""

    at: datetime
    operator: str
    act: str
    about: str


def note(connection: Connection, operator: str, act: Act, at: datetime, about: str = "") -> None:
    """One line more, in the transaction of the act itself: neither is ever there without the other."""
    if act not in ACTS:
        raise ValueError(f"no such act: {act}")
    connection.execute(insert(operator_acts).values(operator=operator, act=act, about=about, at=at))


def count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(operator_acts).where(THEIRS)).scalar_one())


def read(connection: Connection, most: int, skip: int = 0) -> list[Entry]:
    """The lines behind the `skip` newest, the newest first, of what persons did."""
    table = operator_acts.c
    query = select(operator_acts).where(THEIRS).order_by(table.at.desc(), table.id.desc()).offset(skip).limit(most)
    return [Entry(row.at, row.operator, row.act, row.about) for row in connection.execute(query)]


def last(connection: Connection, act: Act) -> datetime | None:
    """When `act` was done last, by whomever; None when it never was, or not within twelve months."""
    query = select(func.max(operator_acts.c.at)).where(operator_acts.c.act == act)
    found: datetime | None = connection.execute(query).scalar()
    return found

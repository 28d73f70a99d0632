"""Wrong guesses at what few know: counted by kind, so that those at one thing never close the door of another."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, not_, select
from sqlalchemy.engine import Connection

from assistant.storage import shared
from assistant.storage.schema import guesses

MOST = 5
# From everywhere together: a visit of the page costs nothing, and each is a new address.
MOST_OF_ALL = 50
WINDOW = timedelta(hours=1)


def too_many(
    connection: Connection,
    kind: str,
    address: str,
    at: datetime,
    *,
    most: int = MOST,
    most_of_all: int = MOST_OF_ALL,
    window: timedelta = WINDOW,
) -> bool:
    """Whether so many of `kind` were wrong lately, from `address` or from everywhere, that none is looked at now."""
    recent = select(func.count()).where(guesses.c.kind == kind, guesses.c.at > at - window)
    here = connection.execute(recent.where(guesses.c.address == address)).scalar_one()
    return bool(here >= most or connection.execute(recent).scalar_one() >= most_of_all)


def note(connection: Connection, kind: str, address: str, at: datetime) -> None:
    """One wrong guess more. Not of who is shut out already: trying again must not lengthen the wait."""
    connection.execute(insert(guesses).values(kind=kind, address=address, at=at))


def hers(person: str, addresses: Collection[str]) -> Any:
    """True of a row at one of her `addresses`, but for what somebody else guessed on the same telephone."""
    return guesses.c.address.in_(addresses) & not_(shared.anothers(person, guesses.c.address, guesses.c.at))


def forget(connection: Connection, addresses: Collection[str], person: str) -> None:
    """Nothing tells any more what `person` guessed."""
    connection.execute(delete(guesses).where(hers(person, addresses)))

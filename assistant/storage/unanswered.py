"""How often Camille began, to a telephone that has not answered since: after three messages, she does not begin again.

What she begins is an invitation or a reminder (outbox.BEGUN); what she answers counts for nothing. Any message and any
call from that telephone takes its row away, and so does whoever takes up the invitation that was sent to it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.engine import Connection

from assistant.storage.schema import outbox, unanswered
from assistant.storage.upserts import insert_into

MOST = 3
# Made once: it is of each turn.
ANSWERED = delete(unanswered).where(unanswered.c.address == bindparam("address"))


def note(connection: Connection, address: str, at: datetime) -> None:
    """One more was sent to `address`."""
    row = insert_into(connection, unanswered).values(address=address, times=1, at=at)
    more = {"times": unanswered.c.times + 1, "at": row.excluded.at}
    connection.execute(row.on_conflict_do_update(index_elements=["address"], set_=more))


def too_many(connection: Connection, address: str) -> bool:
    """Whether nothing more is to be begun there until somebody writes from it."""
    query = select(unanswered.c.times).where(unanswered.c.address == address)
    return int(connection.execute(query).scalar() or 0) >= MOST


def answered(connection: Connection, address: str) -> None:
    """Somebody wrote, or rang, from `address`."""
    connection.execute(ANSWERED, {"address": address})


def taken_up(connection: Connection, key: str) -> None:
    """Somebody came by what was sent under `key` of the outbox: by a link, from no telephone that is known."""
    sent_to = select(outbox.c.address).where(outbox.c.key == key)
    connection.execute(delete(unanswered).where(unanswered.c.address.in_(sent_to)))


def forget(connection: Connection, addresses: Collection[str]) -> None:
    """Nothing tells any more that `addresses` were written to."""
    connection.execute(delete(unanswered).where(unanswered.c.address.in_(addresses)))

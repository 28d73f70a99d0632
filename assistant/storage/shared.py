"""Whose a row is, where several persons use one telephone: rows are kept by address, and the trace tells them apart.

A turn and all that it leads to have one instant. Whose trace has it, hers is the row. What nobody's trace knows (an
invitation, a reply to nobody in particular) is not known to be another's: it goes with whoever leaves first.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select, union
from sqlalchemy.engine import Connection

from assistant.storage.schema import addresses, companions, events, reminders


def addresses_of(connection: Connection, person: str) -> frozenset[str]:
    """Wherever `person` is known: where it is her turn now, where it is another's, where she wants to be reminded."""
    holds = select(addresses.c.pseudonym).where(addresses.c.person == person)
    shares = select(companions.c.pseudonym).where(companions.c.person == person)
    waits = select(reminders.c.address).where(reminders.c.person == person)
    return frozenset(connection.execute(union(holds, shares, waits)).scalars())


def anothers(person: str, address: Any, at: Any) -> Any:
    """True of a row, by its columns, when somebody else who uses that telephone had a turn at that instant."""
    turns = select(events.c.id).join(companions, companions.c.person == events.c.person)
    here = companions.c.pseudonym == address, companions.c.person != person
    return exists(turns.where(*here, events.c.at == at))

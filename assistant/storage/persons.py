"""Persons and the addresses they are reached at. One person may hold several: a telephone and a web visit."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from assistant.errors import TurnConflictError
from assistant.journeys.progress import Progress
from assistant.storage import guesses, guests, inbox, invited, outbox, shared, unanswered
from assistant.storage.schema import addresses, companions, persons
from assistant.turns import Reply

# Of each turn: made once, since making a statement and finding it in the cache costs more than running it.
AT_ADDRESS = (
    select(persons.c.id, persons.c.version, persons.c.progress, persons.c.said, persons.c.seen_at)
    .join(addresses, addresses.c.person == persons.c.id)
    .where(addresses.c.pseudonym == bindparam("address"))
)
# Names of their own: those of the columns are taken by what is set.
SAME_VERSION = update(persons).where(persons.c.id == bindparam("who"), persons.c.version == bindparam("read"))
COME, REACHED = insert(persons), insert(addresses)


@dataclass(frozen=True)
class Person:
    """A person as stored. `version` 0 is somebody not yet stored."""

    id: str
    version: int
    progress: Progress
    said: Reply | None
    seen_at: datetime | None = None


def find(connection: Connection, address: str) -> Person:
    """The person at `address`; a new one, not yet stored, when nobody is known there."""
    row = connection.execute(AT_ADDRESS, {"address": address}).first()
    if row is None:
        return Person(secrets.token_urlsafe(16), 0, Progress(), None)
    said: Any = json.loads(row.said)
    progress = Progress.from_json(json.loads(row.progress))
    return Person(row.id, row.version, progress, Reply.from_json(said) if said else None, row.seen_at)


def place(connection: Connection, person: str) -> Progress | None:
    """Where `person` stands, by her id; None when she is not there any more."""
    found = connection.execute(select(persons.c.progress).where(persons.c.id == person)).scalar()
    return Progress.from_json(json.loads(found)) if found else None


def save(connection: Connection, person: Person, address: str, progress: Progress, said: Reply, at: datetime) -> None:
    """Store the new place. Raises TurnConflictError when another turn was stored since `person` was read."""
    shown = said if said.messages else person.said
    values = {
        "version": person.version + 1,
        "progress": json.dumps(progress.to_json(), ensure_ascii=False),
        # Silence is nothing to show again.
        "said": json.dumps(shown.to_json() if shown else None, ensure_ascii=False),
        "seen_at": at,
    }
    if person.version == 0:
        try:
            connection.execute(COME, {"id": person.id, **values})
            connection.execute(REACHED, {"pseudonym": address, "person": person.id})
        except IntegrityError as error:
            raise TurnConflictError from error
        return
    if connection.execute(SAME_VERSION, {"who": person.id, "read": person.version, **values}).rowcount != 1:
        raise TurnConflictError


def move(connection: Connection, address: str, person: str) -> None:
    """From now on `address` belongs to `person`. Whoever held it alone is forgotten, but for who invited her."""
    before = connection.execute(select(addresses.c.person).where(addresses.c.pseudonym == address)).scalar()
    if before is None:
        connection.execute(insert(addresses).values(pseudonym=address, person=person))
        return
    connection.execute(update(addresses).where(addresses.c.pseudonym == address).values(person=person))
    left = connection.execute(select(addresses.c.pseudonym).where(addresses.c.person == before)).first()
    left = left or connection.execute(select(companions.c.person).where(companions.c.person == before)).first()
    if before != person and left is None:
        guests.carry(connection, before, person)
        connection.execute(delete(persons).where(persons.c.id == before))


def forget(connection: Connection, person: str) -> None:
    """Delete a person with everything that hangs on her: addresses, events, resume codes, guesses, invitations taken
    up, what was replied.

    What is left of her messages is how the provider called them, without her address.

    Her reminders go with her, and all that waits to be sent to her: she is never written to again. Whoever else uses
    one of her telephones keeps what is hers: her place, what was replied to her, what she asked to be sent.
    """
    held = connection.execute(select(addresses.c.pseudonym).where(addresses.c.person == person)).scalars().all()
    known = shared.addresses_of(connection, person)
    outbox.forget(connection, known, person)
    invited.forget(connection, known)
    unanswered.forget(connection, known)
    inbox.forget(connection, known, person)
    guesses.forget(connection, known, person)
    connection.execute(delete(persons).where(persons.c.id == person))
    for address in held:  # whoever else uses the telephone is still known there
        other = connection.execute(select(companions.c.person).where(companions.c.pseudonym == address)).scalar()
        if other is not None:
            connection.execute(insert(addresses).values(pseudonym=address, person=other))

"""Several persons on one telephone: who else uses it, and whose turn it is now."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from assistant.journeys.progress import Progress
from assistant.storage.schema import addresses, companions, persons


def at(connection: Connection, address: str) -> dict[str, Progress]:
    """The places of all who use `address`, by person: the first known there first."""
    query = (
        select(persons.c.id, persons.c.progress)
        .join(companions, companions.c.person == persons.c.id)
        .where(companions.c.pseudonym == address)
        .order_by(companions.c.position)
    )
    found = connection.execute(query).all() or connection.execute(_alone(address)).all()
    return {row.id: Progress.from_json(json.loads(row.progress)) for row in found}


def add(connection: Connection, address: str, now: datetime) -> str:
    """Somebody new at `address`, whose turn it is from now on. Returns her id."""
    new = secrets.token_urlsafe(16)
    progress = json.dumps(Progress(shared=True).to_json(), ensure_ascii=False)
    row = {"id": new, "version": 1, "progress": progress, "said": "null", "seen_at": now}
    connection.execute(insert(persons).values(**row))
    switch(connection, address, new)
    return new


def switch(connection: Connection, address: str, person: str) -> None:
    """It is the turn of `person`, who is stored. Whoever had it stays known at `address`."""
    before = connection.execute(select(addresses.c.person).where(addresses.c.pseudonym == address)).scalar()
    if before is None:
        connection.execute(insert(addresses).values(pseudonym=address, person=person))
    else:
        connection.execute(update(addresses).where(addresses.c.pseudonym == address).values(person=person))
        _join(connection, address, before)
    _join(connection, address, person)


def _join(connection: Connection, address: str, person: str) -> None:
    here = companions.c.pseudonym == address
    if connection.execute(select(companions.c.person).where(here, companions.c.person == person)).first():
        return
    last = connection.execute(select(func.max(companions.c.position)).where(here)).scalar() or 0
    connection.execute(insert(companions).values(pseudonym=address, person=person, position=last + 1))
    known = connection.execute(select(persons.c.progress).where(persons.c.id == person)).scalar_one()
    shared = replace(Progress.from_json(json.loads(str(known))), shared=True)
    told = json.dumps(shared.to_json(), ensure_ascii=False)
    # A turn of hers under way must read it again.
    values = {"progress": told, "version": persons.c.version + 1}
    connection.execute(update(persons).where(persons.c.id == person).values(**values))


def _alone(address: str) -> Any:
    """Whoever has the telephone to herself."""
    query = select(persons.c.id, persons.c.progress).join(addresses, addresses.c.person == persons.c.id)
    return query.where(addresses.c.pseudonym == address)

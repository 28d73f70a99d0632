"""What is held of one person, counted by purpose (assistant/privacy/purposes.py): her right to know it. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from assistant.storage import consents, guesses, inbox, outbox, reminders, shared
from assistant.storage.persons import Person
from assistant.storage.schema import (
    consents as proofs,
)
from assistant.storage.schema import (
    events,
    guests,
    invited,
    persons,
    resume_codes,
    stopped,
    unanswered,
)
from assistant.storage.schema import (
    reminders as asked,
)


@dataclass(frozen=True)
class Held:
    """`rows` counts by purpose, those that hold nothing as well. `reminder` is when the next one is due."""

    rows: Mapping[str, int]
    reminder: datetime | None
    stopped: bool
    seen_at: datetime | None

    @property
    def anything(self) -> bool:
        return any(self.rows.values())


def of(connection: Connection, person: Person, address: str) -> Held:
    """What is held of `person`, reached at `address`, and wherever else she is known: what her erasure would take.

    What is another person's on the same telephone is not counted.
    """
    held = {address, *shared.addresses_of(connection, person.id)}

    def count(*which: Any) -> int:
        return int(connection.execute(select(func.count()).where(*which)).scalar_one())

    def rows(column: Any, *wanted: Any) -> int:
        return count(column.in_(wanted))

    due = reminders.pending(connection, person.id)
    return Held(
        rows={
            "place": rows(persons.c.id, person.id),
            "trace": rows(events.c.person, person.id),
            "once": count(inbox.hers(person.id, held)),
            "resume": rows(resume_codes.c.person, person.id),
            "guesses": count(guesses.hers(person.id, held)),
            "sending": count(outbox.hers(person.id, held)) + rows(asked.c.person, person.id),
            "invited": rows(guests.c.person, person.id),
            "limits": rows(invited.c.address, *held),
            "unanswered": rows(unanswered.c.address, *held),
            "refusal": rows(stopped.c.address, *held) + rows(proofs.c.address, *held),
        },
        reminder=due[0].due_at if due else None,
        stopped=consents.is_stopped(connection, address)[0],
        seen_at=person.seen_at,
    )

"""How long each thing is kept, and the purge that keeps the promise."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.engine import Connection

from assistant.storage.schema import events, guesses, inbox, persons, resume_codes, unclear

# One line a kind of data. Told to people in the answer `donnees_assistant`: keep the two together.
PLACE_IN_A_JOURNEY = timedelta(days=90)
PROVIDER_IDS = timedelta(days=30)
TURN_TRACE = timedelta(days=30)
GUESSES = timedelta(days=1)
UNCLEAR = timedelta(days=30)


def purge(connection: Connection, now: datetime) -> dict[str, int]:
    """Delete what is past its time. Returns how many rows of each table went."""
    lines = {
        "persons": delete(persons).where(persons.c.seen_at < now - PLACE_IN_A_JOURNEY),
        "inbox": delete(inbox).where(inbox.c.received_at < now - PROVIDER_IDS),
        "events": delete(events).where(events.c.at < now - TURN_TRACE),
        "unclear": delete(unclear).where(unclear.c.day < now - UNCLEAR),
        "guesses": delete(guesses).where(guesses.c.at < now - GUESSES),
        "resume_codes": delete(resume_codes).where(resume_codes.c.expires_at < now),
    }
    return {name: connection.execute(line).rowcount for name, line in lines.items()}

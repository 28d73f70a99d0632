"""How long each thing is kept, and the purge that keeps the promise."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_
from sqlalchemy.engine import Connection

from assistant.storage.schema import (
    events,
    guesses,
    inbox,
    outbox,
    persons,
    ratings,
    reminders,
    resume_codes,
    tallies,
    unclear,
)

# One line a kind of data. Told to people in the answer `donnees_assistant`: keep the two together.
PLACE_IN_A_JOURNEY = timedelta(days=90)
PROVIDER_IDS = timedelta(days=30)
TURN_TRACE = timedelta(days=30)
GUESSES = timedelta(days=1)
UNCLEAR = timedelta(days=30)
# After their end, which erases the number. What found no end by then (no worker ran) is not sent any more.
OUTBOX = timedelta(days=30)
REMINDERS = timedelta(days=30)
TALLIES = timedelta(days=400)  # of nobody: one year beside the year before
RATINGS = timedelta(days=400)  # the same


def purge(connection: Connection, now: datetime) -> dict[str, int]:
    """Delete what is past its time. Returns how many rows of each table went."""
    lines = {
        "persons": delete(persons).where(persons.c.seen_at < now - PLACE_IN_A_JOURNEY),
        "inbox": delete(inbox).where(inbox.c.received_at < now - PROVIDER_IDS),
        "events": delete(events).where(events.c.at < now - TURN_TRACE),
        "unclear": delete(unclear).where(unclear.c.day < now - UNCLEAR),
        "outbox": delete(outbox).where(
            or_(
                outbox.c.ended_at < now - OUTBOX,
                and_(outbox.c.ended_at.is_(None), outbox.c.due_at < now - OUTBOX),
            )
        ),
        "reminders": delete(reminders).where(reminders.c.due_at < now - REMINDERS),
        "tallies": delete(tallies).where(tallies.c.day < now - TALLIES),
        "ratings": delete(ratings).where(ratings.c.day < now - RATINGS),
        "guesses": delete(guesses).where(guesses.c.at < now - GUESSES),
        "resume_codes": delete(resume_codes).where(resume_codes.c.expires_at < now),
    }
    return {name: connection.execute(line).rowcount for name, line in lines.items()}

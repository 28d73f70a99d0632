"""How long each thing is kept, and the purge that keeps the promise."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, or_
from sqlalchemy.engine import Connection

from assistant.storage.outbox import INVITE
from assistant.storage.practice_sessions import AT_MOST, IDLE
from assistant.storage.schema import (
    audit,
    events,
    guesses,
    inbox,
    invitations,
    invited,
    members,
    outbox,
    persons,
    practice_months,
    practice_sessions,
    practice_slips,
    practices,
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
# What a practice typed waits a day at most, whatever keeps it from leaving.
TYPED_NUMBER = timedelta(days=1)
REMINDERS = timedelta(days=30)
TALLIES = timedelta(days=400)  # of nobody: one year beside the year before
RATINGS = timedelta(days=400)  # the same
INVITATIONS = timedelta(days=30)  # after their end; who came by them goes with the person, or with them
PRACTICE_MONTHS = timedelta(days=400)  # of nobody
AUDIT = timedelta(days=365)
INVITED = timedelta(days=30)  # one invitation a telephone in this time (assistant/inviting_by_sms.py)
# After their end. By then nothing that they gave is still good, and the audit does not name them any more.
MEMBERS = timedelta(days=365)
# Without a line of audit: nobody signed in for so long, and no leaflet of theirs still opens.
PRACTICES = timedelta(days=365)


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
                and_(
                    outbox.c.ended_at.is_(None),
                    outbox.c.key.startswith(INVITE, autoescape=True),
                    outbox.c.created_at < now - TYPED_NUMBER,
                ),
            )
        ),
        "reminders": delete(reminders).where(reminders.c.due_at < now - REMINDERS),
        "tallies": delete(tallies).where(tallies.c.day < now - TALLIES),
        "ratings": delete(ratings).where(ratings.c.day < now - RATINGS),
        "guesses": delete(guesses).where(guesses.c.at < now - GUESSES),
        "resume_codes": delete(resume_codes).where(resume_codes.c.expires_at < now),
        "practice_sessions": delete(practice_sessions).where(
            or_(practice_sessions.c.seen_at < now - IDLE, practice_sessions.c.made_at < now - AT_MOST)
        ),
        "practice_slips": delete(practice_slips).where(practice_slips.c.expires_at < now),
        "invited": delete(invited).where(invited.c.at < now - INVITED),
        "invitations": delete(invitations).where(
            or_(invitations.c.expires_at < now - INVITATIONS, invitations.c.ended_at < now - INVITATIONS)
        ),
        "practice_months": delete(practice_months).where(practice_months.c.month < now - PRACTICE_MONTHS),
        "audit": delete(audit).where(audit.c.at < now - AUDIT),
        "members": delete(members).where(members.c.ended_at < now - MEMBERS),
        "practices": delete(practices).where(
            practices.c.made_at < now - PRACTICES, ~exists().where(audit.c.practice == practices.c.id)
        ),
    }
    return {name: connection.execute(line).rowcount for name, line in lines.items()}

"""The tables. No telephone number, no name: pseudonyms, steps, topics, what Camille replied, what she did not get."""

from __future__ import annotations

from datetime import datetime, timezone

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, MetaData, String, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC time, on databases that keep time zones and on those that forget them."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(timezone.utc) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


persons = Table(
    "persons",
    metadata,
    Column("id", String(32), primary_key=True),
    # Raised by each turn: a turn that read an older version is taken again (optimistic locking).
    Column("version", Integer, nullable=False),
    Column("progress", Text, nullable=False),
    # What Camille said last, so that the page can be shown again.
    Column("said", Text, nullable=False),
    Column("seen_at", Instant, nullable=False, index=True),
)

addresses = Table(
    "addresses",
    metadata,
    Column("pseudonym", String(32), primary_key=True),
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
)

inbox = Table(
    "inbox",
    metadata,
    Column("provider", String(16), primary_key=True),
    Column("message_id", String(80), primary_key=True),
    Column("address", String(32), nullable=False, index=True, default=""),
    Column("reply", Text, nullable=False),
    Column("received_at", Instant, nullable=False, index=True),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("address", String(32), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # stop, return, erase
    Column("channel", String(8), nullable=False),
    Column("given_at", Instant, nullable=False),
)

stopped = Table(
    "stopped",
    metadata,
    Column("address", String(32), primary_key=True),
    Column("asked_to_return", Boolean, nullable=False),
    Column("since", Instant, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", String(8), nullable=False),
    Column("intent", String(48), nullable=False),
    Column("step", String(80), nullable=False),
    Column("status", String(8), nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

resume_codes = Table(
    "resume_codes",
    metadata,
    Column("code", String(64), primary_key=True),  # keyed hash
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_at", Instant, nullable=False),
)

unclear = Table(
    "unclear",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # Ordinary words only, and no person: see assistant/privacy/plain_words.py.
    Column("text", String(300), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("step", String(80), nullable=False),
    Column("day", Instant, nullable=False, index=True),
)

guesses = Table(
    "guesses",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("address", String(32), nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
)

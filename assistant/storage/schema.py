"""The tables: pseudonyms, steps, topics, what Camille replied, what she did not get. No name.

The only telephone numbers are those that something is still to be sent to, sealed (assistant/privacy/sealing.py).
"""

from __future__ import annotations

from datetime import datetime, timezone

from sqlalchemy import BigInteger, Boolean, Column, DateTime, ForeignKey, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from assistant.privacy.peppers import renaming

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


class Named(TypeDecorator[str]):
    """A pseudonym or another keyed hash: written, and looked for, under the pepper in force (privacy/peppers.py).

    Whatever has this type is renamed when the pepper is changed; what has another one would be lost.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        lift = renaming.get()
        return lift(value) if lift and value else value


class Sealed(TypeDecorator[str]):
    """What is sealed beside the column `beside` of the same row, for longer than a day (privacy/sealing.py).

    Whatever has this type is sealed anew when SECRET_KEY is changed; what has another one would be lost.
    """

    impl = Text
    cache_ok = True

    def __init__(self, beside: str) -> None:
        super().__init__()
        self.beside = beside


# What numbers rows: at the size of docs/scale.md, 2^31 numbers last five months. SQLite numbers an INTEGER only, of as
# many bits.
NUMBER = BigInteger().with_variant(Integer(), "sqlite")

# The one row says which pepper is in force. Whoever reads it holds off, until the end of a transaction, who changes it.
peppers = Table(
    "peppers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("mark", Named(32), nullable=False),
)

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
    Column("pseudonym", Named(32), primary_key=True),
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
)

inbox = Table(
    "inbox",
    metadata,
    Column("provider", String(16), primary_key=True),
    Column("message_id", String(80), primary_key=True),
    Column("address", Named(32), nullable=False, default=""),
    Column("reply", Text, nullable=False),
    Column("received_at", Instant, nullable=False, index=True),
    # What was said at one address lately, without reading all that was ever said there.
    Index("ix_inbox_address_received_at", "address", "received_at"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("address", Named(32), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # stop, return, erase
    Column("channel", String(8), nullable=False),
    Column("given_at", Instant, nullable=False),
)

stopped = Table(
    "stopped",
    metadata,
    Column("address", Named(32), primary_key=True),
    Column("asked_to_return", Boolean, nullable=False),
    Column("since", Instant, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
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
    Column("code", Named(64), primary_key=True),  # keyed hash
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires_at", Instant, nullable=False),
)

unclear = Table(
    "unclear",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    # Ordinary words only, and no person: see assistant/privacy/plain_words.py.
    Column("text", String(300), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("step", String(80), nullable=False),
    Column("day", Instant, nullable=False, index=True),
    # Which of 64 parts of all people said it, each the part of many: what few said is not shown. Null before 0006.
    Column("share", Integer, nullable=True),
)

guesses = Table(
    "guesses",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("address", Named(32), nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
    # What was guessed at: a resume code, an invitation, an access of a practice.
    Column("kind", String(12), nullable=False, server_default="resume"),
)

# Other persons who use the same telephone.
companions = Table(
    "companions",
    metadata,
    Column("pseudonym", Named(32), primary_key=True),
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),  # the first person, the second: no name is kept
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    # One effect per key: what is put twice is sent once.
    Column("key", String(80), nullable=False, unique=True, index=True),
    Column("kind", String(8), nullable=False),  # sms, call
    Column("address", Named(32), nullable=False, index=True),
    Column("number", Sealed(beside="address"), nullable=False),  # "" as soon as it is needed no more
    Column("body", Sealed(beside="address"), nullable=False),  # that of an invitation; others are plain
    Column("due_at", Instant, nullable=False),
    Column("state", String(12), nullable=False),  # due, sending, sent, delivered, failed, cancelled, refused
    Column("tries", Integer, nullable=False),
    # When to look at it next: its time while it is due, the end of the lease while it is being sent.
    Column("next_at", Instant, nullable=False, index=True),
    Column("held_until", Instant, nullable=True),
    # One message of the provider belongs to one row.
    Column("provider_id", String(40), nullable=True, unique=True, index=True),
    Column("code", String(16), nullable=False),
    Column("segments", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=True, index=True),
)

reminders = Table(
    "reminders",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("address", Named(32), nullable=False, index=True),
    Column("channel", String(8), nullable=False),  # sms, voice
    Column("number", Sealed(beside="address"), nullable=False),  # "" once it is over
    # When it is to go; once it went, when it did.
    Column("due_at", Instant, nullable=False, index=True),
    Column("state", String(12), nullable=False),  # due, sent, cancelled
    Column("made_at", Instant, nullable=False),
)

# How many messages and segments, of nobody.
tallies = Table(
    "tallies",
    metadata,
    Column("day", Instant, primary_key=True),  # and, in microseconds, which of its rows (storage/tallies.py)
    Column("channel", String(8), primary_key=True),
    Column("way", String(4), primary_key=True),  # in, out
    Column("messages", Integer, nullable=False),
    Column("segments", Integer, nullable=False),
)

# Whether an answer helped, of nobody.
ratings = Table(
    "ratings",
    metadata,
    Column("day", Instant, primary_key=True),
    Column("about", String(80), primary_key=True),  # a topic ("cout") or a step ("activer/fin")
    Column("channel", String(8), primary_key=True),
    Column("helped", Boolean, primary_key=True),
    Column("times", Integer, nullable=False),
)

# Where physicians work: what may invite.
practices = Table(
    "practices",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", Named(32), nullable=False, unique=True, index=True),  # keyed hash of the structure's own identifier
    Column("name", String(120), nullable=False),
    Column("made_at", Instant, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("practice", String(32), ForeignKey("practices.id", ondelete="CASCADE"), nullable=False, index=True),
    # Keyed hash of issuer and sub, the same in each practice of a physician; null for who has an access only.
    Column("subject", Named(32), nullable=True, index=True),
    Column("role", String(12), nullable=False),  # physician, delegate
    Column("shown_as", String(120), nullable=False),  # « Le docteur Martin », « Accueil »
    Column("secret", Sealed(beside="id"), nullable=False),  # of a delegate's one-time codes; "" for a physician
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=True),
)

# Who is signed in. The cookie holds the token; here is its hash.
practice_sessions = Table(
    "practice_sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("member", String(32), ForeignKey("members.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("id_token", Text, nullable=False),  # sealed, to sign out at the provider; "" for who came another way
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False, index=True),
)

# What must be true once, soon: a sign-in under way, an access to be taken up, a code that was used.
practice_slips = Table(
    "practice_slips",
    metadata,
    Column("key", String(64), primary_key=True),  # hash
    Column("kind", String(12), nullable=False),
    Column("value", Text, nullable=False),  # sealed where it is private
    Column("expires_at", Instant, nullable=False, index=True),
)

# Who did what for a practice, and when. No patient is in it.
audit = Table(
    "audit",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("practice", String(32), nullable=False, index=True),
    Column("member", String(32), nullable=False),
    Column("act", String(24), nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    # Keyed hashes: of the letters of the address, of the word by SMS, of the digits on the telephone.
    Column("token", Named(32), nullable=False, unique=True, index=True),
    Column("word", Named(32), nullable=False, unique=True, index=True),
    Column("digits", Named(32), nullable=False, unique=True, index=True),
    Column("practice", String(32), ForeignKey("practices.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("physician", String(32), ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    Column("way", String(8), nullable=False),  # show, print, sms, poster
    Column("aim", String(12), nullable=False),  # activer, partager, ecrire
    Column("most", Integer, nullable=False),  # how many persons may take it up; 0 for as many as come
    Column("taken", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("ended_at", Instant, nullable=True),
)

# Who came by an invitation, as long as she is stored.
guests = Table(
    "guests",
    metadata,
    Column("person", String(32), ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
    Column("invitation", NUMBER, ForeignKey("invitations.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("counted", Boolean, nullable=False),  # she may refuse
    Column("finished", Boolean, nullable=False),
    Column("came_at", Instant, nullable=False),
)

# What a practice is told, of nobody.
practice_months = Table(
    "practice_months",
    metadata,
    Column("practice", String(32), ForeignKey("practices.id", ondelete="CASCADE"), primary_key=True),
    Column("month", Instant, primary_key=True),
    Column("what", String(8), primary_key=True),  # made, started, finished
    Column("times", Integer, nullable=False),
)

# To which telephones invitations went lately: for the limits, by pseudonym.
invited = Table(
    "invited",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("address", Named(32), nullable=False, index=True),
    Column("practice", String(32), nullable=False, index=True),
    Column("member", String(32), nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

# How often in a row Camille wrote to, or rang, a telephone that has not answered since.
unanswered = Table(
    "unanswered",
    metadata,
    Column("address", Named(32), primary_key=True),
    Column("times", Integer, nullable=False),
    Column("at", Instant, nullable=False, index=True),  # the last time
)

# Those who run the service. A name to type, what they may do, and how they prove who they are.
operators = Table(
    "operators",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("role", String(12), nullable=False),  # lecture, relecture, exploitation
    Column("password", Text, nullable=False),  # salted hash; "" until the access is taken up
    Column("secret", Sealed(beside="name"), nullable=False),  # of the one-time codes; "" until then
    # When they last signed in; until they do, when the access was given.
    Column("seen_at", Instant, nullable=False),
)

operator_sessions = Table(
    "operator_sessions",
    metadata,
    Column("id", String(64), primary_key=True),  # hash of the token in the cookie
    Column("operator", String(32), ForeignKey("operators.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False, index=True),
)

# Which of them did what, and when. Nobody else is in it.
operator_acts = Table(
    "operator_acts",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("operator", String(32), nullable=False),
    Column("act", String(24), nullable=False),
    Column("about", String(80), nullable=False),  # a channel, a topic, a role; "" for nothing
    Column("at", Instant, nullable=False, index=True),
)

# The channels that are switched off. A row is one that is.
switches = Table(
    "switches",
    metadata,
    Column("channel", String(12), primary_key=True),  # sms, voice, web, practice
    Column("since", Instant, nullable=False),
)

"""The one table of what is kept: in which tables of the database, on which ground, for how long, and about whom.

`camille purge` (retention.py), the page of privacy and the register (register.py) are made from it, so that they
cannot disagree. Its French words are in data/privacy/purposes.yml, under the same names. Every table of the schema
stands in exactly one purpose, as a kind of row that is purged, as one that goes with another, or as one that stays.
What is kept beside the database is told in the same places.
One purpose has no table: what is learnt from many stands in a file (assistant/review_file.py), then in data/nlu.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Column, Table, exists

from assistant.storage import operator_sessions as signed_in
from assistant.storage.outbox import INVITE
from assistant.storage.practice_sessions import AT_MOST, IDLE
from assistant.storage.resume_codes import LIFE
from assistant.storage.schema import (
    addresses,
    audit,
    companions,
    consents,
    events,
    guesses,
    guests,
    inbox,
    invitations,
    invited,
    members,
    operator_acts,
    operator_sessions,
    operators,
    outbox,
    peppers,
    persons,
    practice_months,
    practice_sessions,
    practice_slips,
    practices,
    ratings,
    reminders,
    resume_codes,
    stopped,
    switches,
    tallies,
    unanswered,
    unclear,
)

PLACE_IN_A_JOURNEY = timedelta(days=90)
PROVIDER_IDS = timedelta(days=30)
# A provider sends a message again for hours, not for days; only the page shows again what was said before.
CARRIED = timedelta(days=7)
OF_THE_PAGE = ("web", "rating")
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
# After the last of them: as long as a place, and not for ever, since a number changes hands and its silence with it.
UNANSWERED = PLACE_IN_A_JOURNEY
# After their end. By then nothing that they gave is still good, and the audit does not name them any more.
MEMBERS = timedelta(days=365)
# Without a line of audit: nobody signed in for so long, and no leaflet of theirs still opens.
PRACTICES = timedelta(days=365)
# Without signing in. Who is ended on the command line is deleted at once.
OPERATORS = timedelta(days=365)
AT_ONCE = timedelta(0)
# Beside the database, where no purge of ours reaches: whoever runs the service keeps these (docs/deploy.md).
PROCESS_LOGS = timedelta(days=30)
# Names that requests are counted under are new each day, and none is held for longer (channels/limits).
COUNTS = timedelta(days=1)
# A database that is away for longer than this was lost. A STOP goes as soon as it is stored (channels/limits/stops.py).
STOP_WAITS = timedelta(days=7)
# What is erased is in none any more by then: as long as a place.
BACKUPS = PLACE_IN_A_JOURNEY

# The ground of GDPR, article 6(1): what a person asked for (a), what the law demands (c), the interest of keeping the
# service safe (f), and for the service itself whatever ground its publisher has (a public task, his interest).
# "nobody": counts of which no line is about a person.
Basis = Literal["service", "asked", "law", "safety", "nobody"]
About = Literal["person", "practice", "operator", "nobody"]


@dataclass(frozen=True)
class Line:
    """One kind of row that the purge deletes: so long after the instant in `since`, of those that `which` picks."""

    name: str
    since: Column[Any]
    life: timedelta
    which: Any = None

    @property
    def table(self) -> Table:
        table: Table = self.since.table
        return table


@dataclass(frozen=True)
class Purpose:
    """`life` is what people are told, None for what stays. `along` are tables whose rows go with those of another one
    (`ondelete="CASCADE"`), `stays` those that are never purged."""

    name: str
    about: About
    basis: Basis
    life: timedelta | None
    lines: tuple[Line, ...] = ()
    along: tuple[Table, ...] = ()
    stays: tuple[Table, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        purged = dict.fromkeys(line.table for line in self.lines if line.table not in self.stays)
        return (*purged, *self.along, *self.stays)


PURPOSES = (
    Purpose(
        "place",
        "person",
        "service",
        PLACE_IN_A_JOURNEY,
        (Line("persons", persons.c.seen_at, PLACE_IN_A_JOURNEY),),
        along=(addresses, companions),
    ),
    Purpose("trace", "person", "service", TURN_TRACE, (Line("events", events.c.at, TURN_TRACE),)),
    Purpose(
        "once",
        "person",
        "service",
        PROVIDER_IDS,
        (
            Line("inbox", inbox.c.received_at, PROVIDER_IDS),
            Line("inbox of carriers", inbox.c.received_at, CARRIED, inbox.c.provider.not_in(OF_THE_PAGE)),
        ),
    ),
    Purpose("unclear", "nobody", "nobody", UNCLEAR, (Line("unclear", unclear.c.day, UNCLEAR),)),
    # Words that eleven persons wrote together (assistant/grouping.py): nobody's, and a model that forgot them monthly
    # would not understand the twelfth.
    Purpose("examples", "nobody", "nobody", None),
    # The row says when the code ends: it goes the moment after.
    Purpose("resume", "person", "asked", LIFE, (Line("resume codes", resume_codes.c.expires_at, AT_ONCE),)),
    Purpose("guesses", "person", "safety", GUESSES, (Line("guesses", guesses.c.at, GUESSES),)),
    Purpose(
        "sending",
        "person",
        "asked",
        OUTBOX,
        (
            Line("sent", outbox.c.ended_at, OUTBOX),
            Line("never sent", outbox.c.due_at, OUTBOX, outbox.c.ended_at.is_(None)),
            Line(
                "typed by a practice and never sent",
                outbox.c.created_at,
                TYPED_NUMBER,
                outbox.c.ended_at.is_(None) & outbox.c.key.startswith(INVITE, autoescape=True),
            ),
            Line("reminders", reminders.c.due_at, REMINDERS),
        ),
    ),
    Purpose("opinion", "nobody", "nobody", RATINGS, (Line("ratings", ratings.c.day, RATINGS),)),
    Purpose(
        "invited",
        "person",
        "service",
        INVITATIONS,
        (
            Line("invitations over", invitations.c.expires_at, INVITATIONS),
            Line("invitations taken back", invitations.c.ended_at, INVITATIONS),
        ),
        along=(guests,),
    ),
    Purpose("limits", "person", "safety", INVITED, (Line("invited", invited.c.at, INVITED),)),
    Purpose("unanswered", "person", "safety", UNANSWERED, (Line("unanswered", unanswered.c.at, UNANSWERED),)),
    Purpose(
        "refusal",
        "person",
        "law",
        None,
        # An erasure is proved by the code that the person holds (proofs.py). What earlier versions noted goes.
        (Line("erasures", consents.c.given_at, AT_ONCE, consents.c.kind == "erase"),),
        stays=(consents, stopped),
    ),
    # Before the practices, which go once no line of audit is left of them.
    Purpose("audit", "practice", "safety", AUDIT, (Line("audit", audit.c.at, AUDIT),)),
    Purpose(
        "practices",
        "practice",
        "service",
        PRACTICES,
        (
            Line("members", members.c.ended_at, MEMBERS),
            Line("practices", practices.c.made_at, PRACTICES, ~exists().where(audit.c.practice == practices.c.id)),
        ),
    ),
    Purpose(
        "signed_in",
        "practice",
        "safety",
        AT_MOST,
        (
            Line("sessions not used", practice_sessions.c.seen_at, IDLE),
            Line("sessions of a day", practice_sessions.c.made_at, AT_MOST),
            Line("slips", practice_slips.c.expires_at, AT_ONCE),
        ),
    ),
    Purpose(
        "practice_totals",
        "nobody",
        "nobody",
        PRACTICE_MONTHS,
        (Line("practice months", practice_months.c.month, PRACTICE_MONTHS),),
    ),
    Purpose("carriage", "nobody", "nobody", TALLIES, (Line("tallies", tallies.c.day, TALLIES),)),
    Purpose("secrets", "nobody", "nobody", None, stays=(peppers,)),
    Purpose(
        "operators",
        "operator",
        "safety",
        OPERATORS,
        (
            Line("operators", operators.c.seen_at, OPERATORS),
            Line("acts of operators", operator_acts.c.at, AUDIT),
        ),
    ),
    Purpose(
        "operators_signed_in",
        "operator",
        "safety",
        signed_in.AT_MOST,
        (
            Line("operators' sessions not used", operator_sessions.c.seen_at, signed_in.IDLE),
            Line("operators' sessions", operator_sessions.c.made_at, signed_in.AT_MOST),
        ),
    ),
    # What was switched off stays off until somebody switches it on: no clock decides that.
    Purpose("switched", "nobody", "nobody", None, stays=(switches,)),
)

# What is kept elsewhere than in a table: the log of each process, counts and what waits in Redis or in memory, copies.
BESIDE = (
    Purpose("logs", "person", "safety", PROCESS_LOGS),
    Purpose("pace", "person", "safety", COUNTS),
    Purpose("outage", "person", "law", STOP_WAITS),
    Purpose("backups", "person", "safety", BACKUPS),
)

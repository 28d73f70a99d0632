"""The purge: each kind of data goes on its day, and not a day earlier."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Table, insert, select
from sqlalchemy.engine import Connection

from assistant.content.book import Book
from assistant.folding import fold
from assistant.guide import Guide
from assistant.privacy.retention import (
    AUDIT,
    GUESSES,
    INVITATIONS,
    INVITED,
    MEMBERS,
    OUTBOX,
    PLACE_IN_A_JOURNEY,
    PRACTICE_MONTHS,
    PRACTICES,
    PROVIDER_IDS,
    RATINGS,
    REMINDERS,
    TALLIES,
    TURN_TRACE,
    TYPED_NUMBER,
    UNCLEAR,
    purge,
)
from assistant.storage import schema
from assistant.storage.outbox import INVITE
from assistant.storage.practice_sessions import AT_MOST, IDLE

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
INSTANT = timedelta(microseconds=1)
Rows = Callable[[str], int]

PERSON = {"id": "someone", "version": 1, "progress": "{}", "said": "null"}
EVENT = {"person": "someone", "channel": "sms", "intent": "cout", "step": "", "status": "none"}
SENT = {"key": "k", "kind": "sms", "address": "p1_x", "number": "", "body": "", "state": "sent", "tries": 1, "code": ""}
SENT |= {"segments": 1, "due_at": NOW, "next_at": NOW, "created_at": NOW}
WAITING = SENT | {"state": "due", "number": "s1.x"}
REMINDER = {"person": "someone", "address": "p1_x", "channel": "sms", "number": "", "state": "sent", "made_at": NOW}
PRACTICE = {"id": "cabinet", "key": "k", "name": "Cabinet", "made_at": NOW}
MEMBER = {"id": "martin", "practice": "cabinet", "subject": "s", "role": "physician", "shown_as": "Le docteur Martin"}
MEMBER |= {"secret": "", "made_at": NOW}
INVITATION = {"token": "t", "word": "w", "digits": "d", "practice": "cabinet", "physician": "martin", "way": "print"}
INVITATION |= {"aim": "activer", "most": 1, "taken": 0, "made_at": NOW, "expires_at": NOW}
SIGNED_IN = {"id": "hash", "member": "martin", "id_token": "", "made_at": NOW, "seen_at": NOW}
KEPT: list[Any] = [
    pytest.param(schema.persons, PERSON | {"id": "old"}, "seen_at", PLACE_IN_A_JOURNEY, id="persons"),
    pytest.param(
        schema.inbox, {"provider": "x", "message_id": "1", "reply": "{}"}, "received_at", PROVIDER_IDS, id="inbox"
    ),
    pytest.param(schema.events, EVENT, "at", TURN_TRACE, id="events"),
    pytest.param(schema.unclear, {"text": "le truc", "channel": "sms", "step": ""}, "day", UNCLEAR, id="unclear"),
    pytest.param(schema.outbox, SENT, "ended_at", OUTBOX, id="outbox"),
    pytest.param(schema.outbox, WAITING, "due_at", OUTBOX, id="outbox-never-sent"),
    pytest.param(schema.reminders, REMINDER, "due_at", REMINDERS, id="reminders"),
    pytest.param(
        schema.tallies, {"channel": "sms", "way": "in", "messages": 1, "segments": 1}, "day", TALLIES, id="tallies"
    ),
    pytest.param(
        schema.ratings, {"about": "cout", "channel": "web", "helped": True, "times": 1}, "day", RATINGS, id="ratings"
    ),
    pytest.param(
        schema.invited, {"address": "p1_x", "practice": "cabinet", "member": "martin"}, "at", INVITED, id="invited"
    ),
    pytest.param(
        schema.outbox, WAITING | {"key": f"{INVITE}1"}, "created_at", TYPED_NUMBER, id="outbox-invitation-never-sent"
    ),
    pytest.param(schema.invitations, INVITATION, "expires_at", INVITATIONS, id="invitations-too-old"),
    pytest.param(schema.invitations, INVITATION, "ended_at", INVITATIONS, id="invitations-taken-back"),
    pytest.param(
        schema.practice_months,
        {"practice": "cabinet", "what": "made", "times": 1},
        "month",
        PRACTICE_MONTHS,
        id="practice_months",
    ),
    pytest.param(schema.practice_sessions, SIGNED_IN, "seen_at", IDLE, id="practice_sessions-idle"),
    pytest.param(schema.practice_sessions, SIGNED_IN, "made_at", AT_MOST, id="practice_sessions-all-day"),
    pytest.param(
        schema.practice_slips, {"key": "k", "kind": "x", "value": "s1.x"}, "expires_at", timedelta(0), id="slips"
    ),
    pytest.param(schema.audit, {"practice": "cabinet", "member": "martin", "act": "shown"}, "at", AUDIT, id="audit"),
    pytest.param(schema.members, MEMBER | {"id": "gone", "role": "delegate"}, "ended_at", MEMBERS, id="members"),
    pytest.param(schema.practices, PRACTICE | {"id": "old", "key": "k2"}, "made_at", PRACTICES, id="practices"),
    pytest.param(schema.guesses, {"address": "p1_x"}, "at", GUESSES, id="guesses"),
    pytest.param(
        schema.resume_codes, {"code": "k", "person": "someone"}, "expires_at", timedelta(0), id="resume_codes"
    ),
]


@pytest.fixture(autouse=True)
def _someone(connection: Connection) -> None:
    """A person seen today, whom traces and codes hang on; a physician who invites."""
    connection.execute(insert(schema.persons).values(**PERSON, seen_at=NOW))
    connection.execute(insert(schema.practices).values(**PRACTICE))
    connection.execute(insert(schema.members).values(**MEMBER))


@pytest.mark.parametrize(("table", "row", "column", "life"), KEPT)
def test_kept_to_the_last_moment(
    connection: Connection, table: Table, row: dict[str, Any], column: str, life: timedelta
) -> None:
    connection.execute(insert(table).values(**row | {column: NOW - life}))
    assert purge(connection, NOW)[table.name] == 0


@pytest.mark.parametrize(("table", "row", "column", "life"), KEPT)
def test_gone_the_moment_after(
    connection: Connection, rows: Rows, table: Table, row: dict[str, Any], column: str, life: timedelta
) -> None:
    before = rows(table.name)
    connection.execute(insert(table).values(**row | {column: NOW - life - INSTANT}))
    assert purge(connection, NOW)[table.name] == 1
    assert rows(table.name) == before


def test_a_purged_person_leaves_nothing_behind(connection: Connection, rows: Rows) -> None:
    connection.execute(
        insert(schema.persons).values(**PERSON | {"id": "old"}, seen_at=NOW - PLACE_IN_A_JOURNEY - INSTANT)
    )
    connection.execute(insert(schema.addresses).values(pseudonym="p1_old", person="old"))
    connection.execute(insert(schema.events).values(**EVENT | {"person": "old"}, at=NOW))
    connection.execute(insert(schema.resume_codes).values(code="k", person="old", expires_at=NOW + INSTANT))
    purge(connection, NOW)
    assert [rows(table) for table in ("persons", "addresses", "events", "resume_codes")] == [1, 0, 0, 0]


def test_no_number_is_kept_longer_than_a_month(connection: Connection) -> None:
    """Whatever state it is in: nothing was sent because no worker ran, or a reminder was never due."""
    late = NOW - OUTBOX - INSTANT
    for state in ("due", "sending"):
        connection.execute(insert(schema.outbox).values(**WAITING | {"key": state, "state": state, "due_at": late}))
    connection.execute(insert(schema.reminders).values(**REMINDER | {"number": "s1.x", "state": "due", "due_at": late}))
    purge(connection, NOW)
    assert connection.execute(select(schema.outbox.c.number)).all() == []
    assert connection.execute(select(schema.reminders.c.number)).all() == []


def test_a_stop_is_never_purged(connection: Connection) -> None:
    """It holds as long as the person does not take it back: to write again because a year went by would be a fault."""
    long_ago = NOW - timedelta(days=10_000)
    connection.execute(insert(schema.stopped).values(address="p1_x", asked_to_return=True, since=long_ago))
    connection.execute(insert(schema.consents).values(address="p1_x", kind="stop", channel="sms", given_at=long_ago))
    purge(connection, NOW)
    assert connection.execute(select(schema.stopped.c.address)).scalars().all() == ["p1_x"]
    assert connection.execute(select(schema.consents.c.kind)).scalars().all() == ["stop"]


def test_a_practice_where_somebody_signed_in_stays(connection: Connection) -> None:
    old = NOW - PRACTICES - INSTANT
    connection.execute(insert(schema.practices).values(**PRACTICE | {"id": "old", "key": "k2", "made_at": old}))
    connection.execute(insert(schema.audit).values(practice="old", member="x", act="signed_in", at=NOW - AUDIT))
    assert purge(connection, NOW)["practices"] == 0
    assert purge(connection, NOW + INSTANT)["practices"] == 1


def test_purging_nothing_is_told_as_nothing(connection: Connection) -> None:
    assert set(purge(connection, NOW).values()) == {0}


def test_every_table_that_holds_a_time_is_purged_or_kept_on_purpose(connection: Connection) -> None:
    timed = {
        table.name
        for table in schema.metadata.tables.values()
        if any(isinstance(column.type, schema.Instant) for column in table.c)
    }
    # Who came by an invitation goes with her, or with the invitation.
    assert timed == set(purge(connection, NOW)) | {"consents", "stopped", "guests"}


def test_who_came_by_an_invitation_is_forgotten_with_it(connection: Connection, rows: Rows) -> None:
    old = INVITATION | {"id": 1, "expires_at": NOW - INVITATIONS - INSTANT}
    connection.execute(insert(schema.invitations).values(**old))
    guest = {"person": "someone", "invitation": 1, "counted": True, "finished": False, "came_at": NOW}
    connection.execute(insert(schema.guests).values(**guest))
    purge(connection, NOW)
    assert (rows("invitations"), rows("guests"), rows("persons")) == (0, 0, 1)


def test_what_people_are_told_is_what_is_done(guide: Guide) -> None:
    """The answer names the longest time that anything about a person is kept."""
    book: Book = guide.book
    answer = book.answers["donnees_assistant"]
    said = fold(" ".join([answer.say.sms, answer.simpler.web if answer.simpler else "", answer.more]))
    assert f"{PLACE_IN_A_JOURNEY.days} jours" in said
    assert max(PLACE_IN_A_JOURNEY, PROVIDER_IDS, TURN_TRACE, GUESSES) == PLACE_IN_A_JOURNEY

"""The purge: each kind of data goes on its day, and not a day earlier."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from assistant.privacy.purposes import (
    AUDIT,
    INVITATIONS,
    OUTBOX,
    PLACE_IN_A_JOURNEY,
    PRACTICES,
    PURPOSES,
    Line,
)
from assistant.privacy.retention import purge
from assistant.storage import schema
from assistant.storage.outbox import INVITE

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
OPERATOR = {"name": "marie", "role": "reading", "password": "", "secret": "", "seen_at": NOW}
ENTERED = {"id": "hash", "operator": "marie", "made_at": NOW, "seen_at": NOW}
# A row of each kind that the purge knows, by the name of its line. The instant that counts is added by the test.
ROWS: dict[str, dict[str, Any]] = {
    "persons": PERSON | {"id": "old"},
    "events": EVENT,
    "inbox": {"provider": "web", "message_id": "1", "reply": "{}"},
    "inbox of carriers": {"provider": "x", "message_id": "1", "reply": "{}"},
    "unclear": {"text": "le truc", "channel": "sms", "step": ""},
    "resume codes": {"code": "k", "person": "someone"},
    "guesses": {"address": "p1_x"},
    "sent": SENT,
    "never sent": WAITING,
    "typed by a practice and never sent": WAITING | {"key": f"{INVITE}1"},
    "reminders": REMINDER,
    "ratings": {"about": "cout", "channel": "web", "helped": True, "times": 1},
    "invitations over": INVITATION,
    "invitations taken back": INVITATION,
    "invited": {"address": "p1_x", "practice": "cabinet", "member": "martin"},
    "unanswered": {"address": "p1_x", "times": 3},
    "erasures": {"address": "p1_x", "kind": "erase", "channel": "sms"},
    "audit": {"practice": "cabinet", "member": "martin", "act": "shown"},
    "members": MEMBER | {"id": "gone", "role": "delegate"},
    "practices": PRACTICE | {"id": "old", "key": "k2"},
    "sessions not used": SIGNED_IN,
    "sessions of a day": SIGNED_IN,
    "slips": {"key": "k", "kind": "x", "value": "s1.x"},
    "practice months": {"practice": "cabinet", "what": "made", "times": 1},
    "operators": OPERATOR | {"name": "old"},
    "acts of operators": {"operator": "marie", "act": "entered", "about": ""},
    "operators' sessions not used": ENTERED,
    "operators' sessions": ENTERED,
    "tallies": {"channel": "sms", "way": "in", "messages": 1, "segments": 1},
}
LINES = [pytest.param(line, id=line.name) for purpose in PURPOSES for line in purpose.lines]


@pytest.fixture(autouse=True)
def _someone(connection: Connection) -> None:
    """A person seen today, whom traces and codes hang on; a physician who invites."""
    connection.execute(insert(schema.persons).values(**PERSON, seen_at=NOW))
    connection.execute(insert(schema.practices).values(**PRACTICE))
    connection.execute(insert(schema.members).values(**MEMBER))
    connection.execute(insert(schema.operators).values(**OPERATOR))


def aged(line: Line, age: timedelta) -> dict[str, Any]:
    return ROWS[line.name] | {line.since.name: NOW - age}


def test_every_line_of_the_purge_is_run_here() -> None:
    assert set(ROWS) == {line.name for purpose in PURPOSES for line in purpose.lines}


@pytest.mark.parametrize("line", LINES)
def test_kept_to_the_last_moment(connection: Connection, line: Line) -> None:
    connection.execute(insert(line.table).values(**aged(line, line.life)))
    assert purge(connection, NOW)[line.table.name] == 0


@pytest.mark.parametrize("line", LINES)
def test_gone_the_moment_after(connection: Connection, rows: Rows, line: Line) -> None:
    before = rows(line.table.name)
    connection.execute(insert(line.table).values(**aged(line, line.life + INSTANT)))
    assert purge(connection, NOW)[line.table.name] == 1
    assert rows(line.table.name) == before


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


def test_who_came_by_an_invitation_is_forgotten_with_it(connection: Connection, rows: Rows) -> None:
    old = INVITATION | {"id": 1, "expires_at": NOW - INVITATIONS - INSTANT}
    connection.execute(insert(schema.invitations).values(**old))
    guest = {"person": "someone", "invitation": 1, "counted": True, "finished": False, "came_at": NOW}
    connection.execute(insert(schema.guests).values(**guest))
    purge(connection, NOW)
    assert (rows("invitations"), rows("guests"), rows("persons")) == (0, 0, 1)

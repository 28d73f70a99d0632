"""For how long what may leave has waited: a worker that is not there is seen; a pause and a budget are not late."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.engine import Connection

from assistant.budget import Budget
from assistant.storage import outbox, reminders, schema, switches
from assistant.waiting import waiting

AT = datetime(2026, 11, 23, 9, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
SPENT, LEFT = Budget(Decimal(0), Decimal("0.05")), Budget(Decimal(10), Decimal("0.05"))


@pytest.fixture(autouse=True)
def _ada(connection: Connection) -> None:
    row = {"id": "ada", "version": 1, "progress": "{}", "said": "null", "seen_at": AT}
    connection.execute(insert(schema.persons).values(**row))


def remind(connection: Connection, due_at: datetime, channel: Any = "sms") -> None:
    reminders.put(connection, person="ada", address="a", channel=channel, number="s", due_at=due_at, at=AT - HOUR)


def send(connection: Connection, key: str, due_at: datetime, kind: Any = "sms") -> None:
    outbox.put(connection, key=key, kind=kind, address="a", number="s", body="b", due_at=due_at, at=due_at)


def test_nothing_waits(connection: Connection) -> None:
    assert waiting(connection, AT, None) is None
    remind(connection, AT + HOUR)
    send(connection, "text:1", AT + HOUR)
    assert waiting(connection, AT, None) is None


def test_a_reminder_that_nobody_takes_up_waits_from_its_hour_on(connection: Connection) -> None:
    remind(connection, AT)
    assert waiting(connection, AT + HOUR, None) == HOUR
    send(connection, "text:1", AT - HOUR)
    assert waiting(connection, AT + HOUR, None) == 2 * HOUR


@pytest.mark.parametrize(("channel", "kind"), [("sms", "sms"), ("voice", "call")])
def test_what_a_pause_holds_is_not_late(connection: Connection, channel: Any, kind: Any) -> None:
    remind(connection, AT, channel)
    send(connection, "text:1", AT, kind)
    switches.switch_off(connection, channel, AT)
    assert waiting(connection, AT + HOUR, None) is None
    switches.switch_on(connection, channel)
    assert waiting(connection, AT + HOUR, None) == HOUR


def test_what_the_budget_holds_is_not_late_and_answers_are(connection: Connection) -> None:
    remind(connection, AT)
    send(connection, f"{outbox.INVITE}1", AT)
    assert waiting(connection, AT + HOUR, SPENT) is None
    assert waiting(connection, AT + HOUR, LEFT) == HOUR
    send(connection, "text:1", AT + HOUR / 2)
    assert waiting(connection, AT + HOUR, SPENT) == HOUR / 2


def test_a_call_costs_no_segment(connection: Connection) -> None:
    remind(connection, AT, "voice")
    assert waiting(connection, AT + HOUR, SPENT) == HOUR

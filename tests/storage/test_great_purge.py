"""A purge of many rows: slice after slice, so that people are answered meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import event, insert, select

from assistant.privacy import retention
from assistant.privacy.purposes import TURN_TRACE
from assistant.storage import schema
from assistant.storage.database import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
INSTANT = timedelta(microseconds=1)


def test_a_great_purge_lets_people_pass(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slice after slice, each in a transaction of its own; what has a key of two columns too."""
    monkeypatch.setattr(retention, "SLICE", 3)
    seen: list[int] = []
    old = NOW - TURN_TRACE - INSTANT
    with database.transaction() as connection:
        for number in range(10):
            row = {"provider": "x", "message_id": str(number), "reply": "{}", "received_at": old}
            connection.execute(insert(schema.inbox).values(**row))
    event.listen(database.engine, "commit", lambda connection: seen.append(1))
    assert retention.purge_all(database, NOW)["inbox"] == 10
    assert len(seen) == 4
    with database.transaction() as connection:
        assert connection.execute(select(schema.inbox.c.message_id)).all() == []

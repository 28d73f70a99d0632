"""For how long what may leave has been waiting to. What a pause or the month's budget holds waits rightly."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from assistant.budget import Budget
from assistant.storage import outbox, reminders, switches


def waiting(connection: Connection, at: datetime, budget: Budget | None) -> timedelta | None:
    """The age of the oldest; None when nothing waits. A reminder waits from its hour on, before it is in the outbox."""
    off = set(switches.off(connection))
    begins = budget is None or not budget.is_spent(connection, at)
    sent = outbox.oldest(connection, at, but=outbox.kinds(off), begins=begins)
    reminded = reminders.oldest(connection, at, but=off if begins else off | {"sms"})
    oldest = [each for each in (sent, reminded) if each]
    return at - min(oldest) if oldest else None

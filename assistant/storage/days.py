"""The day and the month of an instant: what is counted of nobody keeps the one or the other, not the hour."""

from __future__ import annotations

from datetime import datetime, timezone


def day_of(at: datetime) -> datetime:
    """Midnight, in UTC, of the UTC day of the aware time `at`."""
    return at.astimezone(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)


def month_of(at: datetime) -> datetime:
    """Midnight, in UTC, of the first day of the UTC month of the aware time `at`."""
    return day_of(at).replace(day=1)

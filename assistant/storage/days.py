"""The day of an instant: what is counted of nobody keeps the day, not the hour."""

from __future__ import annotations

from datetime import datetime, timezone


def day_of(at: datetime) -> datetime:
    """Midnight, in UTC, of the UTC day of the aware time `at`."""
    return at.astimezone(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)

"""The clock of the faces. Tests give their own times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(timezone.utc)

"""Has every sign-in that failed counted and written down: at which door and why, and nothing of whom or from where."""

from __future__ import annotations

from channels.operations.logs import sign_in_failed
from channels.operations.metrics import Door, Why, metrics


def failed(door: Door, why: Why) -> int:
    """One more. The status to answer with, where a code was wrong."""
    metrics().sign_in_failed(door, why)
    sign_in_failed(door, why)
    return 429 if why.startswith("too_many") else 422

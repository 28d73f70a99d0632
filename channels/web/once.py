"""What makes a form count once: a random name that is sent back with it."""

from __future__ import annotations

import re
import secrets

MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{22}")


def one_time_id() -> str:
    """128 random bits, in 22 characters."""
    return secrets.token_urlsafe(16)

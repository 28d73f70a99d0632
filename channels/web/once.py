"""What makes a form count once: a random name that is sent back with it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

# Whose the ids are, beside those of carriers.
PROVIDER = "web"
MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{22}")


def one_time_id() -> str:
    """128 random bits, in 22 characters."""
    return secrets.token_urlsafe(16)


def id_of(form: Mapping[str, str]) -> str:
    """The one-time id that `form` carries; a new one when it carries none, or one that we did not make."""
    carried = form.get("id", "")
    return carried if MESSAGE_ID.fullmatch(carried) else one_time_id()

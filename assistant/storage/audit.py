"""Notes who did what for a practice, and when. Kept twelve months (assistant/privacy/purposes.py). No patient is in it.

It is read in journal.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from assistant.storage.practices import Member
from assistant.storage.schema import audit

Act = Literal["signed_in", "signed_out", "shown", "printed", "texted", "access_given", "access_ended", "ended"]
ACTS = frozenset(get_args(Act))


def note(connection: Connection, member: Member, act: Act, at: datetime) -> None:
    """One line more, in the transaction of the act itself: neither is ever there without the other."""
    if act not in ACTS:
        raise ValueError(f"no such act: {act}")
    row = {"practice": member.practice, "member": member.id, "act": act, "at": at}
    connection.execute(insert(audit).values(**row))

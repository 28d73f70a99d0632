"""Four digits that carry a journey to another telephone or to the web. Short-lived and guess-limited.

A code opens a step name and nothing else: no number, no document, no message is behind it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection

from assistant.storage.schema import guesses, resume_codes

LIFE = timedelta(days=7)
# Ten thousand codes, few alive at once: five tries an hour leave a guesser one chance in thousands a day.
MOST_GUESSES = 5
# From everywhere together: a visit of the page costs nothing, and each is a new address.
MOST_GUESSES_OF_ALL = 50
GUESS_WINDOW = timedelta(hours=1)
MOST_DRAWS = 200


def give(connection: Connection, person: str, at: datetime, keyed: Callable[[str], str]) -> str | None:
    """A fresh code for `person`; the one before is void. None when nearly all ten thousand are taken."""
    connection.execute(delete(resume_codes).where(resume_codes.c.expires_at < at))
    connection.execute(delete(resume_codes).where(resume_codes.c.person == person))
    for _ in range(MOST_DRAWS):
        code = f"{secrets.randbelow(10_000):04d}"
        taken = select(resume_codes.c.code).where(resume_codes.c.code == keyed(code))
        if connection.execute(taken).first() is None:
            row = {"code": keyed(code), "person": person, "expires_at": at + LIFE}
            connection.execute(insert(resume_codes).values(**row))
            return code
    return None


def redeem(
    connection: Connection, code: str, address: str, at: datetime, keyed: Callable[[str], str]
) -> str | Literal["unknown", "blocked"]:
    """The person behind `code`, which is then void; "unknown", or "blocked" after too many tries from `address`."""
    recent = select(func.count()).where(guesses.c.at > at - GUESS_WINDOW)
    here = connection.execute(recent.where(guesses.c.address == address)).scalar_one()
    if here >= MOST_GUESSES or connection.execute(recent).scalar_one() >= MOST_GUESSES_OF_ALL:
        return "blocked"
    live = select(resume_codes.c.person).where(resume_codes.c.code == keyed(code), resume_codes.c.expires_at > at)
    person = connection.execute(live).scalar()
    if person is None:
        connection.execute(insert(guesses).values(address=address, at=at))
        return "unknown"
    # Of two who give the same code at once, only the one who deletes it has it.
    taken = connection.execute(delete(resume_codes).where(resume_codes.c.code == keyed(code))).rowcount
    return str(person) if taken == 1 else "unknown"

"""What carries a journey elsewhere: four digits for a telephone, a link for another screen. Short-lived, good once.

Either opens a step name and nothing else: no number, no document, no message is behind it. They are given together,
and the first one used makes the other void. Tries of the digits are counted. Those of a link are not: its 128 bits
cannot be guessed, and a counter would let an old link, pressed again and again, close the door of the digits.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from assistant.storage import guesses
from assistant.storage.guesses import RESUME
from assistant.storage.schema import resume_codes

LIFE = timedelta(days=7)
MOST_DRAWS = 200
LINK_BYTES = 16


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
    connection: Connection, code: str, address: str, at: datetime, keyed: Callable[[str], str], network: str = ""
) -> str | Literal["unknown", "blocked"]:
    """The person behind `code`, which is then void; "unknown", or "blocked" after too many tries (guesses.py)."""
    if guesses.shut(connection, RESUME, address, network, at) is not None:
        return "blocked"
    live = select(resume_codes.c.person).where(resume_codes.c.code == keyed(code), resume_codes.c.expires_at > at)
    person = connection.execute(live).scalar()
    if person is None:
        guesses.note(connection, RESUME, address, network, at)
        return "unknown"
    return str(person) if _taken(connection, keyed(code), str(person)) else "unknown"


def give_link(connection: Connection, person: str, at: datetime, keyed: Callable[[str], str]) -> str:
    """The 22 letters of a fresh link for `person`, beside the code that she was just given."""
    token = secrets.token_urlsafe(LINK_BYTES)
    row = {"code": keyed(_link(token)), "person": person, "expires_at": at + LIFE}
    connection.execute(insert(resume_codes).values(**row))
    return token


def leads_to(connection: Connection, token: str, at: datetime, keyed: Callable[[str], str]) -> str | None:
    """The person behind a link, which stays good: who only looks (a preview, a scanner of letters) uses nothing up."""
    live = resume_codes.c.code == keyed(_link(token)), resume_codes.c.expires_at > at
    person = connection.execute(select(resume_codes.c.person).where(*live)).scalar()
    return str(person) if person is not None else None


def follow(connection: Connection, token: str, at: datetime, keyed: Callable[[str], str]) -> str | None:
    """The person behind a link, which is then void; None when it was used, is too old or never was."""
    person = leads_to(connection, token, at, keyed)
    return person if person is not None and _taken(connection, keyed(_link(token)), person) else None


def _link(token: str) -> str:
    """Under another name than digits: nobody who may type four of them reaches a link."""
    return f"link:{token}"


def _taken(connection: Connection, kept: str, person: str) -> bool:
    """Of two who come with the same one at once, only the one who deletes it has it; its twin goes with it."""
    taken = connection.execute(delete(resume_codes).where(resume_codes.c.code == kept)).rowcount == 1
    if taken:
        connection.execute(delete(resume_codes).where(resume_codes.c.person == person))
    return taken

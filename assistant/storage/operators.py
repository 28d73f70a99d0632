"""Those who run the service: who they are, what they may do, how they prove it. Given and ended on the command line.

A name is all that is known of one. It is given with a link of one use (slips); it is in force once taken up, with a
password of hers and a key for one-time codes. Who is ended is deleted, and signed out with that.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from assistant.storage import practice_slips
from assistant.storage.accesses import SIGNS
from assistant.storage.schema import operator_sessions, operators

# Each may do what the ones before it may, and more: look; review what was not understood; switch channels.
Role = Literal["lecture", "relecture", "exploitation"]
ROLES: tuple[Role, ...] = get_args(Role)
# How long the link to take an access up is good.
LIFE = timedelta(days=1)
GIVEN = "operator"
TOKEN_BYTES = 16
# Drawn after the word that was given: who knows a first name does not know a name to guess at.
SIGNS_DRAWN = 4


@dataclass(frozen=True)
class Operator:
    """One of them. `taken`: she has chosen her password, and has her codes."""

    name: str
    role: Role
    taken: bool
    seen_at: datetime

    def may(self, role: Role) -> bool:
        """Whether she may do what is for `role`."""
        return ROLES.index(self.role) >= ROLES.index(role)


def add(connection: Connection, word: str, role: Role, at: datetime) -> tuple[str, str]:
    """A new one, called after `word`: her name, and the token of the link to take the access up."""
    while True:
        name = f"{word}-{''.join(secrets.choice(SIGNS) for _ in range(SIGNS_DRAWN))}"
        if find(connection, name) is None:
            break
    connection.execute(insert(operators).values(name=name, role=role, password="", secret="", seen_at=at))
    return name, offer(connection, name, at)


def offer(connection: Connection, name: str, at: datetime) -> str:
    """The token of a link by which `name` takes her access up, for the first time or again. What she had stays good
    until she does; an earlier link does not."""
    practice_slips.drop(connection, GIVEN, name)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    practice_slips.put(connection, GIVEN, token, name, at + LIFE, at)
    return token


def find(connection: Connection, name: str) -> Operator | None:
    row = connection.execute(select(operators).where(operators.c.name == name)).first()
    return _operator(row) if row is not None else None


def every(connection: Connection) -> Sequence[Operator]:
    """All of them, by name."""
    return [_operator(row) for row in connection.execute(select(operators).order_by(operators.c.name))]


def take_up(connection: Connection, name: str, password: str, secret: str) -> bool:
    """Keep what she proves herself by from now on, a hash and a sealed key. Whoever was signed in as her is not."""
    connection.execute(delete(operator_sessions).where(operator_sessions.c.operator == name))
    taken = update(operators).where(operators.c.name == name).values(password=password, secret=secret)
    return bool(connection.execute(taken).rowcount == 1)


def proofs(connection: Connection, name: str) -> tuple[str, str]:
    """The hash of her password, and the sealed key of her codes; "" and "" for nobody, or not taken up."""
    row = connection.execute(select(operators.c.password, operators.c.secret).where(operators.c.name == name)).first()
    return (row.password, row.secret) if row is not None else ("", "")


def seen(connection: Connection, name: str, at: datetime) -> None:
    connection.execute(update(operators).where(operators.c.name == name).values(seen_at=at))


def end(connection: Connection, name: str) -> bool:
    """She is no operator any more, and is signed out everywhere. Whether she was."""
    return bool(connection.execute(delete(operators).where(operators.c.name == name)).rowcount == 1)


def _operator(row: Any) -> Operator:
    return Operator(row.name, row.role, bool(row.secret), row.seen_at)

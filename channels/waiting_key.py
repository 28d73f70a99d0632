"""A key for one-time codes until its first right code: sealed, in the browser that pressed for it, for half an hour.

The link that led to it is used up by the press. What the browser holds is which link it took up, and under which name
the key waits (slips); the key itself is nowhere but there, sealed beside whose it is to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import session
from sqlalchemy.engine import Connection

from assistant.one_time_codes import Key, OneTimeCodes, new_key
from assistant.storage import practice_slips
from assistant.storage.practice_sessions import new_token

# Long enough to install an application.
PATIENCE = timedelta(minutes=30)
# What the square of a key is called.
TO_SCAN = "Carré à viser avec l’application qui donne les codes. La clé qu’il contient est écrite en dessous."


@dataclass(frozen=True)
class WaitingKey:
    """Of one door: `kind` names its slips and its place in the cookie."""

    kind: str
    codes: OneTimeCodes

    def make(self, connection: Connection, link: str, name: str, at: datetime) -> None:
        """Make one for `name`, who took `link` up."""
        waiting = new_token()
        value = f"{name} {self.codes.seal(new_key(name))}"
        practice_slips.put(connection, self.kind, waiting, value, at + PATIENCE, at)
        session[self.kind] = [link, waiting]

    def held(self, connection: Connection, link: str, at: datetime) -> Key | None:
        """The one that waits in this browser, for this link."""
        taking = session.get(self.kind)
        if not taking or taking[0] != link:
            return None
        value = practice_slips.look(connection, self.kind, taking[1], at)
        if value is None:
            return None
        name, _, sealed = value.partition(" ")
        return self.codes.opened(name, sealed)

    def use_up(self, connection: Connection, at: datetime) -> None:
        """It was proved. What the browser knows of it goes by `forget`, once that is stored."""
        practice_slips.take(connection, self.kind, session[self.kind][1], at)

    def forget(self) -> None:
        session.pop(self.kind, None)

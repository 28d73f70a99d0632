"""A practice inside the service under attack, made in its database as a sign-in would: names may be hostile too."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timezone

from assistant.inviting import Inviting
from assistant.storage import accesses, practice_sessions, practices
from assistant.storage.practices import Member
from security.attack.target import Target
from security.attack.visitor import Visitor

COOKIE = "__Host-camille-cabinet"


@dataclass(frozen=True)
class Desk:
    """One physician of one practice."""

    target: Target
    physician: Member

    @classmethod
    def of(cls, target: Target, practice: str = "Cabinet du Port", shown_as: str = "Le docteur Martin") -> Desk:
        at, name = now(), secrets.token_hex(8)
        with target.database.transaction() as connection:
            here = practices.practice_of(connection, f"attack {name}", practice, at)
            number = practices.physician_of(connection, here, f"attack {name}", shown_as, at)
            found = practices.member(connection, number)
        if found is None:
            raise LookupError("the practice that was just made is not there")
        return cls(target, found)

    def visitor(self) -> Visitor:
        """A browser in which she is signed in."""
        token = practice_sessions.new_token()
        with self.target.database.transaction() as connection:
            practice_sessions.begin(connection, token, self.physician.id, "", now())
        return Visitor(self.target, cookies={COOKIE: token})

    def access(self, label: str) -> tuple[str, str]:
        """An access of this practice: its short name, and the secret letters of its link."""
        with self.target.database.transaction() as connection:
            given = accesses.give(connection, self.physician.practice, label, now())
        if given is None:
            raise LookupError("this practice has as many accesses as it may")
        return given[0].name, given[1]

    def invitation(self) -> tuple[str, str, str]:
        """One for any number of people: its path, its word and its digits."""
        given = Inviting(self.target.settings, self.target.database).make(
            practice=self.physician.practice, physician=self.physician.id, way="poster", aim="activer", at=now()
        )
        return f"/i/{given.token}", given.word, given.digits


def now() -> datetime:
    return datetime.now(timezone.utc)

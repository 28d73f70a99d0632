"""Makes the invitations of physicians, and shows what is behind one without using it up."""

from __future__ import annotations

import secrets
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from sqlalchemy.engine import Connection

from assistant.errors import CamilleError
from assistant.invitation_keys import DIGITS_AFTER, DIGITS_ALONE, FIRST_DIGITS, word_value
from assistant.lexicon import invitation_words
from assistant.privacy.pseudonyms import pseudonym
from assistant.settings import Settings
from assistant.storage import invitations, practice_months
from assistant.storage.database import Database
from assistant.storage.invitations import AS_MANY_AS_COME, Aim, Invitation, Key, Way

TOKEN_BYTES = 16  # 128 bits, in 22 letters
STACK = 20
# How long one is good, and for how many persons.
LIVES: dict[Way, tuple[timedelta, int]] = {
    "show": (timedelta(days=1), 1),
    "sms": (timedelta(days=7), 1),
    "print": (timedelta(days=30), 1),
    "poster": (timedelta(days=365), AS_MANY_AS_COME),
}
STACK_LIFE = timedelta(days=365)
# Some 400,000 words with digits: even with half of them taken, so many draws in vain never happen.
MOST_DRAWS = 200


@dataclass(frozen=True)
class Given:
    """A new invitation and the three keys to it, told this once: only their hashes are kept.

    `word` is « TULIPE 428 », as it is printed; `digits` are six.
    """

    id: int
    token: str
    word: str
    digits: str
    expires_at: datetime


class InvitingError(CamilleError):
    """No free word or digits were found for an invitation."""

    code = "inviting"


class Inviting:
    """Over one database. Keys are hashed with the pepper of pseudonyms."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database

    def make(
        self,
        *,
        practice: str,
        physician: str,
        way: Way,
        aim: Aim,
        at: datetime,
        stack: bool = False,
        connection: Connection | None = None,
    ) -> Given:
        """A new invitation in the name of `physician` (the id of a member of `practice`), counted as made.

        `stack`: twenty leaflets that say the same, each good for one person; it counts for twenty. In the transaction
        of `connection`, if it is given. Raises InvitingError when no word is free.
        """
        life, most = (STACK_LIFE, STACK) if stack and way == "print" else LIVES[way]
        row = {"practice": practice, "physician": physician, "way": way, "aim": aim, "most": most, "made_at": at}
        with self._database.transaction() if connection is None else nullcontext(connection) as held:
            given = self._drawn(held, row, at + life)
            practice_months.count(held, practice, "made", at, max(1, most))
        return given

    def peek(self, token: str, at: datetime) -> Invitation | None:
        """What the letters of an address lead to while it may be taken up; uses nothing up, however often."""
        with self._database.transaction() as connection:
            return invitations.good(connection, "token", self._kept("token", token), at)

    def _drawn(self, connection: Connection, row: dict[str, object], expires_at: datetime) -> Given:
        words = _words(self._settings.data / "lexicon")
        for _ in range(MOST_DRAWS):
            token, word, number, digits = drawn(words)
            keys: dict[Key, str] = {
                "token": self._kept("token", token),
                "word": self._kept("word", word_value(word, number)),
                "digits": self._kept("digits", digits),
            }
            found = invitations.put(connection, keys, row | {"expires_at": expires_at})
            if found is not None:
                return Given(found, token, f"{word.upper()} {number}", digits, expires_at)
        raise InvitingError("Aucun mot n'est libre pour une invitation.")

    def _kept(self, key: Key, value: str) -> str:
        return kept(key, value, self._settings.pseudonym_pepper)


def drawn(words: tuple[str, ...]) -> tuple[str, str, str, str]:
    """Letters of an address, a word of `words`, its three digits, and six digits: each out of the system's dice."""
    digits = secrets.choice(FIRST_DIGITS) + f"{secrets.randbelow(10 ** (DIGITS_ALONE - 1)):0{DIGITS_ALONE - 1}d}"
    number = f"{secrets.randbelow(10**DIGITS_AFTER):0{DIGITS_AFTER}d}"
    return secrets.token_urlsafe(TOKEN_BYTES), secrets.choice(words), number, digits


def kept(key: Key, value: str, pepper: str) -> str:
    """The keyed hash that an invitation is known by."""
    return pseudonym(f"invite-{key}", value, pepper)


@lru_cache(maxsize=4)
def _words(folder: Path) -> tuple[str, ...]:
    return invitation_words(folder).all


__all__ = ["STACK", "Aim", "Given", "Invitation", "Inviting", "InvitingError", "Way", "drawn", "kept"]

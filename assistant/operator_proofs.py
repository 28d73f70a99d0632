"""How those who run the service prove who they are: a password of theirs and the six digits of their telephone.

Both, because they may switch a channel off for everybody: a code alone would be one guess in a million, five times a
quarter of an hour, for as long as somebody cares to try. What is wrong is told in one way, and takes as long.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import lru_cache
from typing import Literal

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from assistant.one_time_codes import Key, OneTimeCodes, Verdict
from assistant.settings import Settings
from assistant.storage import operators
from assistant.storage.database import Database
from assistant.storage.guesses import OPERATOR

# OWASP's least for Argon2id: 19 MiB, two passes. 40 ms on a core.
SALT, LENGTH, PASSES, LANES, MEMORY = 16, 32, 2, 1, 19 * 1024
SHORTEST, LONGEST = 15, 128
# « aaaaaaaaaaaaaaa » is long, and the first thing that is tried.
FEWEST_SIGNS = 6

Fault = Literal["short", "plain", "named"]


def fault(password: str, name: str) -> Fault | None:
    """Why `password` is none for `name`; None when it will do. Its signs are free: a sentence is best."""
    if len(password) < SHORTEST:
        return "short"
    if len(set(password.lower())) < FEWEST_SIGNS or len(password) > LONGEST:
        return "plain"
    return "named" if name.partition("-")[0] in password.lower() else None


def hashed(password: str) -> str:
    """What is kept of `password`: salted, slow to try, with its own settings in it (PHC)."""
    return _argon2().derive_phc_encoded(password.encode("utf-8", "replace"))


class OperatorProofs:
    """Over the settings' secrets."""

    def __init__(self, settings: Settings) -> None:
        self._codes = OneTimeCodes(settings, OPERATOR)

    @property
    def codes(self) -> OneTimeCodes:
        """For a key that is not kept yet."""
        return self._codes

    def check(
        self, database: Database, name: str, password: str, code: str, at: datetime, network: str = ""
    ) -> Verdict | None:
        """None when `password` and `code` are those of `name`, who is seen then. A code is good once.

        The slow part holds no transaction. What is wrong counts for all operators only behind a right password: who has
        none guesses at nothing, and must not keep them from switching a channel off.
        """
        with database.transaction() as connection:
            kept, sealed = operators.proofs(connection, name)
        nobody = _nobody()  # for each name: the first of a process waits for it, whether she is known or not
        known = _is(password, kept or nobody) and bool(kept)
        key: Key | None = self._codes.opened(name, sealed) if known else None
        with database.transaction() as connection:
            verdict = self._codes.check_key(connection, name, key, code, at, network, of_all=known)
            if verdict is None:
                operators.seen(connection, name, at)
        return verdict


def _is(password: str, kept: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password.encode("utf-8", "replace")[: 4 * LONGEST], kept)
    except InvalidKey:
        return False
    return True


def _argon2() -> Argon2id:
    return Argon2id(salt=secrets.token_bytes(SALT), length=LENGTH, iterations=PASSES, lanes=LANES, memory_cost=MEMORY)


@lru_cache(maxsize=1)
def _nobody() -> str:
    """Tried when there is no such name, so that the answer takes as long."""
    return hashed(secrets.token_urlsafe())

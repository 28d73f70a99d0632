"""The six digits that an application of a telephone shows (TOTP, RFC 6238): made, checked once each, guess-limited.

What is wrong is told in one way: nobody learns whether a short name exists, nor whether its code was nearly right.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import pyotp
from sqlalchemy.engine import Connection

from assistant.errors import SealError
from assistant.privacy.pseudonyms import pseudonym
from assistant.privacy.sealing import Sealer
from assistant.settings import Settings
from assistant.storage import accesses, guesses, practice_slips
from assistant.storage.alone import alone
from assistant.storage.guesses import ACCESS, Caps, Shut

USED = "code"
STEP = 30  # seconds that a code is shown
# The clock of a telephone may be half a minute off, and a code is typed at its last second.
OFF_BY = (-1, 0, 1)
USED_LIFE = timedelta(seconds=STEP * (len(OFF_BY) + 1))
# Checked when there is no such access, so that the answer takes as long.
NOBODY = "A" * 32
ISSUER = "Camille"

Verdict = Literal["wrong"] | Shut


@dataclass(frozen=True)
class Key:
    """What an application needs to show the codes of the access `name`. It is shown once, and not in the repr."""

    name: str
    secret: str = field(repr=False)

    @property
    def uri(self) -> str:
        """What its square holds."""
        return pyotp.TOTP(self.secret).provisioning_uri(name=self.name, issuer_name=ISSUER)

    @property
    def groups(self) -> list[str]:
        """The secret, four letters at a time, for who has no camera."""
        return [self.secret[at : at + 4] for at in range(0, len(self.secret), 4)]


def new_key(name: str) -> Key:
    """A key of 160 random bits, as RFC 4226 asks."""
    return Key(name, pyotp.random_base32())


class OneTimeCodes:
    """Checks codes against sealed secrets. Guesses are counted apart for each kind of door, under its `caps`."""

    def __init__(self, settings: Settings, caps: Caps = ACCESS) -> None:
        self._pepper, self._sealer, self._caps = settings.pseudonym_pepper, Sealer(*settings.secret_keys), caps

    def seal(self, key: Key) -> str:
        """What is kept of a key: it opens beside its own name only."""
        return self._sealer.seal(key.secret, key.name)

    def opened(self, name: str, sealed: str) -> Key | None:
        """The key that was sealed; None when it does not open."""
        try:
            return Key(name, self._sealer.open(sealed, name))
        except SealError:
            return None

    def check(self, connection: Connection, name: str, code: str, at: datetime, network: str = "") -> Verdict | None:
        """None when `code` is that of the access `name` in force; a code is good once. `network`: who asks from where,
        by a keyed name."""
        sealed = accesses.secret_of(connection, name)
        key = self.opened(name, sealed) if sealed else None
        return self.check_key(connection, name, key, code, at, network)

    def check_key(
        self,
        connection: Connection,
        name: str,
        key: Key | None,
        code: str,
        at: datetime,
        network: str = "",
        *,
        of_all: bool = True,
    ) -> Verdict | None:
        """The same, with a key that is not kept yet. What is wrong is counted, and for everybody only if `of_all`."""
        alone(connection, "guessing at an access")
        kind = self._caps.kind
        address = pseudonym(kind, name, self._pepper)
        shut = guesses.shut(connection, self._caps, address, network, at)
        if shut is not None:
            return shut
        step = _step(key.secret if key else NOBODY, code, at)
        used = f"{kind} {name} {step}"
        if key is None or step is None or practice_slips.look(connection, USED, used, at) is not None:
            guesses.note(connection, self._caps, address, network, at, of_all=of_all)
            return "wrong"
        practice_slips.put(connection, USED, used, "", at + USED_LIFE, at)
        return None


def _step(secret: str, code: str, at: datetime) -> int | None:
    """Which step of time `code` belongs to; None for none that is near enough."""
    given = re.sub(r"\s", "", code)
    now, generator, found = int(at.timestamp()) // STEP, pyotp.TOTP(secret), None
    for off in OFF_BY:
        if hmac.compare_digest(generator.generate_otp(now + off).encode(), given.encode("utf-8", "replace")):
            found = now + off
    return found

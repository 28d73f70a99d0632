"""The peppers of pseudonyms, the oldest first, of which the database tells the one in force.

A name goes through all of them up to that one: HMAC(second pepper, HMAC(first pepper, number)). What is kept under an
older pepper therefore becomes its newer name without the number, which nobody has: a change of pepper loses nobody, and
no STOP. Whoever learns an older pepper can do nothing with it against newer names. The price: none of them can ever be
thrown away.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache

from assistant.errors import PepperError
from assistant.privacy.pseudonyms import pseudonym

NAME = re.compile(r"p([1-9][0-9]?)_[A-Za-z0-9_-]{22}")
# Of the transaction under way in this thread: how its database calls what other parts call by an older name.
renaming: ContextVar[Callable[[str], str] | None] = ContextVar("renaming", default=None)


class Peppers:
    """Those of one database. `in_force` is which of them, from 1, it said it is named by. Its repr shows nothing."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets
        self._mark = lru_cache(maxsize=len(secrets))(self._marked)
        self._read = ""
        self.in_force = 1

    @property
    def known(self) -> int:
        return len(self._secrets)

    def lifted(self, name: str) -> str:
        """The name that is in force for an older one. What is no name of ours stays as it is. Raises PepperError."""
        if name.startswith(f"p{self.in_force}_"):
            return name  # most often, and at each use of a column
        return self.lifted_to(name, self.in_force)

    def newest(self, name: str) -> str:
        """The same under the newest pepper known here, for what no database keeps."""
        return self.lifted_to(name, self.known)

    def lifted_to(self, name: str, version: int) -> str:
        found = NAME.fullmatch(name)
        if found is None:
            return name
        now = int(found[1])
        if now > version:
            raise PepperError("a pseudonym is newer than what it is compared with: the pepper was changed meanwhile.")
        for number in range(now + 1, version + 1):
            digest = hmac.new(self._secrets[number - 1].encode(), name.encode(), hashlib.sha256).digest()
            name = f"p{number}_" + base64.urlsafe_b64encode(digest).decode()[:22]
        return name

    def mark(self, version: int) -> str:
        """What a database says that is named by `version`: a name of nobody, through the same peppers."""
        return self._mark(version)

    def read(self, mark: str) -> None:
        """Take what the database says. Raises PepperError when it is named by peppers that are not known here."""
        if mark == self._read:
            return
        found = NAME.fullmatch(mark)
        version = int(found[1]) if found else 0
        if not 1 <= version <= self.known:
            raise PepperError(
                f"PSEUDONYM_PEPPER : la base est écrite avec {version} secrets et {self.known} sont donnés. Donnez-les "
                "tous, du plus ancien au plus récent, séparés par une virgule."
            )
        if not hmac.compare_digest(mark, self.mark(version)):
            raise PepperError(
                "PSEUDONYM_PEPPER : ce n'est pas le secret de cette base. Avec un autre, personne n'y serait retrouvé, "
                "même qui a dit STOP."
            )
        self.in_force, self._read = version, mark

    def _marked(self, version: int) -> str:
        return self.lifted_to(pseudonym("mark", "camille", self._secrets[0]), version)


def current(name: str) -> str:
    """`name` as the transaction under way keeps it: what is sealed beside a name is sealed beside this one."""
    lift = renaming.get()
    return lift(name) if lift else name

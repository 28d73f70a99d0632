"""A dated proof that somebody was erased, which says nothing of whom, and is looked up nowhere.

Twelve digits: four at random, and eight of an HMAC-SHA-256 over the day and those four. Who holds the key can tell a
genuine proof from an invented one (`camille proof`); nobody can tell from it who was erased. The key comes from
SECRET_KEY: once that is changed, older proofs can be checked with the old one only, which is why it is put away and
not thrown away. The one place that holds a proof is the reply that gave it, for as long as replies are kept, so that a
retry by the provider is answered the same; it has no address of anybody.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable
from datetime import date
from functools import cached_property
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assistant.privacy.pseudonyms import by_pairs

INFO = b"camille proofs v1"
RANDOM, CHECKED = 4, 8  # digits: one invented proof in a hundred million is taken for a genuine one


class Proofs:
    """Gives with the first of the secrets, and checks with each. Its repr shows nothing."""

    def __init__(self, secret: str, *older: str, draw: Callable[[int], int] = secrets.randbelow) -> None:
        self._secrets, self._draw = (secret, *older), draw

    def give(self, day: date) -> str:
        """A proof for `day`, by pairs of digits, as people copy and say them."""
        drawn = f"{self._draw(10**RANDOM):0{RANDOM}d}"
        return by_pairs(drawn + _check(self._keys[0], day, drawn))

    def is_genuine(self, day: date, proof: str) -> bool:
        """Whether `proof` was given here for `day`. Spaces, dots and dashes do not count."""
        digits = re.sub(r"[\s.\-]", "", proof)
        if not re.fullmatch(rf"[0-9]{{{RANDOM + CHECKED}}}", digits):
            return False
        checks = [_check(key, day, digits[:RANDOM]) for key in self._keys]
        return any(hmac.compare_digest(digits[RANDOM:], check) for check in checks)

    @cached_property
    def _keys(self) -> list[bytes]:
        return [HKDF(algorithm=SHA256(), length=32, salt=None, info=INFO).derive(one.encode()) for one in self._secrets]


def _check(key: bytes, day: date, drawn: str) -> str:
    digest = hmac.new(key, f"{day.isoformat()}:{drawn}".encode(), sha256).digest()
    return f"{int.from_bytes(digest, 'big') % 10**CHECKED:0{CHECKED}d}"

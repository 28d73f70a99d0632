"""Seals the telephone numbers that something is to be sent to, so that the database alone tells nobody whom.

AES-256-GCM. The key comes from SECRET_KEY, which is not in the database. A sealed number opens only beside the
pseudonym it was sealed for: moved to another row, it stays shut.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assistant.errors import SealError

VERSION = "s1."
INFO = b"camille numbers v1"
KEY, NONCE, TAG = 32, 12, 16


class Sealer:
    """Seals and opens with the key of one secret. Its repr shows nothing."""

    def __init__(self, secret: str, random: Callable[[int], bytes] = os.urandom) -> None:
        key = HKDF(algorithm=SHA256(), length=KEY, salt=None, info=INFO).derive(secret.encode())
        self._cipher, self._random = AESGCM(key), random

    def seal(self, number: str, address: str) -> str:
        """`number`, to be opened with the same `address` only. Never twice the same."""
        nonce = self._random(NONCE)
        sealed = self._cipher.encrypt(nonce, number.encode(), address.encode())
        return VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, address: str) -> str:
        """The number. Raises SealError for what is not ours, was changed, or belongs to another address."""
        number = self._opened(sealed, address)
        if number is None:
            raise SealError("a sealed number does not open: SECRET_KEY was changed, or the row was.")
        return number

    def _opened(self, sealed: str, address: str) -> str | None:
        if not sealed.startswith(VERSION) or not sealed.isascii():
            return None
        try:
            raw = base64.b64decode(sealed.removeprefix(VERSION), altchars=b"-_", validate=True)
            if len(raw) < NONCE + TAG:
                return None
            return self._cipher.decrypt(raw[:NONCE], raw[NONCE:], address.encode()).decode()
        except (binascii.Error, InvalidTag, UnicodeDecodeError):
            return None

"""Seals the telephone numbers that something is to be sent to, so that the database alone tells nobody whom.

AES-256-GCM. The key comes from SECRET_KEY, which is not in the database. A sealed number opens only beside the
pseudonym it was sealed for: moved to another row, it stays shut. While SECRET_KEY is being changed it holds several
secrets: the first one seals, each of them opens.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Sequence
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assistant.errors import SealError

VERSION = "s1."
INFO = b"camille numbers v1"
KEY, NONCE, TAG = 32, 12, 16


class Sealer:
    """Seals with the first of the secrets, and opens with whichever fits. Its repr shows nothing."""

    def __init__(self, secret: str, *older: str, random: Callable[[int], bytes] = os.urandom) -> None:
        self._ciphers, self._random = [_cipher(each) for each in (secret, *older)], random

    def seal(self, number: str, address: str) -> str:
        """`number`, to be opened with the same `address` only. Never twice the same."""
        nonce = self._random(NONCE)
        sealed = self._ciphers[0].encrypt(nonce, number.encode(), address.encode())
        return VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, address: str) -> str:
        """The number. Raises SealError for what is not ours, was changed, or belongs to another address."""
        number = self._opened(sealed, address, self._ciphers)
        if number is None:
            raise SealError("a sealed number does not open: SECRET_KEY was changed, or the row was.")
        return number

    def sealed_anew(self, sealed: str, address: str) -> str:
        """The same under the first of the secrets: unchanged when it is already. Raises SealError as `open` does."""
        if self._opened(sealed, address, self._ciphers[:1]) is not None:
            return sealed
        return self.seal(self.open(sealed, address), address)

    def _opened(self, sealed: str, address: str, ciphers: Sequence[AESGCM]) -> str | None:
        if not sealed.startswith(VERSION) or not sealed.isascii():
            return None
        try:
            raw = base64.b64decode(sealed.removeprefix(VERSION), altchars=b"-_", validate=True)
        except binascii.Error:
            return None
        if len(raw) < NONCE + TAG:
            return None
        for cipher in ciphers:
            with suppress(InvalidTag, UnicodeDecodeError):
                return cipher.decrypt(raw[:NONCE], raw[NONCE:], address.encode()).decode()
        return None


def _cipher(secret: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY, salt=None, info=INFO).derive(secret.encode()))

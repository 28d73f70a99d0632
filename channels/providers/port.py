"""All that is asked of whoever carries messages and calls. A second provider implements this and nothing more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from assistant.storage.outbox import Kind


class Carrier(Protocol):
    """Sends to a number in international form. Raises the errors of channels/providers/errors.py, and only those.

    `key` names the effect: a provider that takes such keys never does one twice.
    """

    def send(self, number: str, text: str, key: str) -> str:
        """Send an SMS. Returns the provider's name for it."""

    def call(self, number: str, key: str) -> str:
        """Ring somebody; what is then said is the telephone face's. Returns the provider's name for the call."""

    def found(self, kind: Kind, number: str, text: str, since: datetime, known: Collection[str]) -> str | None:
        """The provider's name for an attempt made since then whose outcome was never heard; None if it never went.

        Those of `known` are others.
        """

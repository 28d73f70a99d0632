"""A carrier for one machine with nothing configured: what would be sent is printed in the terminal of `make run`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from datetime import datetime

from assistant.storage.outbox import Kind

Write = Callable[[str], object]


class ConsoleCarrier:
    """Prints. Of the number, the last two digits only: a terminal is kept, copied and looked at."""

    def __init__(self, write: Write = print) -> None:
        self._write = write

    def send(self, number: str, text: str, key: str) -> str:
        self._write(f"[SMS pour un numéro en …{number[-2:]}] {text}")
        return f"console-{secrets.token_hex(8)}"

    def call(self, number: str, key: str) -> str:
        self._write(f"[Appel vers un numéro en …{number[-2:]}] Pour l'entendre : camille call")
        return f"console-{secrets.token_hex(8)}"

    def found(self, kind: Kind, number: str, text: str, since: datetime, known: Collection[str]) -> str | None:
        """Nothing left the machine: what was interrupted may be printed again."""
        return None

"""Who was told that something broke says it again: what was stored although its answer was lost counts once.

A database that stops between a commit and its answer keeps what nobody knows of: neither its caller, nor the person,
who is asked to write again. The second message is then told which tries said the same and failed: when one of these
is what was stored last, by its hour, its reply is the answer. By SMS only: a page shows what is stored, a call ends.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import NamedTuple, Protocol

from assistant.folding import clean, fold
from assistant.privacy.pseudonyms import pseudonym
from assistant.turns import Try, Turn

LIFE = 3_600.0  # seconds
MOST_KEPT = 20_000
MOST_OF_ONE = 20


class Notes(Protocol):
    """Short texts by pseudonym, until LIFE after the last of them. Never raises; what is lost counts twice at worst."""

    def note(self, address: str, text: str) -> None:
        """After what was noted there before."""

    def noted(self, address: str) -> list[str]:
        """The last MOST_OF_ONE of them."""

    def forget(self, address: str) -> None:
        """What was noted there is over."""


class NotesHere:
    """In the memory of this process: right where one process serves everybody."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: dict[str, tuple[list[str], float]] = {}
        self._clock, self._lock = clock, Lock()

    def note(self, address: str, text: str) -> None:
        with self._lock:
            before, _ = self._kept.pop(address, ([], 0.0))
            self._kept[address] = [*before, text][-MOST_OF_ONE:], self._clock() + LIFE
            while len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))

    def noted(self, address: str) -> list[str]:
        with self._lock:
            texts, until = self._kept.get(address, ([], 0.0))
            return texts if until > self._clock() else []

    def forget(self, address: str) -> None:
        with self._lock:
            self._kept.pop(address, None)


class Again:
    """`notes` hold keyed names of what was said, never the words; another name for each address."""

    def __init__(self, pepper: str) -> None:
        self._pepper = pepper
        self.notes: Notes = NotesHere()

    def of(self, address: str) -> Missed:
        """What could not be taken of whoever is at `address`, by its newest name."""
        failed = [_read(text) for text in self.notes.noted(address)]
        return Missed(self.notes, self._pepper, address, [each for each in failed if each])


class Failed(NamedTuple):
    said: str
    provider: str
    message_id: str
    at: datetime


class Missed:
    """Of one address, during one turn."""

    def __init__(self, notes: Notes, pepper: str, address: str, before: list[Failed]) -> None:
        self._notes, self._pepper, self._address, self._before = notes, pepper, address, before

    def told(self, turn: Turn) -> Turn:
        """`turn`, which knows the tries that said the same and could not be taken."""
        if not self._before:
            return turn
        same = self._said(turn), turn.provider
        missed: list[Try] = [(it.message_id, it.at) for it in self._before if (it.said, it.provider) == same]
        return replace(turn, missed=tuple(missed))

    def add(self, turn: Turn) -> None:
        """`turn` could not be taken, as far as anybody knows."""
        failed = Failed(self._said(turn), turn.provider, turn.message_id, turn.at)
        self._notes.note(self._address, json.dumps(failed, default=datetime.isoformat))

    def over(self) -> None:
        """Something was taken: what she says from now on follows from that."""
        if self._before:
            self._notes.forget(self._address)

    def _said(self, turn: Turn) -> str:
        words = fold(clean(turn.text)) or clean(turn.text)
        return pseudonym("said", f"{self._address} {words}", self._pepper)


def _read(text: str) -> Failed | None:
    """None for what is not ours."""
    try:
        said, provider, name, at = json.loads(text)
        return Failed(said, provider, name, datetime.fromisoformat(at))
    except (ValueError, TypeError):
        return None

"""Who was told that something broke says it again: what was stored although its answer was lost counts once.

A database that stops between a commit and its answer keeps what nobody knows of: neither its caller, nor the person,
who is asked to write again. The second message is then told which tries said the same and failed: when one of these
is what is stored, by its hour, its reply is the answer.
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
MOST_KEPT_OF_ONE = 20


class Notes(Protocol):
    """A short text by pseudonym, for LIFE at most. Never raises; what is lost is said twice at worst."""

    def note(self, address: str, text: str) -> None:
        """In place of what was noted there."""

    def noted(self, address: str) -> str:
        """Nothing noted is an empty text."""

    def forget(self, address: str) -> None:
        """What was noted there is over."""


class NotesHere:
    """In the memory of this process: right where one process serves everybody."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: dict[str, tuple[str, float]] = {}
        self._clock, self._lock = clock, Lock()

    def note(self, address: str, text: str) -> None:
        with self._lock:
            self._kept.pop(address, None)
            self._kept[address] = text, self._clock() + LIFE
            while len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))

    def noted(self, address: str) -> str:
        with self._lock:
            text, until = self._kept.get(address, ("", 0.0))
            return text if until > self._clock() else ""

    def forget(self, address: str) -> None:
        with self._lock:
            self._kept.pop(address, None)


class Again:
    """`notes` hold keyed names of what was said, never the words."""

    def __init__(self, pepper: str) -> None:
        self._pepper = pepper
        self.notes: Notes = NotesHere()

    def of(self, address: str) -> Missed:
        """What could not be taken of whoever is at `address`, by its newest name."""
        try:
            noted = json.loads(self.notes.noted(address) or "[]")
            before = [Failed(said, provider, name, datetime.fromisoformat(at)) for said, provider, name, at in noted]
        except (ValueError, TypeError):
            before = []  # not ours
        return Missed(self.notes, self._pepper, address, before)


class Failed(NamedTuple):
    said: str
    provider: str
    message_id: str
    at: datetime


class Missed:
    """Of one address, during one turn."""

    def __init__(self, notes: Notes, pepper: str, address: str, before: list[Failed]) -> None:
        self._notes, self._pepper, self._address, self._before = notes, pepper, address, before

    def named(self, turn: Turn) -> Turn:
        """`turn`, with the tries that said the same and could not be taken."""
        if not self._before:
            return turn
        same = self._said(turn), turn.provider
        missed: list[Try] = [(it.message_id, it.at) for it in self._before if (it.said, it.provider) == same]
        return replace(turn, missed=tuple(missed))

    def add(self, turn: Turn) -> None:
        """`turn` could not be taken, as far as anybody knows."""
        if turn.text or turn.key:
            failed = [*self._before, Failed(self._said(turn), turn.provider, turn.message_id, turn.at)]
            self._notes.note(self._address, json.dumps(failed[-MOST_KEPT_OF_ONE:], default=datetime.isoformat))

    def over(self) -> None:
        """Something was taken: what she says from now on follows from that."""
        if self._before:
            self._notes.forget(self._address)

    def _said(self, turn: Turn) -> str:
        words = fold(clean(turn.text)) or clean(turn.text)
        return pseudonym("said", f"{turn.channel} {turn.key} {words}", self._pepper)

"""What a peer is: something that learns messages and their intents, then ranks the intents of a new message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

RANKED = 3


@dataclass(frozen=True)
class Lesson:
    """What to learn: texts, and the intent of each, in the same order."""

    texts: Sequence[str]
    intents: Sequence[str]


class Peer(Protocol):
    """Lives in a process of its own (work.py), so that its memory is its own and TensorFlow disturbs nobody."""

    def learn(self, lesson: Lesson) -> float:
        """Learn, or find again what was learnt from the same lesson; the seconds that learning took."""

    def rank(self, text: str) -> list[str]:
        """The intents of `text`, likeliest first, at most RANKED."""

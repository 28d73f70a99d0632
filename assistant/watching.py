"""What a turn took and led to, for those who run the service: names and times, no words, eight letters of nobody.

The mind tells it; the faces count it and write it down (channels/operations). Whoever listens must not raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal

from assistant.tracing import UNTRACED, Note
from assistant.turns import Channel, Reply, Turn

# Reading and storing; what is decided before Rasa; a free sentence; what closed choices lead to.
Stage = Literal["storage", "gate", "understanding", "guide"]
# Enough to find the lines of one person among those of a day, not to say who she is.
LETTERS = 8


@dataclass(frozen=True)
class Seen:
    """One turn. `stages` are seconds; `failed` names the type of what broke, `held` the limit that was met."""

    channel: Channel
    topic: str
    step: str
    who: str
    seconds: float
    stages: Mapping[Stage, float]
    missed: bool
    failed: str
    held: str

    @property
    def told(self) -> Mapping[str, str | bool]:
        """What a trace may hold of it: nothing that leads to a person, not even eight letters."""
        found = {"camille.channel": self.channel, "camille.topic": self.topic, "camille.step": self.step}
        found |= {"camille.held": self.held, "error.type": self.failed}
        return {"camille.missed": self.missed, **{name: value for name, value in found.items() if value}}


Watch = Callable[[Seen], None]


def unwatched(seen: Seen) -> None:
    """Nobody looks."""


@dataclass
class Stopwatch:
    """Times one turn. `repeated`: the provider sent it twice, so that it is no turn; the rest is told by `seen`."""

    span: Callable[[str], AbstractContextManager[Note]] = UNTRACED.span
    repeated: bool = False
    missed: bool = False
    held: str = ""
    _began: float = field(default_factory=perf_counter)
    _stages: dict[Stage, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: Stage) -> Iterator[None]:
        """Time spent inside counts for `name`; several times add up."""
        began = perf_counter()
        try:
            with self.span(name):
                yield
        finally:
            self._stages[name] = self._stages.get(name, 0.0) + perf_counter() - began

    def seen(self, turn: Turn, reply: Reply, failed: str) -> Seen:
        """What may be told of `turn`, now that it is over."""
        place = reply.journey
        # After the mark of the pseudonym's version (p1_), which is the same for everybody.
        who = turn.address.partition("_")[2][:LETTERS]
        return Seen(
            turn.channel,
            reply.intent,
            f"{place.name}/{place.step}" if place else "",
            who,
            perf_counter() - self._began,
            dict(self._stages),
            self.missed,
            failed,
            self.held,
        )

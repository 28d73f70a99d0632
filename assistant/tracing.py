"""Where a turn spends its time, followed through several processes: told to nobody, unless a collector is set.

The collector itself is in channels/operations/collector.py; nothing of it is imported before somebody sets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

# What is told of a span once it is over: names of ours, never what people wrote, nor who they are.
Note = Callable[[Mapping[str, str | bool]], None]


def untold(_: Mapping[str, str | bool]) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Tracing:
    """`span` times what is inside it, below the span around it; `headers` have another process of ours go on below."""

    span: Callable[[str], AbstractContextManager[Note]]
    headers: Callable[[], Mapping[str, str]]


UNTRACED = Tracing(lambda name: nullcontext(untold), dict)

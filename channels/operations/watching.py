"""Has every turn counted and written down."""

from __future__ import annotations

from assistant.watching import Seen, Watch
from channels.operations.logs import told
from channels.operations.metrics import Metrics


def watched(metrics: Metrics) -> Watch:
    """What to give a conversation, for `metrics` to count its turns and the log to tell them."""

    def watch(seen: Seen) -> None:
        metrics.turn(seen)
        told(seen)

    return watch

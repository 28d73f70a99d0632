"""What works and what does not, looked at now: the database, the understanding, and what waits to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from assistant.budget import Budget
from assistant.conversation import Conversation
from assistant.outage import AWAY
from assistant.waiting import waiting

# Longer than a restart of `camille worker`, shorter than what whoever waits for an SMS would call a fault.
LATE = timedelta(minutes=5)
Queue = Literal["ok", "late", "away", "unknown"]


@dataclass(frozen=True)
class Truth:
    """`waiting`: for how long the oldest thing has been to be sent.

    `ready`: sentences are understood, and places found again. A queue that is late or away stops neither: people are
    answered, and what is to be sent is in the database.
    """

    database: bool
    model: str
    queue: Queue
    waiting: timedelta | None

    @property
    def ready(self) -> bool:
        return self.database and self.model == "ready"


def look(conversation: Conversation, at: datetime, *, dependable: bool) -> Truth:
    """The truth at `at`. `dependable`: Redis answers, or is not used. Raises nothing."""
    mind = conversation.mind
    model = "ready" if mind.ready else mind.state
    try:
        with conversation.database.transaction() as connection:
            late = waiting(connection, at, Budget.of(conversation.settings))
    except AWAY:
        return Truth(False, model, "unknown", None)
    queue: Queue = "late" if late is not None and late > LATE else "ok"
    return Truth(True, model, queue if dependable else "away", late)

"""What waits to be sent: reminders and SMS that people asked for, invitations, and the queue of the process that sends.

Each holds a number, which must stand there sealed. Nothing leaves: the carrier is away.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from threading import Event

from assistant.privacy.sealing import Sealer
from assistant.reminders.hours import allowed
from assistant.storage.outbox import Kind
from channels.cli.task_queue import queue_of
from channels.cli.worker import scheduled
from channels.outbox import Courier
from channels.providers.errors import RetryLater
from security.leaks.day import Day

EACH = 6


class Away:
    """A carrier that answers nobody."""

    def send(self, number: str, text: str, key: str) -> str:
        raise RetryLater("away")

    def call(self, number: str, key: str) -> str:
        raise RetryLater("away")

    def found(self, kind: Kind, number: str, text: str, since: datetime, known: Collection[str]) -> str | None:
        raise RetryLater("away")


def leave_waiting(day: Day) -> None:
    """Have people ask, on the morning after `day` and on the next one; then the courier finds nobody to carry it."""
    for _ in range(2):
        day.at = (day.at + timedelta(days=1)).replace(hour=9)
        for _ in range(EACH):
            day.text("rappelez-moi demain matin", "oui")
            day.ring("rappelez-moi demain matin", "1")
    for _ in range(EACH):
        day.ring("envoyez-moi un SMS", "1")
        day.invite()
    settings, database = day.settings, day.conversation.database
    words = day.conversation.reminder
    courier = Courier(database, Sealer(*settings.secret_keys), Away(), lambda: day.at, words=words, allowed=allowed)
    courier.run_once()
    # As its scheduler does each minute; nobody is there to take it out.
    scheduled(queue_of(settings), courier, Event())()

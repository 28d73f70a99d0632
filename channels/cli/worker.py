"""`camille worker`: sends what waits to be sent, and purges once a day. Ctrl-C lets what is under way end.

Huey keeps the time of what is sent, which is not in its queue but in the database (channels/outbox.py): when the queue
is lost, nothing is. Where nothing can be sent, the purge is all that there is to do.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from threading import Event
from typing import Any

from huey import crontab  # type: ignore[import-untyped, unused-ignore]
from huey.consumer import Consumer  # type: ignore[import-untyped, unused-ignore]
from rich.console import Console

from assistant.conversation import Conversation
from assistant.errors import SettingError
from assistant.settings import Settings, read_settings
from assistant.storage.database import Database
from channels.cli.carrying import carrier_of, carry, courier_of
from channels.cli.purging import purge_nightly
from channels.cli.task_queue import Tasks, queue_of
from channels.limits.stops import StopsInRedis
from channels.operations import logs
from channels.outbox import Courier
from channels.providers.port import Carrier

log = logging.getLogger("camille.outbox")

# Huey starts periodic tasks once a minute: each then goes on until just before the next one.
ROUND = 57.0  # seconds
WAIT_FOR_THE_LAST = 30.0  # seconds: a lookup and a sending, or what the purge has begun


def worker() -> None:
    """Work until Ctrl-C. Raises a CamilleError, in one plain sentence, for whatever prevents it."""
    logs.install()
    settings, console = read_settings(), Console()
    carrier = _carrier(settings, console)
    database = Database(settings.database_url)
    database.prepare(here=settings.local)
    database.recognise(settings.peppers)
    conversation = Conversation(settings, database)
    if settings.redis_url:
        conversation.unstored.share(StopsInRedis(settings.redis_url))
    stopped = Event()
    purging = purge_nightly(database, stopped)
    try:
        if carrier is None:
            until_told(stopped)
        else:
            console.print(f"Camille envoie ce qui attend, depuis {settings.sender.text}   (Ctrl-C pour arrêter)")
            work(queue_of(settings), courier_of(conversation, carrier))
    finally:
        stopped.set()
        purging.join(WAIT_FOR_THE_LAST)
        conversation.close()


def _carrier(settings: Settings, console: Console) -> Carrier | None:
    """None, and a sentence, where nothing can leave: a page alone keeps its promise to forget all the same."""
    try:
        return carrier_of(settings)
    except SettingError as error:
        console.print(
            f"Camille efface chaque nuit ce qui est trop vieux. Pour le reste, {error}   (Ctrl-C pour arrêter)"
        )
        log.warning("Nothing can be sent: this worker purges, and does nothing else.")
        return None


def until_told(stopped: Event) -> None:
    """Wait for the signals that end huey's consumer too."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda _signal, _frame: stopped.set())
    stopped.wait()


def work(queue: Tasks, courier: Courier) -> None:
    """Consume `queue` until a signal."""
    # One thread sends; the other is there for the minute that begins while one ends.
    consumer = Consumer(queue, workers=2, worker_type="thread", scheduler_interval=1)
    scheduled(queue, courier, consumer.stop_flag)
    consumer.run()
    for _, thread in consumer.worker_threads:
        thread.join(WAIT_FOR_THE_LAST)


def scheduled(queue: Tasks, courier: Courier, stopped: Event) -> Callable[[], Any]:
    """Have `queue` send what is due each minute, until `stopped`. What this returns puts one more round into it."""

    def send() -> None:
        carry(courier, stopped, ROUND)

    task: Callable[[], Any] = queue.periodic_task(crontab(minute="*"), name="send")(send)
    return task

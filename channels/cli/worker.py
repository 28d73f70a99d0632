"""`camille worker`: sends what waits to be sent, and purges once a day. Ctrl-C lets what is under way end.

Huey keeps the time. What is to be sent is not in its queue but in the database (channels/outbox.py): when the queue is
lost, nothing is.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from huey import RedisHuey, SqliteHuey, crontab  # type: ignore[import-untyped, unused-ignore]
from huey.api import Huey  # type: ignore[import-untyped, unused-ignore]
from huey.consumer import Consumer  # type: ignore[import-untyped, unused-ignore]
from huey.serializer import SignedSerializer  # type: ignore[import-untyped, unused-ignore]
from redis import ConnectionPool  # type: ignore[import-untyped, unused-ignore]
from redis.exceptions import RedisError  # type: ignore[import-untyped, unused-ignore]
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from assistant.conversation import Conversation, now
from assistant.errors import PepperError, SettingError
from assistant.privacy.retention import purge_all
from assistant.settings import Settings, read_settings
from assistant.storage.database import Database
from channels.cli.carrying import carrier_of, carry, courier_of
from channels.operations import logs
from channels.outbox import Courier

log = logging.getLogger("camille.outbox")

# Huey starts periodic tasks once a minute: each then goes on until just before the next one.
ROUND = 57.0  # seconds
WAIT_FOR_THE_LAST = 30.0  # seconds: a lookup and a sending
REDIS = 5.0  # seconds: it is asked to wait for one; a frozen one would be waited for without an end


def worker() -> None:
    """Work until Ctrl-C. Raises a CamilleError, in one plain sentence, for whatever prevents it."""
    logs.install()
    settings = read_settings()
    carrier = carrier_of(settings)
    database = Database(settings.database_url)
    database.upgrade()
    database.recognise(settings.peppers)
    conversation = Conversation(settings, database)
    try:
        Console().print(f"Camille envoie ce qui attend, depuis {settings.sender.text}   (Ctrl-C pour arrêter)")
        work(queue_of(settings), courier_of(conversation, carrier), database)
    finally:
        conversation.close()


class Signed(SignedSerializer):
    """Signs with the first of the secrets, and takes what any of them signed."""

    def __init__(self, secret: str, *older: str) -> None:
        super().__init__(secret=secret)
        self._older = [SignedSerializer(secret=each) for each in older]

    def _deserialize(self, data: bytes) -> Any:
        for older in self._older:
            with suppress(ValueError):
                return older._deserialize(data)
        return super()._deserialize(data)


def queue_of(settings: Settings) -> Huey:
    """A file on one machine; Redis, which several machines may share, when it is set. Signed: it holds pickles."""
    signed = Signed(*settings.secret_keys)
    if not settings.redis_url:
        settings.var.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("camille", filename=str(settings.var / "huey.sqlite"), results=False, serializer=signed)
    pool = ConnectionPool.from_url(settings.redis_url, socket_timeout=REDIS, socket_connect_timeout=REDIS)
    queue = RedisHuey("camille", connection_pool=pool, results=False, serializer=signed)
    try:
        queue.storage.conn.ping()
    except RedisError as error:
        raise SettingError(f"REDIS_URL : Redis ne répond pas ({type(error).__name__}).") from error
    return queue


def work(queue: Huey, courier: Courier, database: Database) -> None:
    """Consume `queue` until a signal."""
    # One thread sends; the other is there for the purge, and for the minute that begins while one ends.
    consumer = Consumer(queue, workers=2, worker_type="thread", scheduler_interval=1)

    def send() -> None:
        carry(courier, consumer.stop_flag, ROUND)

    def sweep() -> None:
        try:
            purge_all(database, now())
        except (SQLAlchemyError, PepperError) as error:
            log.error("The purge did not happen: %s", type(error).__name__)

    queue.periodic_task(crontab(minute="*"), name="send")(send)
    queue.periodic_task(crontab(hour="3", minute="30"), name="purge")(sweep)
    consumer.run()
    for _, thread in consumer.worker_threads:
        thread.join(WAIT_FOR_THE_LAST)

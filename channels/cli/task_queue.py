"""The queue that keeps the worker's time: names of tasks in signed JSON, which is nothing that reading it could run."""

from __future__ import annotations

import hmac
import json
import logging
from hashlib import sha256
from typing import Any

from huey.api import Huey  # type: ignore[import-untyped, unused-ignore]
from huey.exceptions import HueyException  # type: ignore[import-untyped, unused-ignore]
from huey.registry import Message  # type: ignore[import-untyped, unused-ignore]
from huey.serializer import Serializer  # type: ignore[import-untyped, unused-ignore]
from huey.storage import RedisStorage, SqliteStorage  # type: ignore[import-untyped, unused-ignore]
from redis import ConnectionPool  # type: ignore[import-untyped, unused-ignore]
from redis.exceptions import RedisError  # type: ignore[import-untyped, unused-ignore]

from assistant.errors import SettingError
from assistant.settings import Settings

log = logging.getLogger("camille.outbox")

NAME = "camille"
REDIS = 5.0  # seconds: it is asked to wait for one; a frozen one would be waited for without an end
PURPOSE = b"camille tasks v1"
BETWEEN = b"."


class Names(Serializer):
    """Writes a task as its id and its name. Signs with the first of the secrets, and takes what any of them signed.

    Huey's own way is pickle, where whoever writes into Redis and knows a secret has the worker run what he likes. Here
    he could name a task of ours. Raises ValueError for what is not signed, and for a task that is more than a name.
    """

    def __init__(self, secret: str, *older: str) -> None:
        super().__init__()
        # Not the secret itself: it signs other things too.
        self._keys = [hmac.digest(each.encode(), PURPOSE, sha256) for each in (secret, *older)]

    def _serialize(self, data: Any) -> bytes:
        id_, name, *more = data
        if any(more):
            raise ValueError(f"{name}: a task of ours takes no arguments, and is not put off")
        text = json.dumps({"id": id_, "name": name}).encode()
        return text + BETWEEN + _signature(self._keys[0], text)

    def _deserialize(self, data: bytes) -> Any:
        text, _, signature = data.rpartition(BETWEEN)
        if not any(hmac.compare_digest(_signature(key, text), signature) for key in self._keys):
            raise ValueError("not a task that we signed")
        return Message(**json.loads(text))


class Tasks(Huey):
    """Passes over what is no task of this release: the next minute brings its own."""

    def dequeue(self) -> Any:
        """The next task; None when there is none, or none that we know."""
        try:
            return super().dequeue()
        except (ValueError, HueyException) as error:
            log.warning("What was in the queue is no task of this release, and was passed over: %s", error)
            return None


def queue_of(settings: Settings) -> Tasks:
    """A file on one machine; the Redis that is set, for several. Raises SettingError when it does not answer."""
    names = Names(*settings.secret_keys)
    if not settings.redis_url:
        settings.var.mkdir(parents=True, exist_ok=True)
        file = str(settings.var / "huey.sqlite")
        return Tasks(NAME, storage_class=SqliteStorage, filename=file, results=False, serializer=names)
    pool = ConnectionPool.from_url(settings.redis_url, socket_timeout=REDIS, socket_connect_timeout=REDIS)
    queue = Tasks(NAME, storage_class=RedisStorage, connection_pool=pool, results=False, serializer=names)
    try:
        queue.storage.conn.ping()
    except RedisError as error:
        raise SettingError(f"REDIS_URL : Redis ne répond pas ({type(error).__name__}).") from error
    return queue


def _signature(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, sha256).hex().encode()

"""A STOP that waits for the database outlives the process that heard it, in a real Redis."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy.exc import OperationalError

from assistant.conversation import Conversation
from assistant.settings import Settings
from assistant.storage import consents
from assistant.storage.database import Database
from assistant.turns import Turn
from channels.limits.stops import KEY, StopsInRedis
from tests.support.faces import NOON, NoWords
from tests.support.redis_server import redis_server

ADDRESS = "p1_a"


def stop(text: str = "arrêtez avec vos messages, je suis Madame Untel") -> Turn:
    return Turn(ADDRESS, "sms", "twilio", "SM1", NOON, text, aliases=("other",), number="+33639980001", parts=2)


def made(settings: Settings, database: Database, shelf: StopsInRedis) -> Conversation:
    mind: Any = NoWords()
    conversation = Conversation(settings, database, mind)
    mind.guide = conversation.guide
    conversation.unstored.share(shelf)
    return conversation


def test_a_face_that_ended_loses_none(
    settings: Settings, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.unstored.EVERY", 30.0)  # what is seen below is done by those that come later
    with redis_server(tmp_path) as redis:
        whole = database.transaction

        def away(**_given: Any) -> Any:
            raise OperationalError("SELECT", {}, Exception("the server is gone"))

        with monkeypatch.context() as outage:
            outage.setattr(database, "transaction", away)
            outage.setattr("assistant.outage.PATIENCE", 0.0)
            face = made(settings, database, StopsInRedis(redis.url))
            assert face.take(stop("STOP")).messages == ()
            face.unstored.close()
            kept = str(Redis.from_url(redis.url, decode_responses=True).hgetall(KEY))
            assert ADDRESS in kept
            assert "+336" not in kept
        assert database.transaction == whole
        worker = made(settings, database, StopsInRedis(redis.url))
        worker.unstored.take_left()
        with database.transaction() as connection:
            assert consents.is_stopped(connection, ADDRESS)[0]
        assert redis.names() == []
        worker.unstored.close()


def test_her_words_and_her_number_are_not_kept(tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis:
        shelf = StopsInRedis(redis.url)
        shelf.put(stop())
        shelf.put(stop())
        assert shelf.left() == [Turn(ADDRESS, "sms", "twilio", "SM1", NOON, "STOP", aliases=("other",), parts=2)]
        assert 0 < int(Redis.from_url(redis.url).ttl(KEY)) <= 7 * 24 * 3_600
        shelf.take_away(stop())
        assert shelf.left() == []


@pytest.mark.parametrize("row", ["", "[]", "null", "{}", '{"address": 1}', "\x00", '{"at": "yesterday"}', b"\xff"])
def test_what_is_not_ours_keeps_nothing_back(tmp_path: Path, row: str | bytes) -> None:
    with redis_server(tmp_path) as redis:
        shelf = StopsInRedis(redis.url)
        Redis.from_url(redis.url).hset(KEY, "strange", row)
        shelf.put(stop())
        assert shelf.left() == [replace(stop("STOP"), number="")]


def test_a_redis_that_is_away_raises_nothing(tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis:
        shelf = StopsInRedis(redis.url)
        redis.stop()
        shelf.put(stop())
        shelf.take_away(stop())
        assert shelf.left() is None

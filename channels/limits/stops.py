"""STOPs that the database could not take, in Redis: the process that heard them may end, and another one takes them."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import Any

from redis.exceptions import RedisError

from assistant.privacy.purposes import STOP_WAITS
from assistant.turns import Turn
from channels.limits.recent import impatient

log = logging.getLogger("camille")

KEY = "camille:stops"
# The word alone: what she wrote around it is not kept.
WORD = "STOP"


class StopsInRedis:
    """A shelf (assistant/unstored.py). It holds a pseudonym, the names and the hour of the message; no number."""

    def __init__(self, redis_url: str) -> None:
        self._redis: Any = impatient(redis_url)

    def put(self, turn: Turn) -> None:
        kept = {
            "address": turn.address,
            "provider": turn.provider,
            "message_id": turn.message_id,
            "at": turn.at.isoformat(),
            "aliases": turn.aliases,
            "parts": turn.parts,
        }
        try:
            steps = self._redis.pipeline()
            steps.hset(KEY, _field(turn), json.dumps(kept))
            steps.expire(KEY, STOP_WAITS)
            steps.execute()
        except RedisError as error:
            log.warning("Redis does not answer (%s): a STOP waits in this process only.", type(error).__name__)

    def take_away(self, turn: Turn) -> None:
        try:
            self._redis.hdel(KEY, _field(turn))
        except RedisError as error:
            log.warning("Redis does not answer (%s): a STOP will be stored again.", type(error).__name__)

    def left(self) -> list[Turn] | None:
        try:
            rows: dict[str, str] = self._redis.hgetall(KEY)
        except RedisError as error:
            log.warning("Redis does not answer (%s): whether a STOP waits there is not known.", type(error).__name__)
            return None
        turns = [_turn(row) for row in rows.values()]
        return [turn for turn in turns if turn]


def _field(turn: Turn) -> str:
    return f"{turn.provider}:{turn.message_id}"


def _turn(row: str) -> Turn | None:
    """None for what is not ours: it must not keep the others."""
    try:
        kept = json.loads(row)
        return Turn(
            address=str(kept["address"]),
            channel="sms",
            provider=str(kept["provider"]),
            message_id=str(kept["message_id"]),
            at=datetime.fromisoformat(kept["at"]),
            text=WORD,
            aliases=tuple(kept["aliases"]),
            parts=int(kept["parts"]),
        )
    except (ValueError, KeyError, TypeError):
        log.error("What Redis holds under %s is not a STOP.", KEY)
        return None

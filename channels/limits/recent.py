"""What happened in the last minutes, by keyed names: in Redis when it is set and answers, otherwise in this process.

Nothing here is needed to be right: when Redis goes away, or a process ends, machines are answered a little longer.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from assistant.again import LIFE as NOTED
from assistant.again import MOST_OF_ONE as MOST_NOTED
from assistant.reachable import LIFE as REACHABLE

log = logging.getLogger("camille")

LIFE = 3600  # seconds that an unbroken row of the same words is remembered
# A call whose turns stop coming is over, whether or not the provider tells us so.
QUIET = 5 * 60
# Nobody waits for Redis: a turn by telephone has a second or two in all. After a failure it is left alone for a while.
PATIENCE, LEFT_ALONE = 0.3, 10.0
MOST_KEPT = 20_000
SEPARATOR = "|"


class Recent:
    """One a process. `clock` gives seconds; tests have their own."""

    def __init__(self, redis_url: str = "", clock: Callable[[], float] = time.time) -> None:
        self._redis: Any = impatient(redis_url) if redis_url else None
        self._clock = clock
        self._away_until = 0.0
        self._lock = threading.Lock()
        self._rows: dict[str, tuple[str, str, int, float]] = {}
        self._calls: dict[str, dict[str, float]] = {}
        self._owed: dict[str, None] = {}

    @property
    def dependable(self) -> bool:
        """Whether what is counted here is counted for all processes: Redis answers, or none is needed."""
        if self._redis is None:
            return True
        return bool(self._asked(lambda redis: redis.ping()))

    def in_a_row(self, who: str, what: str, event: str) -> int:
        """How many times `who` did `what` with nothing else between, `event` included; the same event counts once."""
        key = f"camille:row:{who}"

        def there(redis: Any) -> int:
            before = str(redis.get(key) or "").split(SEPARATOR)
            last, seen, times = before if len(before) == 3 else ("", "", "0")
            count = _following(last == what, seen == event, int(times))
            redis.setex(key, LIFE, SEPARATOR.join((what, event, str(count))))
            return count

        counted = self._asked(there)
        return int(counted) if counted is not None else self._in_a_row_here(who, what, event)

    def anew(self, who: str) -> None:
        """Whatever `who` does next has nothing before it."""
        self._asked(lambda redis: redis.delete(f"camille:row:{who}"))
        with self._lock:
            self._rows.pop(who, None)

    def calling(self, who: str, call: str) -> int:
        """How many calls of `who` are going on, `call` included. To be told again at each turn of the call."""
        key, now = f"camille:calls:{who}", self._clock()

        def there(redis: Any) -> int:
            steps = redis.pipeline()
            steps.zadd(key, {call: now})
            steps.zremrangebyscore(key, "-inf", now - QUIET)
            steps.zcard(key)
            steps.expire(key, QUIET)
            return int(steps.execute()[2])

        counted = self._asked(there)
        if counted is not None:
            return int(counted)
        with self._lock:
            calls = {name: at for name, at in self._calls.get(who, {}).items() if at > now - QUIET}
            calls[call] = now
            self._calls[who] = calls
            _trim(self._calls)
            return len(calls)

    def hung_up(self, who: str, call: str) -> None:
        """`call` is over."""
        self._asked(lambda redis: redis.zrem(f"camille:calls:{who}", call))
        with self._lock:
            self._calls.get(who, {}).pop(call, None)

    def keep(self, address: str) -> None:
        """What assistant/reachable.py keeps, for all processes. When Redis is away, nobody is known."""
        with self._lock:
            self._owed.pop(address, None)
        self._asked(lambda redis: redis.setex(f"camille:open:{address}", int(REACHABLE), "1"))

    def drop(self, address: str) -> None:
        """Redis may not hear it now, and still know her when it is back: it is told again before it is asked."""
        with self._lock:
            self._owed[address] = None
            _trim(self._owed)
        self._drop_owed()

    def _drop_owed(self) -> None:
        with self._lock:
            owed = tuple(self._owed)
        names = [f"camille:open:{address}" for address in owed]
        if names and self._asked(lambda redis: redis.delete(*names)) is not None:
            with self._lock:
                for address in owed:
                    self._owed.pop(address, None)

    def has(self, address: str) -> bool:
        self._drop_owed()
        return address not in self._owed and bool(self._asked(lambda redis: redis.exists(f"camille:open:{address}")))

    def note(self, address: str, text: str) -> None:
        """What assistant/again.py notes, for all processes. Not in one of them: another one may answer."""
        key = f"camille:missed:{address}"

        def there(redis: Any) -> None:
            steps = redis.pipeline()
            steps.rpush(key, text)
            steps.ltrim(key, -MOST_NOTED, -1)
            steps.expire(key, int(NOTED))
            steps.execute()

        self._asked(there)

    def noted(self, address: str) -> list[str]:
        return list(self._asked(lambda redis: redis.lrange(f"camille:missed:{address}", 0, -1)) or ())

    def forget(self, address: str) -> None:
        self._asked(lambda redis: redis.delete(f"camille:missed:{address}"))

    def _in_a_row_here(self, who: str, what: str, event: str) -> int:
        now = self._clock()
        with self._lock:
            last, seen, times, at = self._rows.pop(who, ("", "", 0, now))
            fresh = at > now - LIFE
            count = _following(fresh and last == what, fresh and seen == event, times)
            self._rows[who] = (what, event, count, now)
            _trim(self._rows)
            return count

    def _asked(self, work: Callable[[Any], Any]) -> Any:
        """What Redis answers; None when there is none, or when it does not answer."""
        if self._redis is None or time.monotonic() < self._away_until:
            return None
        try:
            return work(self._redis)
        except RedisError as error:
            self._away_until = time.monotonic() + LEFT_ALONE
            log.warning("Redis does not answer (%s): limits are counted in this process.", type(error).__name__)
            return None


def impatient(redis_url: str) -> Any:
    """A client that nobody waits for. What it reads that is no text is no error: it is not ours."""
    waits = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    return Redis.from_url(redis_url, **waits, decode_responses=True, encoding_errors="replace")


def _following(same: bool, again: bool, times: int) -> int:
    if same and again:
        return times
    return times + 1 if same else 1


def _trim(kept: dict[str, Any]) -> None:
    """Forget the oldest: what a flood of names may take of the memory has an end."""
    while len(kept) > MOST_KEPT:
        kept.pop(next(iter(kept)))

"""Where the service under attack keeps things: a SQLite file, then PostgreSQL and Redis of its own where installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from assistant.storage.database import Database
from tests.support import postgres
from tests.support.redis_server import redis_server


def stores(folder: Path, *, everywhere: bool) -> Iterator[tuple[str, dict[str, str]]]:
    """Each, with the variables that name it. It runs until the next one is asked for."""
    yield "sqlite", {}
    if not everywhere:
        return
    if not shutil.which("postgres") or not shutil.which("redis-server"):
        print("Not attacked: PostgreSQL and Redis, which are not both installed here")
        yield "sqlite apart", {}
        return
    with ExitStack() as stack:
        address = stack.enter_context(postgres.server().database())
        redis = stack.enter_context(redis_server(folder))
        database = Database(address)
        database.upgrade()
        database.close()
        yield "postgresql", {"DATABASE_URL": address, "REDIS_URL": redis.url}

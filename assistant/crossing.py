"""Does what asks the database until no other turn of the same person crosses it, over a moment without a database."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from assistant.errors import TurnConflictError
from assistant.outage import Outage
from assistant.storage.database import Database

# Two turns of one person at the same instant are rare; eight never happened outside a test.
TRIES = 30
T = TypeVar("T")


class Uncrossed:
    """Over one database, whose outages it knows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._outage = Outage()

    def do(self, work: Callable[[], T]) -> T:
        """What `work` gives once nothing crosses it. Raises TurnConflictError after TRIES.

        A database that is away for a moment is waited for. What was stored although the answer was lost is found again.
        """
        crossed, wait = 0, self._outage.wait()
        while True:
            try:
                with self._outage.ask():
                    done = work()
            except TurnConflictError:
                crossed += 1
                if crossed >= TRIES:
                    raise
                time.sleep(random.uniform(0, 0.01) * crossed)  # noqa: S311 - only to part those who collide
            except DBAPIError as error:
                if not wait.again(error):
                    raise
            else:
                self._outage.over()
                return done

    def read(self, work: Callable[[Connection], T]) -> T:
        """What `work` finds in a transaction of its own; a database that is away for a moment is waited for."""

        def once() -> T:
            with self._database.transaction() as connection:
                return work(connection)

        return self.do(once)

"""One at a time: what counts and then writes must not be done twice at once, or two would pass where one may.

On SQLite every transaction of ours is alone from its first line (database.py). On PostgreSQL it is a lock, which ends
with the transaction.
"""

from __future__ import annotations

from typing import Literal

from sqlalchemy.engine import Connection

Work = Literal["inviting by SMS", "guessing at an access"]
# Any numbers, the same for every process of ours, and not that of the migrations.
LOCKS: dict[Work, int] = {"inviting by SMS": 20_261_124, "guessing at an access": 20_261_125}


def alone(connection: Connection, work: Work) -> None:
    """Wait for whoever does `work` just now; until the transaction ends, others wait for us."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCKS[work]})")

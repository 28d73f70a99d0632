"""When a database was purged last."""

from __future__ import annotations

from datetime import datetime

from assistant.storage import operator_acts
from assistant.storage.database import Database


def purged(database: Database) -> datetime | None:
    with database.transaction() as connection:
        return operator_acts.last(connection, "purged")

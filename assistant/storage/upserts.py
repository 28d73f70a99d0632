"""An INSERT that may meet a row already there, on SQLite and on PostgreSQL.

Catching the error instead would do on SQLite only: on PostgreSQL it undoes the whole transaction.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


def insert_into(connection: Connection, table: Table) -> Any:
    """An INSERT of this database's own kind, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)

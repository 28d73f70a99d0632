"""Changes SECRET_KEY: what is sealed for longer than a day is sealed anew under the newest secret, while all go on.

Row by row, and a row that was changed meanwhile is left as it is. A process that dies in the middle did a part; the
next one does the rest.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, select, update
from sqlalchemy.engine import Connection

from assistant.errors import SealError
from assistant.privacy.sealing import VERSION, Sealer
from assistant.storage.database import Database
from assistant.storage.schema import Sealed, metadata

AT_A_TIME = 500


@dataclass
class Resealed:
    """How many values of each table were sealed anew, and how many opened under none of the secrets."""

    tables: Counter[str] = field(default_factory=Counter)
    shut: int = 0


def sealed() -> list[Column[Any]]:
    """Every column that holds something sealed for long."""
    return [column for table in metadata.sorted_tables for column in table.c if isinstance(column.type, Sealed)]


def reseal(database: Database, sealer: Sealer) -> Resealed:
    """Seal everything of `database` under the first secret of `sealer`, which opens what the others sealed."""
    done = Resealed()
    for column in sealed():
        after: Any = None
        while True:
            with database.transaction() as connection:
                rows = connection.execute(_next(column, after)).all()
                for row in rows:
                    _one(connection, column, row, sealer, done)
            if not rows:
                break
            after = rows[-1][2]
    return done


def _next(column: Column[Any], after: Any) -> Any:
    """What is sealed, what beside, and the key of the row, for the rows behind the key `after`."""
    (key,) = column.table.primary_key
    found = select(column, column.table.c[column.type.beside], key).where(column.startswith(VERSION, autoescape=True))
    if after is not None:
        found = found.where(key > after)
    return found.order_by(key).limit(AT_A_TIME)


def _one(connection: Connection, column: Column[Any], row: Any, sealer: Sealer, done: Resealed) -> None:
    kept, beside, number = row
    try:
        fresh = sealer.sealed_anew(kept, beside)
    except SealError:
        done.shut += 1
        return
    if fresh == kept:
        return
    (key,) = column.table.primary_key
    changed = update(column.table).where(key == number, column == kept).values({column: fresh})
    done.tables[str(column.table.name)] += connection.execute(changed).rowcount

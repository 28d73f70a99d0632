"""Changes the pepper: every pseudonym of the database gets its newer name, all at once, or none does.

One transaction, alone: turns wait for it and then go on under the new names, and a process that dies in the middle
changed nothing. What is sealed beside a name is sealed anew beside the new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, MetaData, String, Table, func, insert, or_, select, true, type_coerce, update
from sqlalchemy.engine import Connection

from assistant.errors import PepperError, SealError
from assistant.privacy.peppers import Peppers
from assistant.privacy.resealing import sealed
from assistant.privacy.sealing import VERSION, Sealer
from assistant.storage.database import Database
from assistant.storage.schema import Named, metadata

AT_A_TIME = 10_000
# What each name becomes, for as long as the transaction lasts.
renamed = Table(
    "renamed",
    MetaData(),
    Column("old", String(32), primary_key=True),
    Column("new", String(32), nullable=False),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True)
class Rotated:
    """From which pepper to which, how many values of each table were renamed, and what did not open before."""

    before: int
    after: int
    tables: Counter[str]
    shut: int


def named() -> list[Column[Any]]:
    """Every column that holds a pseudonym or another keyed hash."""
    return [column for table in metadata.sorted_tables for column in table.c if isinstance(column.type, Named)]


def rotate(database: Database, peppers: Peppers, sealer: Sealer) -> Rotated | None:
    """Name everything by the newest of `peppers`, those that `database` knows. None when it is already.

    Raises PepperError when a name is left that nobody can rename: then nothing was changed.
    """
    with database.transaction(alone=True, behind=True) as connection:
        before, after = peppers.in_force, peppers.known
        if before == after:
            return None
        shut = _seal_anew(connection, sealer, lambda name: peppers.lifted_to(name, after))
        renamed.create(connection)
        tables: Counter[str] = Counter()
        for column in named():
            tables[str(column.table.name)] += _rename(connection, column, peppers, after)
        renamed.drop(connection)
        left = {str(column): _older(connection, column, after) for column in named()}
        if any(left.values()):
            raise PepperError(f"some names could not be changed: {left}")
        return Rotated(before, after, tables, shut)


def _rename(connection: Connection, column: Column[Any], peppers: Peppers, version: int) -> int:
    """How many rows have another name in `column` now."""
    plain = type_coerce(column, String)
    known = select(plain).where(*_of_ours(plain, version)).except_(select(renamed.c.old))
    # A hundred million names are more than a worker may hold: the database hands them over a batch at a time.
    found = connection.execute(known.execution_options(stream_results=True)).scalars()
    for batch in found.partitions(AT_A_TIME):
        rows = [{"old": name, "new": peppers.lifted_to(name, version)} for name in batch]
        connection.execute(insert(renamed), rows)
    new = select(renamed.c.new).where(renamed.c.old == plain).scalar_subquery()
    changed = update(column.table).where(plain.in_(select(renamed.c.old))).values({column: new})
    return int(connection.execute(changed).rowcount)


def _older(connection: Connection, column: Column[Any], version: int) -> int:
    plain = type_coerce(column, String)
    return int(connection.execute(select(func.count()).where(*_of_ours(plain, version))).scalar_one())


def _of_ours(plain: Any, version: int) -> tuple[Any, ...]:
    """Which values are names, under an older pepper."""
    shapes = (plain.like(f"p{digits}\\_{'_' * 22}", escape="\\") for digits in ("_", "__"))
    return or_(*shapes), plain.not_like(f"p{version}\\_%", escape="\\")


def _seal_anew(connection: Connection, sealer: Sealer, newer: Callable[[str], str]) -> int:
    """Seal what is sealed beside a name beside its new one. Returns of how many rows it did not open."""
    shut = 0
    for table, columns in _beside_names().items():
        for row in _told(connection, table, columns):
            here = [column for column in columns if row[column.name].startswith(VERSION)]
            try:
                fresh = {
                    column: _beside_new(sealer, row[column.name], row[column.type.beside], newer) for column in here
                }
            except SealError:
                shut += 1  # nobody could have sent it
                continue
            connection.execute(update(table).where(table.c.id == row["id"]).values(fresh))
    return shut


def _told(connection: Connection, table: Table, columns: list[Column[Any]]) -> Iterator[Any]:
    """The rows with something sealed in any of `columns`, by their ids: each may be changed before the next is read."""
    some = or_(*(column.startswith(VERSION, autoescape=True) for column in columns))
    told, after = select(table).where(some).order_by(table.c.id).limit(AT_A_TIME), true()
    while rows := connection.execute(told.where(after)).mappings().all():
        yield from rows
        after = table.c.id > rows[-1]["id"]


def _beside_new(sealer: Sealer, sealed: str, name: str, newer: Callable[[str], str]) -> str:
    return sealer.seal(sealer.open(sealed, name), newer(name))


def _beside_names() -> dict[Table, list[Column[Any]]]:
    """What opens only beside a column that is renamed, by table."""
    found: dict[Table, list[Column[Any]]] = {}
    for column in sealed():
        if isinstance(column.table.c[column.type.beside].type, Named):
            found.setdefault(column.table, []).append(column)
    return found

"""What a migration may do to a table that people are using meanwhile: add what may be missing, index without a lock.

A migration must let the release before it go on (docs/deploy.md, « Upgrade »): tests/storage/test_online.py reads what
each one sends to PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

from alembic import op
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from assistant.errors import SettingError
from assistant.storage import patience

# Rows that are written anew while people wait: less than a second (docs/scale.md).
FEW = 100_000
VALID = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
WIDTH = text(
    "SELECT data_type FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND table_name = :table AND column_name = :column"
)
OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user "
    "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


def create_index(name: str, table: str, columns: Sequence[str], *, unique: bool = False) -> None:
    """Index a table that is in use. On PostgreSQL concurrently, outside any transaction; one cut off is made anew."""
    context = op.get_context()
    if _whole(context):
        op.create_index(name, table, list(columns), unique=unique)
        return
    with _concurrently(context):
        if op.get_bind().execute(VALID, {"name": name}).scalar():
            return  # an earlier try came as far as this
        # What was cut off is invalid, and is in the way.
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, table, list(columns), unique=unique, postgresql_concurrently=True)


def drop_index(name: str, table: str) -> None:
    """Take an index away without a lock."""
    context = op.get_context()
    if _whole(context):
        op.drop_index(name, table_name=table)
        return
    with _concurrently(context):
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)


def widen(table: str, column: str) -> None:
    """Make a number of 32 bits one of 64, and the sequence that gives it. On SQLite every number is.

    PostgreSQL writes the table anew, and nobody may even read it meanwhile. A great one is left as it is while any
    other process of Camille is connected: raises SettingError.
    """
    context, connection = op.get_context(), op.get_bind()
    if context.dialect.name != "postgresql":
        return
    with nullcontext() if _whole(context) else context.autocommit_block():  # one table is locked at a time
        if connection.execute(WIDTH, {"table": table, "column": column}).scalar() == "bigint":
            return
        counted = text(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {FEW + 1}) few")  # noqa: S608 - a name of ours
        if connection.execute(counted).scalar_one() > FEW and connection.execute(OTHERS).scalar_one():
            raise SettingError(
                f"la table {table} est grande : la réécrire arrêterait tout le monde. "
                "Arrêtez les visages et le worker, puis relancez : camille migrate"
            )
        sequence = connection.execute(text(f"SELECT pg_get_serial_sequence('{table}', '{column}')")).scalar()
        if sequence:
            op.execute(f"ALTER SEQUENCE {sequence} AS BIGINT")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE BIGINT")


def _whole(context: MigrationContext) -> bool:
    """Whether all happens in one transaction that is not ours to leave."""
    return context.dialect.name != "postgresql" or bool(context._in_external_transaction)


@contextmanager
def _concurrently(context: MigrationContext) -> Iterator[None]:
    """Outside any transaction, and with no limit for a lock: nobody is kept behind what waits for a backup here."""
    with context.autocommit_block():
        op.execute("SET lock_timeout = 0")
        yield
        op.execute(f"SET lock_timeout = {round(patience.LOCK * 1000)}")

"""What a migration may do to a table that people are using meanwhile: add what may be missing, index without a lock.

A migration must let the release before it go on (docs/deploy.md, « Upgrade »): tests/storage/test_online.py reads what
each one sends to PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op


def create_index(name: str, table: str, columns: Sequence[str], *, unique: bool = False) -> None:
    """Index a table that is in use. On PostgreSQL concurrently, outside any transaction; one cut off is made anew."""
    context = op.get_context()
    if context.dialect.name != "postgresql" or context._in_external_transaction:
        op.create_index(name, table, list(columns), unique=unique)
        return
    with context.autocommit_block():
        # What an earlier try left is invalid, and is in the way.
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, table, list(columns), unique=unique, postgresql_concurrently=True)


def drop_index(name: str, table: str) -> None:
    """Take an index away without a lock."""
    context = op.get_context()
    if context.dialect.name != "postgresql" or context._in_external_transaction:
        op.drop_index(name, table_name=table)
        return
    with context.autocommit_block():
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)

"""Alembic runs this to find our tables; the connection is lent by `Database.upgrade`."""

from __future__ import annotations

from alembic import context

from assistant.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a column in place
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()

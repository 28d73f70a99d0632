"""What was not understood: ordinary words only, of nobody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unclear",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("day", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unclear")),
    )
    with op.batch_alter_table("unclear", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unclear_day"), ["day"], unique=False)


def downgrade() -> None:
    op.drop_table("unclear")

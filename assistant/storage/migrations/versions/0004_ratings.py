"""Whether an answer helped: counts by day, of nobody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ratings",
        sa.Column("day", sa.DateTime(timezone=True), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "about", "channel", "helped", name=op.f("pk_ratings")),
    )


def downgrade() -> None:
    op.drop_table("ratings")

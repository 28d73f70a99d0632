"""Those who run the service: their accounts, what they did, the channels they switched off; shares of what is unclear."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operators",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_operators")),
    )
    op.create_table(
        "operator_acts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("operator", sa.String(length=32), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_acts")),
    )
    with op.batch_alter_table("operator_acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operator_acts_at"), ["at"], unique=False)

    op.create_table(
        "switches",
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_switches")),
    )
    op.create_table(
        "operator_sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("operator", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator"],
            ["operators.name"],
            name=op.f("fk_operator_sessions_operator_operators"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_sessions")),
    )
    with op.batch_alter_table("operator_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operator_sessions_operator"), ["operator"], unique=False)
        batch_op.create_index(batch_op.f("ix_operator_sessions_seen_at"), ["seen_at"], unique=False)

    with op.batch_alter_table("unclear", schema=None) as batch_op:
        batch_op.add_column(sa.Column("share", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("unclear", schema=None) as batch_op:
        batch_op.drop_column("share")

    with op.batch_alter_table("operator_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operator_sessions_seen_at"))
        batch_op.drop_index(batch_op.f("ix_operator_sessions_operator"))

    op.drop_table("operator_sessions")
    op.drop_table("switches")
    with op.batch_alter_table("operator_acts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operator_acts_at"))

    op.drop_table("operator_acts")
    op.drop_table("operators")

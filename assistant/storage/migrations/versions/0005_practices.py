"""Physicians: practices, who acts for them, invitations, and who came by one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("practice", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_practice"), ["practice"], unique=False)

    op.create_table(
        "invited",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("address", sa.String(length=32), nullable=False),
        sa.Column("practice", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invited")),
    )
    with op.batch_alter_table("invited", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invited_address"), ["address"], unique=False)
        batch_op.create_index(batch_op.f("ix_invited_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_invited_practice"), ["practice"], unique=False)

    op.create_table(
        "practice_slips",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_practice_slips")),
    )
    with op.batch_alter_table("practice_slips", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_slips_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "practices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practices")),
    )
    with op.batch_alter_table("practices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practices_key"), ["key"], unique=True)

    op.create_table(
        "members",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("practice", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=True),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("shown_as", sa.String(length=120), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice"], ["practices.id"], name=op.f("fk_members_practice_practices"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
    )
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_members_practice"), ["practice"], unique=False)
        batch_op.create_index(batch_op.f("ix_members_subject"), ["subject"], unique=False)

    op.create_table(
        "practice_months",
        sa.Column("practice", sa.String(length=32), nullable=False),
        sa.Column("month", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice"], ["practices.id"], name=op.f("fk_practice_months_practice_practices"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("practice", "month", "what", name=op.f("pk_practice_months")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("word", sa.String(length=32), nullable=False),
        sa.Column("digits", sa.String(length=32), nullable=False),
        sa.Column("practice", sa.String(length=32), nullable=False),
        sa.Column("physician", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("aim", sa.String(length=12), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["physician"], ["members.id"], name=op.f("fk_invitations_physician_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["practice"], ["practices.id"], name=op.f("fk_invitations_practice_practices"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitations_practice"), ["practice"], unique=False)
        for name in ("token", "word", "digits"):
            batch_op.create_index(batch_op.f(f"ix_invitations_{name}"), [name], unique=True)

    op.create_table(
        "practice_sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("id_token", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["members.id"], name=op.f("fk_practice_sessions_member_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_sessions")),
    )
    with op.batch_alter_table("practice_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_sessions_member"), ["member"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_sessions_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "guests",
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("invitation", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation"], ["invitations.id"], name=op.f("fk_guests_invitation_invitations"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_guests_person_persons"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person", "invitation", name=op.f("pk_guests")),
    )
    with op.batch_alter_table("guests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guests_invitation"), ["invitation"], unique=False)

    with op.batch_alter_table("guesses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=12), server_default="resume", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("guesses", schema=None) as batch_op:
        batch_op.drop_column("kind")
    for table in (
        "guests",
        "practice_months",
        "invitations",
        "practice_sessions",
        "members",
        "practices",
        "practice_slips",
        "invited",
        "audit",
    ):
        op.drop_table(table)

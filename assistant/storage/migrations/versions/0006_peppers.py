"""Which pepper the pseudonyms are under."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from assistant.errors import PepperError

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FIRST = "p1_"


def upgrade() -> None:
    op.create_table(
        "peppers",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peppers")),
    )


def downgrade() -> None:
    """Earlier releases know the first pepper only. Under a newer one they would find nobody, not even a STOP."""
    mark = op.get_bind().execute(sa.text("SELECT mark FROM peppers")).scalar()
    if mark and not str(mark).startswith(FIRST):
        raise PepperError("PSEUDONYM_PEPPER a été changé : une version plus ancienne ne retrouverait personne.")
    op.drop_table("peppers")

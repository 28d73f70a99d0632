"""What numbers rows has 64 bits: at the size of docs/scale.md the 2^31 numbers of events last five months."""

from __future__ import annotations

from assistant.storage.migrations.online import widen

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBERS = (
    ("events", "id"),
    ("outbox", "id"),
    ("consents", "id"),
    ("unclear", "id"),
    ("guesses", "id"),
    ("reminders", "id"),
    ("invited", "id"),
    ("audit", "id"),
    ("operator_acts", "id"),
    ("guests", "invitation"),
    ("invitations", "id"),
)


def upgrade() -> None:
    for table, column in NUMBERS:
        widen(table, column)


def downgrade() -> None:
    """Nothing: earlier releases read a wide number as well, and one beyond 2^31 would not go back."""

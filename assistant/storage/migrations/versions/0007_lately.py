"""What was said at an address lately is found by its time too: the cost of a turn does not grow with what came before."""

from __future__ import annotations

from assistant.storage.migrations.online import create_index, drop_index

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_index("ix_inbox_address_received_at", "inbox", ["address", "received_at"])
    drop_index("ix_inbox_address", "inbox")


def downgrade() -> None:
    create_index("ix_inbox_address", "inbox", ["address"])
    drop_index("ix_inbox_address_received_at", "inbox")

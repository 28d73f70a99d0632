"""`camille unclear`: what was not understood lately, the most frequent first, for those who write the content."""

from __future__ import annotations

from datetime import timedelta

from rich.console import Console
from rich.table import Table

from assistant.clock import now
from assistant.storage.unclear import told
from channels.cli.opening import opened


def unclear(days: int) -> None:
    """Show it. The texts hold ordinary words only (assistant/privacy/plain_words.py)."""
    with opened(understanding=False) as (_, conversation), conversation.database.transaction() as connection:
        found = told(connection, now() - timedelta(days=days))
    table = Table("fois", "ce qui n'a pas été compris", "étape")
    for one in found:
        table.add_row(str(one.times), one.text, one.step)
    Console().print(table if found else "Rien : tout a été compris, ou personne n'a parlé.")

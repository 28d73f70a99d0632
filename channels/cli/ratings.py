"""`camille ratings`: which answers helped, as those who read them said; what helped least often first."""

from __future__ import annotations

from datetime import timedelta

from rich.console import Console
from rich.table import Table

from assistant.clock import now
from assistant.storage.ratings import told
from channels.cli.opening import opened


def ratings(days: int) -> None:
    """Show it. No small count is hidden: none leads to anybody."""
    with opened(understanding=False) as (_, conversation), conversation.database.transaction() as connection:
        found = told(connection, now() - timedelta(days=days))
    console = Console()
    if not found:
        console.print("Personne n'a encore donné son avis.")
        return
    table = Table("sujet ou étape", "cela m'a aidé", "non")
    for one in found:
        table.add_row(one.about, str(one.helped), str(one.not_helped))
    console.print(table)
    console.print("Rien n'est caché, même un seul avis : il n'a ni auteur, ni heure. Seul le jour est gardé.")

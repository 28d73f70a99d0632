"""`camille purge`: deletes what is past its time."""

from __future__ import annotations

from rich.console import Console

from assistant.clock import now
from assistant.privacy.retention import purge_all
from channels.cli.opening import opened


def purge() -> None:
    """Delete, and say how many rows went."""
    with opened(understanding=False) as (_, conversation):
        gone = purge_all(conversation.database, now())
    Console().print("Effacé : " + ", ".join(f"{count} {table}" for table, count in gone.items()))

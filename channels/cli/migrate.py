"""`camille migrate`: brings the database to what this release expects, or to an earlier version before going back."""

from __future__ import annotations

from rich.console import Console

from assistant.settings import read_settings
from assistant.storage.database import Database


def migrate(revision: str) -> None:
    """To the newest version when `revision` is empty. Of several at once, one works and the others wait."""
    database = Database(read_settings(keeping=False).database_url)
    try:
        if revision:
            database.move(revision)
        else:
            database.upgrade()
        Console().print(f"La base de données est à la version {database.revision()}.", highlight=False)
    finally:
        database.close()

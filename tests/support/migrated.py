"""A database with all its tables: the migrations run once, and each test has a copy.

Migrating takes a test longer than all the rest of it. What migrations do is tested in tests/storage, without this.
"""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

from assistant.storage.database import Database
from tests.support.run_folders import run_folder


def migrated(url: str) -> Database:
    """The database at `url`, with the tables of this release."""
    opened = Database(url)
    at = Path(str(opened.engine.url.database))
    if opened.engine.dialect.name == "sqlite" and not at.exists():
        shutil.copy(_file(), at)
    else:
        opened.upgrade()
    return opened


@functools.cache
def _file() -> Path:
    made = run_folder("migrated") / "camille.sqlite"
    database = Database(f"sqlite:///{made}")
    database.upgrade()
    database.close()
    return made

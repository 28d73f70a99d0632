"""Folders that last as long as a run of the tests, for what is made once in it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path


def run_folder(name: str) -> Path:
    """A new, empty folder, gone when the run ends. `name` begins its own."""
    made = Path(tempfile.mkdtemp(prefix=f"camille-{name}-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made

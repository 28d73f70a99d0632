"""`camille understand` as it is, but for two things: where its model is, and a guide that can be told to fail.

`python -m tests.support.failing_understand FOLDER`: the model is in FOLDER, and whatever an action of Rasa asks of the
guide raises while there is a file FOLDER/failing.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from assistant.guide import Guide
from assistant.settings import Settings
from channels.cli import understand

FAILING = "failing"


class FailingGuide:
    """Is `guide`, but while `told` exists."""

    def __init__(self, guide: Guide, told: Path) -> None:
        self._guide, self._told = guide, told

    def __getattr__(self, name: str) -> Any:
        if self._told.exists():
            raise RuntimeError("as it was told to")
        return getattr(self._guide, name)


if __name__ == "__main__":
    folder, open_guide = Path(sys.argv[1]), understand.open_guide
    Settings.models = property(lambda _: folder)  # type: ignore[assignment, method-assign]
    understand.open_guide = lambda *given, **named: FailingGuide(open_guide(*given, **named), folder / FAILING)  # type: ignore[assignment, return-value]
    understand.understand()

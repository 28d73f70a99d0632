"""JSON lines in and out, for the commands that other programs talk to. Whatever comes in, a line goes out."""

from __future__ import annotations

import json
from typing import Any, TextIO


def read_object(line: str) -> dict[str, Any] | None:
    """The JSON object of one line; None when it is something else, or nested beyond reason."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def write_object(data: dict[str, Any], out: TextIO) -> None:
    """One line, at once. Half a letter, which no encoding can write, becomes a question mark."""
    print(whole(json.dumps(data, ensure_ascii=False)), file=out, flush=True)


def whole(text: str) -> str:
    """`text` without half letters (lone surrogates)."""
    return text.encode("utf-8", "replace").decode("utf-8")

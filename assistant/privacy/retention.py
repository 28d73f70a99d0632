"""The purge that keeps the promise of purposes.py: each kind of row goes once its time is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, delete, or_
from sqlalchemy.engine import Connection

from assistant.privacy.purposes import PURPOSES, Line


def purge(connection: Connection, now: datetime) -> dict[str, int]:
    """Delete what is past its time. Returns how many rows of each table went."""
    past: dict[Table, list[Any]] = {}
    for purpose in PURPOSES:
        for line in purpose.lines:
            past.setdefault(line.table, []).append(_past(line, now))
    return {
        table.name: int(connection.execute(delete(table).where(or_(*lines))).rowcount) for table, lines in past.items()
    }


def _past(line: Line, now: datetime) -> Any:
    over = line.since < now - line.life
    return over if line.which is None else and_(over, line.which)

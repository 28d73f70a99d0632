"""What was sent and what came back, message by message, and what it adds up to: a row for each fault."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

# What came back: an answer, the honest sentence, nothing although it was taken, 5xx or no answer at all.
Came = Literal["reply", "honest", "silence", "not taken"]
HONEST = "34 22"
# The telephone gives an answer up after so many seconds, and so does Twilio.
LIMIT = 15.0


@dataclass
class Row:
    """What one fault came to. The four that must be 0 are the last ones; `wrong` says in words what is not right."""

    fault: str
    people: int = 0
    sent: int = 0
    replies: int = 0
    honest: int = 0
    honest_by_sms: int = 0
    not_taken: int = 0
    longest: float = 0.0
    seconds: float = 0.0
    lost: int = 0
    doubled: int = 0
    after_stop: int = 0
    dishonest: int = 0
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Why this machine could not bring it about.
    not_tried: str = ""

    @property
    def passed(self) -> bool:
        return not (self.lost or self.doubled or self.after_stop or self.dishonest or self.wrong)

    @property
    def came_to(self) -> str:
        return "not tried" if self.not_tried else "ok" if self.passed else "**wrong**"

    @contextmanager
    def faulted(self) -> Iterator[None]:
        """What fails in the block is the fault's own, and stands in the row."""
        try:
            yield
        except AssertionError as error:
            self.wrong.append(f"the fault itself: {str(error)[-300:]}")

    def check(self, right: bool, otherwise: str) -> None:
        if not right:
            self.wrong.append(otherwise)


class Ledger:
    """Writes one JSON line a message into `path`. Several threads may write."""

    def __init__(self, path: Path | None = None) -> None:
        self._file = path.open("a", encoding="utf-8") if path else None
        self._lock = threading.Lock()

    def note(self, row: Row, **told: Any) -> None:
        """One message: `came`, `seconds`, who, on which channel. What was written is told by its kind only."""
        with self._lock:
            row.sent += 1
            row.replies += told["came"] in ("reply", "silence")
            row.honest += told["came"] == "honest"
            row.honest_by_sms += told["came"] == "honest" and told["channel"] == "sms"
            row.not_taken += told["came"] == "not taken"
            row.longest = max(row.longest, told["seconds"])
            self._write({"fault": row.fault, "at": round(time.time(), 3), **told})

    def end(self, row: Row) -> None:
        row.check(row.longest < LIMIT, f"an answer took {row.longest:.1f} s")
        self._write({**asdict(row), "passed": row.passed})

    def close(self) -> None:
        if self._file:
            self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        if self._file:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()


@contextmanager
def told(ledger: Ledger, name: str, people: int) -> Iterator[Row]:
    """The row of a fault: what fails in the block, and how long it took, stand in it."""
    row, begun = Row(name, people), time.monotonic()
    with row.faulted():
        yield row
    row.seconds = time.monotonic() - begun
    ledger.end(row)


HEADS = (
    "fault", "people", "sent", "answered", "told honestly", "to be sent again", "longest s", "lost", "doubled",
    "after STOP", "dishonest", "",
)  # fmt: skip


def table(rows: list[Row]) -> str:
    """All faults, as Markdown."""
    lines = [f"| {' | '.join(HEADS)} |", "|" + "---|" * len(HEADS)]
    for row in rows:
        cells = [row.fault, row.people, row.sent, row.replies, row.honest, row.not_taken, f"{row.longest:.1f}"]
        cells += [row.lost, row.doubled, row.after_stop, row.dishonest, row.came_to]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    for row in rows:
        lines += [f"\n{row.fault}: not tried, {row.not_tried}"] if row.not_tried else []
        lines += [f"\n{row.fault}: {note}" for note in row.notes] + [f"\n**{row.fault}: {each}**" for each in row.wrong]
    return "\n".join(lines)

"""`make faults`: every fault against the real processes; the ledger in reports/faults.jsonl, the table in the terminal.

`python -m benchmarks.faults [--only NAME] [--people 12] [--seed 7]`. Ends with 1 when something was lost, said twice,
said after STOP or dishonest; with 2 when this machine could not bring a fault about.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from types import FrameType

from assistant.settings import ROOT
from benchmarks.faults import clock, disk, outgoing, processes, stores, understanding
from benchmarks.faults.house import House, NotHereError, house
from benchmarks.faults.ledger import Ledger, Row, table, told
from benchmarks.faults.people import suffer

WRONG, UNTRIED = 1, 2
FAULTS = {**stores.FAULTS, **processes.FAULTS}
# Faults that need something to be there before anybody writes.
PLACED = {**disk.PLACED, **clock.PLACED}


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    names = [*FAULTS, *PLACED, *outgoing.FAULTS, *understanding.WAYS]
    reader.add_argument("--only", action="append", choices=names, help="this fault alone; may be given several times")
    reader.add_argument("--people", type=int, default=12, help="how many write during each fault")
    reader.add_argument("--seed", type=int, default=7, help="the same seed is the same people")
    given = reader.parse_args()
    signal.signal(signal.SIGTERM, _end)
    report = ROOT / "reports" / "faults.jsonl"
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    ledger, rows, begun = Ledger(report), list[Row](), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, house(Path(folder)) as made:
        for name in given.only or names:
            rows.append(tried(made, ledger, name, given.people, given.seed))
            print(f"{name}: {rows[-1].came_to} ({rows[-1].seconds:.0f} s)", file=sys.stderr)
            if not rows[-1].passed:
                # What they said is gone with the folder; a fault is mended by reading it.
                for number, _ in enumerate(made.deployment.faces):
                    said = made.deployment.said(f"channels-{number}")
                    (report.parent / f"faults-{name.replace(' ', '-')}-{number}.log").write_text(said)
    ledger.close()
    print(table(rows))
    print(f"\n{time.monotonic() - begun:.0f} s; message by message: {report.relative_to(ROOT)}")
    if not all(row.passed for row in rows):
        return WRONG
    return UNTRIED if any(row.not_tried for row in rows) else 0


def tried(made: House, ledger: Ledger, name: str, people: int, seed: int) -> Row:
    """The row of one fault; one that this machine cannot bring about says why it was not tried."""
    if name in understanding.WAYS:
        return understanding.broken(made, ledger, name, people=3)
    if name in outgoing.FAULTS:
        with told(ledger, name, people) as row:
            outgoing.FAULTS[name](made, ledger, row)
        return row
    try:
        with PLACED[name](made) if name in PLACED else nullcontext(FAULTS[name]) as fault:
            return suffer(made, ledger, name, fault, people=people, seed=seed)
    except NotHereError as missing:
        return Row(name, not_tried=str(missing))


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(1)  # everything that was started ends with the blocks


if __name__ == "__main__":
    sys.exit(main())

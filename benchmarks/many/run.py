"""`make load`: how many people at once, in one process and in the processes of docker/compose.yml, beside a stock Rasa.

For each way to serve: people who never pause, which tells the most it can do; then half of that, which tells how long
people wait; then, with two assistants, a rush and a day of
twenty-four hours in a hundred seconds. The same written conversations go to a stock
Rasa in the same run. Prints tables, draws `load.svg`, appends a line to `load.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.figures import machine, revision
from benchmarks.many.job import Found, Job, crowd
from benchmarks.many.measured import HALF_SECONDS, HOUR, RUSHES, SETTLES, Measured
from benchmarks.many.served import VAR, Served, embedded, python_of_the_faces, scaled, stock
from benchmarks.many.tables import drawn, show
from benchmarks.service import BenchError

HISTORY = Path(__file__).with_name("load.jsonl")
PICTURE = Path(__file__).with_name("load.svg")
# People who never pause: enough for the fullest use of two cores, few enough to wait half a second at most.
AT_ONCE, MOST_SECONDS = 16, 30.0
# Turns a second of one person in the other measures: people are slower, and there are more of them.
PACE = 2.0
# A day, from midnight: the share of the most it can serve that is used in each hour, at the busiest six tenths.
# People write in the morning and after four; nobody measured it on us.
DAY = (3, 2, 1, 1, 1, 2, 8, 20, 40, 60, 60, 50, 35, 35, 45, 50, 55, 55, 45, 35, 25, 18, 10, 5)
PEOPLE_A_JOB = 20_000


@dataclass
class Measuring:
    """Runs the measures, one way to serve after the other."""

    console: Console
    jobs: int = 0
    # What writers wrote, for those who lead nobody.
    scripts: Sequence[Sequence[str]] = ()

    def camille(self, served: Served, *, whole: bool) -> Measured:
        """`whole`: with a rush and a day."""
        found = Measured(served.name)
        self._ask(served, [(SETTLES, 4)], 0.0)
        most = self._ask(served, [(MOST_SECONDS, AT_ONCE)], 0.0)
        found.turns = _rate(most, MOST_SECONDS)
        before, size = served.processor(), served.size()
        found.half = self._ask(served, [(HALF_SECONDS, _people(found.turns / 2))])
        spent = served.processor()
        found.processor = {role: spent[role] - before[role] for role in spent}
        found.grown = served.size() - size
        jobs = [most, found.half]
        if whole:
            found.rush = self._ask(served, [(seconds, _people(share * found.turns)) for seconds, share in RUSHES])
            found.day = self._ask(served, [(HOUR, _people(share / 100 * found.turns)) for share in DAY])
            jobs += [found.rush, found.day]
        found.memory = served.memory()
        found.faults = sum(each.counts.get("faults", 0) for each in jobs)
        for each in jobs:
            for fault in each.faults[:3]:
                self.console.print(f"[red]{served.name}: {fault}[/]", markup=True)
        self.scripts = self.scripts or [wrote for wrote in found.half.wrote if len(wrote) > 3]
        return found

    def stock(self, served: Served) -> Measured:
        found = Measured(served.name)
        self._ask(served, [(SETTLES, 4)], 0.0)
        found.turns = _rate(self._ask(served, [(MOST_SECONDS, AT_ONCE)], 0.0), MOST_SECONDS)
        found.half = self._ask(served, [(HALF_SECONDS, _people(found.turns / 2))])
        found.memory = served.memory()
        return found

    def _ask(self, served: Served, stages: Sequence[tuple[float, int]], pace: float = PACE) -> Found:
        self.jobs += 1
        self.console.print(f"  {served.name}: {sum(seconds for seconds, _ in stages):.0f} s, {stages[0][1]} people…")
        kind: Any = "camille" if served.token else "stock"
        job = Job(
            kind,
            served.url,
            served.public,
            served.token,
            stages,
            pace,
            served.certificate,
            self.jobs * PEOPLE_A_JOB,
            self.scripts if kind == "stock" else (),
        )
        return crowd(job)


def _version(python: str) -> str:
    told = subprocess.run([python, "--version"], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def _rate(found: Found, seconds: float) -> float:
    return len(found.times(SETTLES, seconds)) / (seconds - SETTLES)


def _people(rate: float) -> int:
    """How many people make `rate` turns a second."""
    return max(1, round(rate / PACE))


def ways(scratch: Path, minds: Sequence[int], python: str) -> Iterator[AbstractContextManager[Served]]:
    yield embedded(scratch / "embedded")
    for number in minds:
        yield scaled(scratch, number, python)


def main() -> int:
    """0 when nobody was answered wrongly: aims are told, never asserted."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.many.run", description=__doc__)
    reader.add_argument(
        "--minds", type=int, nargs="*", default=[1, 2, 4], help="how many assistants, one after the other"
    )
    reader.add_argument("--no-stock", action="store_true", help="without the stock Rasa, which trains once")
    reader.add_argument("--quick", action="store_true", help="no rush, no day, and nothing is kept")
    given, console = reader.parse_args(), Console(width=120)
    at, busy = datetime.now(timezone.utc), os.getloadavg()[0]
    measuring, found = Measuring(console), []
    VAR.mkdir(exist_ok=True)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        python = python_of_the_faces(scratch)
        faces = _version(python)
        for number, way in enumerate(ways(scratch, given.minds, python)):
            with way as served:
                # A rush and a day once, on the shape that is deployed.
                whole = not given.quick and number > 0 and given.minds[number - 1] == 2
                found.append(measuring.camille(served, whole=whole))
        if not given.no_stock:
            with stock(scratch) as served:
                found.append(measuring.stock(served))
    show(found, console, busy)
    if not given.quick:
        drawn(found, PICTURE)
        run: dict[str, Any] = {"at": at.isoformat(timespec="seconds"), "revision": revision(), "machine": machine()}
        run |= {"faces": faces, "load_before": round(busy, 2)}
        run |= {"ways": {each.name: each.kept() for each in found}}
        with HISTORY.open("a", encoding="utf-8") as history:
            history.write(json.dumps(run, ensure_ascii=False) + "\n")
    return 1 if any(each.faults for each in found) else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    try:
        sys.exit(main())
    except BenchError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)

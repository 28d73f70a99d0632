"""Twenty calls at once: how long a caller waits in silence after each key or sentence.

`python -m benchmarks.calls` starts Camille as she is served, on her own port and folder. Each call begins, then says
the benchmark's free sentences and presses keys in turn, through the signed webhook. On the telephone silence is heard:
beyond two seconds people speak again or hang up (reference B4). Aim: p95 of 150 ms on two cores.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from benchmarks.camille import Camille
from benchmarks.load import Answer, Load, Request, percentile
from benchmarks.messages import free_sentences

AIM = 150.0
CALLS, TURNS = 20, 12
SEED = 20261126
# Seconds that somebody listens to a step before she answers: half of what the shortest ones take to be said. And none,
# which no telephone does: it tells how much there is in reserve.
LISTENS = (4.0, 0.0)


def call(camille: Camille, caller: int, sentences: list[str], listens: float, draw: Random) -> Iterator[Request]:
    """One call: it begins, then keys and sentences in turn. Who calls `listens` so many seconds before each answer."""
    yield replace(camille.call(caller, 0, "/voice"), pause=draw.uniform(0, listens))
    for turn in range(1, TURNS + 1):
        spoken = sentences[(caller * TURNS + turn) % len(sentences)]
        heard = {"Digits": "1"} if turn % 2 else {"SpeechResult": spoken, "Confidence": "0.9"}
        asked = camille.call(caller, 0, f"/voice/turn?n={turn}", **heard)
        yield replace(asked, pause=draw.uniform(listens / 2, listens * 1.5))


def measured(calls: int) -> dict[float, list[Answer]]:
    """The answers to every turn of `calls` calls at once, after one call to warm up: by how long people listen."""
    sentences, _ = free_sentences()
    draw, found = Random(SEED), {}
    with tempfile.TemporaryDirectory() as scratch, Load() as load:
        camille = Camille(Path(scratch))
        try:
            camille.start()
            load.turns(camille.port, list(call(camille, 9_999, sentences, 0, draw)))
            for passing, listens in enumerate(LISTENS):
                persons = range(passing * calls, (passing + 1) * calls)
                rung = [list(call(camille, person, sentences, listens, draw)) for person in persons]
                _, answers = load.together(camille.port, rung)
                found[listens] = [answer for each in answers for answer in each]
        finally:
            camille.stop()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the telephone with many calls at once.")
    parser.add_argument("--calls", type=int, default=CALLS)
    calls = parser.parse_args().calls
    load_before = os.getloadavg()[0]
    table = Table("calls at once", "people listen", "turns", "p50 ms", "p95 ms", "p99 ms", "silent")
    for listens, answers in measured(calls).items():
        times = [answer.ms for answer in answers]
        silent = sum("<Say" not in answer.body for answer in answers)
        figures = [f"{percentile(times, share):.1f}" for share in (0.50, 0.95, 0.99)]
        table.add_row(str(calls), f"{listens:.0f} s", str(len(times)), *figures, str(silent))
    Console().print(table, f"Aim: p95 {AIM:.0f} ms where people listen, none silent. Load before: {load_before:.1f}.")


if __name__ == "__main__":
    main()

"""The process in which a peer lives: reads a job (JSON), learns, answers every text, writes what it found (JSON).

`python -m benchmarks.peers.work JOB.json FOUND.json`. Started by running.py.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from pathlib import Path

from benchmarks.peers.peer import Lesson, Peer

WARM_UP = 20


def made(name: str, epochs: int) -> Peer:
    """The peer of that name. Each is imported only in the process in which it lives."""
    if name == "linear":
        from benchmarks.peers.linear import Linear

        return Linear()
    if name == "fasttext":
        from benchmarks.peers.fast_text import FastText

        return FastText()
    from benchmarks.peers.rasa_model import camille, stock

    return camille() if name == "camille" else stock(epochs)


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    peer = made(job["peer"], job["epochs"])
    seconds = peer.learn(Lesson(job["texts"], job["intents"]))
    rankings, spent = [], []
    for text in job["asked"][:WARM_UP]:
        peer.rank(text)
    for text in job["asked"]:
        begun = time.perf_counter()
        rankings.append(peer.rank(text))
        spent.append(1000 * (time.perf_counter() - begun))
    found = {"seconds": seconds, "rankings": rankings, "milliseconds": spent, "megabytes": _peak()}
    Path(sys.argv[2]).write_text(json.dumps(found), encoding="utf-8")


def _peak() -> float:
    """The highest resident size of this process, in MB.

    Linux counts what the parent held at the fork into ru_maxrss; its own account of the process does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        return int(found.group(1)) / 2**10 if found else 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS counts in bytes


if __name__ == "__main__":
    main()

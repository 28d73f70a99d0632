"""What the crowd is asked to do, and what it found: both cross to the crowd's own process as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from assistant.settings import ROOT
from benchmarks.load import percentile
from benchmarks.service import BenchError

# Seconds, beside those of its stages: locust starts, and lets everybody finish her turn.
GRACE = 90.0


@dataclass(frozen=True)
class Job:
    """Where to, and how many people for how long.

    `stages` are (seconds, people). `pace` is how many turns a second each of them makes; 0 for one after the other
    without a pause, which is how much there is in reserve. `public` is the address that signatures are made for.
    `first` numbers the people, so that those of two jobs are not the same. `scripts`: what writers send to a stock
    Rasa, which leads nobody anywhere.
    """

    kind: Literal["camille", "stock"]
    url: str
    public: str
    token: str
    stages: Sequence[tuple[float, int]]
    pace: float = 0.0
    certificate: str = ""
    first: int = 0
    scripts: Sequence[Sequence[str]] = ()

    @property
    def seconds(self) -> float:
        return sum(seconds for seconds, _ in self.stages)


@dataclass(frozen=True)
class Found:
    """`turns` are (seconds since the beginning, channel, milliseconds that the person waited)."""

    turns: Sequence[tuple[float, str, float]]
    counts: dict[str, int]
    spoken: float
    wrote: Sequence[Sequence[str]]
    faults: Sequence[str]
    processor: float  # seconds that the crowd itself took of the machine

    def of(self, channel: str) -> Found:
        """The turns of one channel."""
        return replace(self, turns=[turn for turn in self.turns if turn[1] == channel])

    def times(self, since: float = 0.0, until: float = float("inf")) -> list[float]:
        return [ms for at, _, ms in self.turns if since <= at < until]

    def at_share(self, share: float, since: float = 0.0, until: float = float("inf")) -> float:
        times = self.times(since, until)
        return percentile(times, share) if times else 0.0


def crowd(job: Job) -> Found:
    """Let the crowd do it, in a process of its own. Raises BenchError when it does not come back."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.many.swarm"]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(asdict(job)),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=job.seconds + GRACE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError("The crowd did not come back.") from error
    if done.returncode:
        raise BenchError(f"The crowd failed: {done.stderr[-2000:]}")
    return Found(**json.loads(done.stdout.splitlines()[-1]))

"""What one way to serve did under each measure of `make load`, and how long the measures last."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from benchmarks.many.job import Found
from benchmarks.many.served import Memory

SETTLES = 10.0  # seconds at the beginning that do not count
HALF_SECONDS = 45.0
# A rush, as (seconds, share of the most it can serve): calm, half as many again as it can serve, calm again.
CALM, RUSH = 0.1, 1.5
RUSHES = ((15.0, CALM), (20.0, RUSH), (40.0, CALM))
CALM_AGAIN = RUSHES[0][0] + RUSHES[1][0] + SETTLES
HOUR = 4.0  # seconds of one, in a day that is lived fast


@dataclass
class Measured:
    """What one way to serve did."""

    name: str
    turns: float = 0.0  # a second, at most
    half: Found | None = None
    rush: Found | None = None
    day: Found | None = None
    memory: dict[str, Memory] = field(default_factory=dict)
    # Seconds of processor, bytes of the database, and turns, in the measures at half load.
    processor: dict[str, float] = field(default_factory=dict)
    grown: int = 0
    faults: int = 0

    @property
    def costs(self) -> dict[str, float]:
        """What 1,000 finished activations take, those who gave up included; nothing when nobody finished."""
        finished = self.half.counts.get("finished", 0) if self.half else 0
        if not self.half or not finished:
            return {}
        figures = {
            "turns": len(self.half.turns),
            "SMS segments in": self.half.counts.get("segments in", 0),
            "SMS segments out": self.half.counts.get("segments out", 0),
            "minutes of calls": self.half.spoken / 60,
            "seconds of processor": sum(self.processor.values()),
            **{f"  {role}": spent for role, spent in self.processor.items()},
            "MB stored": self.grown / 2**20,
        }
        return {name: figure * 1000 / finished for name, figure in figures.items()}

    def kept(self) -> dict[str, Any]:
        half = self.half
        found: dict[str, Any] = {"most_turns_a_second": round(self.turns, 1), "faults": self.faults}
        if half:
            shares = ((name, share) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)))
            found |= {f"half_{name}": round(half.at_share(share, SETTLES), 1) for name, share in shares}
            found["half_turns_a_second"] = round(len(half.times(SETTLES, HALF_SECONDS)) / (HALF_SECONDS - SETTLES), 1)
        if self.rush:
            found["rush_worst"] = round(self.rush.at_share(1.0), 1)
            found["calm_again_p99"] = round(self.rush.at_share(0.99, CALM_AGAIN), 1)
        if self.day:
            found |= {"day_turns": len(self.day.turns), "day_p99": round(self.day.at_share(0.99), 1)}
        if self.costs:
            found["per_1000_finished"] = {name: round(figure, 1) for name, figure in self.costs.items()}
        found["memory"] = {
            role: [each.processes, round(each.own), round(each.share)] for role, each in self.memory.items()
        }
        return found

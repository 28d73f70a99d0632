"""Counted shares that say how sure they are: with an interval, because a hundred messages are not many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

# Two-sided 95 %.
Z = 1.959964
Interval = tuple[float, float]


@dataclass(frozen=True)
class Share:
    """`hits` out of `total`."""

    hits: int
    total: int

    @classmethod
    def of(cls, found: Iterable[bool]) -> Share:
        """How many of `found` are true."""
        listed = list(found)
        return cls(sum(listed), len(listed))

    @property
    def value(self) -> float:
        """From 0 to 1; 0 when there was nothing to count."""
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> Interval:
        """Wilson's 95 % interval: it stays within 0 and 1, and is honest for few messages and for none missed."""
        if not self.total:
            return 0.0, 1.0
        share, spread = self.value, Z * Z / self.total
        middle = (share + spread / 2) / (1 + spread)
        half = Z * sqrt(share * (1 - share) / self.total + spread / (4 * self.total)) / (1 + spread)
        return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True)
class Loss:
    """What a change cost, over the same messages before and after: a share lost, with its 95 % interval.

    Paired: most messages are right, or wrong, both times, and tell nothing. Only those that turned count.
    """

    worse: int
    better: int
    total: int

    @classmethod
    def of(cls, before: Sequence[bool], after: Sequence[bool]) -> Loss:
        """From right or wrong, message by message in the same order."""
        pairs = list(zip(before, after, strict=True))
        return cls(sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs), len(pairs))

    @property
    def value(self) -> float:
        """From -1 (all gained) to 1 (all lost)."""
        return (self.worse - self.better) / self.total if self.total else 0.0

    @property
    def interval(self) -> Interval:
        """Agresti and Min's 95 % interval for paired shares: half a message is added to each of the four cells."""
        total, worse, better = self.total + 2, self.worse + 0.5, self.better + 0.5
        value = (worse - better) / total
        half = Z * sqrt(max(worse + better - (worse - better) ** 2 / total, 0.0)) / total
        return max(value - half, -1.0), min(value + half, 1.0)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of `values` do not exceed (nearest rank, nothing interpolated)."""
    ranked = sorted(values)
    # In whole numbers: 0.95 * 20 is a little more than 19.
    return ranked[max(-(-round(share * 1000) * len(ranked) // 1000) - 1, 0)]

"""What asking more, or less, would change: how many messages are answered at once, and how many of those rightly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.errors import ContentError
from assistant.evaluation.judged import Judged
from assistant.evaluation.shares import Share

STEPS = 100


@dataclass(frozen=True)
class Thresholds:
    """Below `confidence`, or when two topics are closer than `margin`, Camille asks."""

    confidence: float
    margin: float


@dataclass(frozen=True)
class Point:
    """At `confidence`: `answered` of all messages, and `right` of those answered."""

    confidence: float
    answered: Share
    right: Share


def thresholds(config: Path) -> Thresholds:
    """Those of the component that falls back. Raises ContentError when `config` has none."""
    pipeline = yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]
    for part in pipeline:
        if "ambiguity_threshold" in part:
            return Thresholds(float(part["threshold"]), float(part["ambiguity_threshold"]))
    raise ContentError(f"{config.name} : il manque les seuils de FallbackClassifier.")


def point(judged: Sequence[Judged], limits: Thresholds) -> Point:
    """What would happen with `limits`. What the gate decides is answered whatever they are."""
    answered = [one for one in judged if _is_answered(one, limits)]
    right = Share.of(one.first for one in answered)
    return Point(limits.confidence, Share(len(answered), len(judged)), right)


def curve(judged: Sequence[Judged], margin: float) -> list[Point]:
    """One point for each hundredth of confidence below 1, the margin staying what it is."""
    return [point(judged, Thresholds(step / STEPS, margin)) for step in range(STEPS)]


def _is_answered(one: Judged, limits: Thresholds) -> bool:
    """As FallbackClassifier decides: strictly below a limit is doubt."""
    if one.heard.decided:
        return True
    sure = [confidence for _, confidence in one.heard.ranking[:2]]
    if not sure or sure[0] < limits.confidence:
        return False
    return len(sure) < 2 or sure[0] - sure[1] >= limits.margin

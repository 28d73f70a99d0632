"""The same messages as written, and under three levels of noise: what careless typing costs."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from assistant.noise import AVERAGE, HEAVY, LIGHT, Level, noised

CLEAN = "clean"
VARIANTS: Mapping[str, Level | None] = {CLEAN: None, "light": LIGHT, "average": AVERAGE, "heavy": HEAVY}
SEED = 20261123


def written(text: str, variant: str) -> str:
    """`text` in one of VARIANTS. Each message has its own seed: a set that grows leaves the others as they were."""
    level = VARIANTS[variant]
    return noised(text, level, Random(f"{SEED} {variant} {text}")) if level else text  # noqa: S311 - no secret

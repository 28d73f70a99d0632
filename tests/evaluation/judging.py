"""Makes judged messages in a line: what was meant, what was heard, how surely."""

from __future__ import annotations

from assistant.evaluation.judged import Heard, Judged
from assistant.evaluation.labelled import Labelled


def judged(meant: str, ranking: str, said: str | None = None, offered: str = "", *, decided: bool = False) -> Judged:
    """`ranking` as "cout 0.6, activer 0.3"; `said` is the first of it by default, "" when Camille asks."""
    pairs = [part.split() for part in ranking.split(",") if part.strip()]
    ranked = tuple((name, float(sure)) for name, sure in pairs)
    first = ranked[0][0] if ranked else ""
    told = first if said is None else said
    return Judged(Labelled(f"{meant}: {ranking}", meant), Heard(ranked, told, tuple(offered.split()), decided))

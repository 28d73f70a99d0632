"""What was tried and what came of it: one line an attempt, counts of each kind, and what got through."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Attempt:
    """`outcome` is what happened, in a few words. `held`: nothing was let in, broken or given away."""

    kind: str
    what: str
    outcome: str
    held: bool


@dataclass
class Ledger:
    """All attempts of one run; `figures` are what was measured beside them."""

    attempts: list[Attempt] = field(default_factory=list)
    figures: dict[str, str] = field(default_factory=dict)

    def note(self, kind: str, what: str, outcome: str, *, held: bool) -> None:
        self.attempts.append(Attempt(kind, what[:300], outcome[:300], held))

    @property
    def through(self) -> list[Attempt]:
        """Those that were not held."""
        return [each for each in self.attempts if not each.held]

    def counts(self) -> list[tuple[str, int, int]]:
        """Each kind, how many attempts, and how many got through."""
        tried = Counter(each.kind for each in self.attempts)
        through = Counter(each.kind for each in self.through)
        return [(kind, tried[kind], through[kind]) for kind in tried]

    def told(self) -> str:
        """The report, in Markdown."""
        lines = ["# Attacks", "", "| Kind | Attempts | Got through |", "|---|---:|---:|"]
        lines += [f"| {kind} | {tried:,} | {through} |" for kind, tried, through in self.counts()]
        lines += [f"| all | {len(self.attempts):,} | {len(self.through)} |", "", "## Measured", ""]
        lines += [f"- {name}: {figure}" for name, figure in self.figures.items()]
        lines += ["", "## What happened", "", "| Kind | Outcome | Times |", "|---|---|---:|"]
        outcomes = Counter((each.kind, each.outcome) for each in self.attempts)
        lines += [f"| {kind} | {_cell(outcome)} | {times:,} |" for (kind, outcome), times in sorted(outcomes.items())]
        if self.through:
            lines += ["", "## Got through", ""]
            lines += [f"- {each.kind}: `{_cell(each.what)}`: {_cell(each.outcome)}" for each in self.through]
        return "\n".join(lines) + "\n"

    def write(self, folder: Path) -> Path:
        """The report in `folder`/attack.md, every attempt in attack.jsonl beside it."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in self.attempts)
        (folder / "attack.jsonl").write_text(lines, encoding="utf-8", errors="backslashreplace")
        report = folder / "attack.md"
        report.write_text(self.told(), encoding="utf-8", errors="backslashreplace")
        return report


def _cell(text: str) -> str:
    return "".join(sign if sign.isprintable() else "·" for sign in text).replace("|", "\\|")

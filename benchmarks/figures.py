"""What one run found: rows of two figures side by side, the aims of the project, and the history file."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
HISTORY = Path(__file__).with_name("history.jsonl")
# Two medians of sixty turns differ by this much on an idle machine without anything having changed.
NOISE = 1.25


@dataclass(frozen=True)
class Row:
    """One measure of both. `key` is its name in the history, for good."""

    key: str
    title: str
    unit: str
    stock: float
    camille: float

    @property
    def ratio(self) -> float:
        """Stock over Camille; 0 when there is nothing to divide by."""
        return self.stock / self.camille if self.camille else 0.0


@dataclass(frozen=True)
class Aim:
    """Something the project set itself, and whether this run reached it."""

    title: str
    found: str
    reached: bool


class Figures:
    """The rows of a run, in the order in which they are shown."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def add(self, key: str, title: str, unit: str, stock: float, camille: float) -> None:
        self.rows.append(Row(key, title, unit, stock, camille))

    def __getitem__(self, key: str) -> Row:
        return next(row for row in self.rows if row.key == key)

    def aims(self) -> list[Aim]:
        """Those that this run can tell about: a quick run has no turn 900."""
        p50, p99, start = self["free_p50"], self["free_p99"], self["start"]
        aims = [
            Aim("a whole turn, p50 at most 12 ms", f"{p50.camille:.1f} ms", p50.camille <= 12),
            Aim("a whole turn, p99 at most 40 ms", f"{p99.camille:.1f} ms", p99.camille <= 40),
            Aim("ten times less than stock at p99", f"{p99.ratio:.1f} times", p99.ratio >= 10),
            Aim("ready in a third of the stock time", f"{start.ratio:.1f} times", start.ratio >= 3),
        ]
        if any(row.key == "growth" for row in self.rows):
            growth = self["growth"].camille
            aims.append(Aim("flat from turn 1 to turn 900", f"{growth:.2f} times", growth <= NOISE))
        return aims

    def show(self, console: Console) -> None:
        table = Table("measure", "unit", title="Camille beside a stock Rasa, in one run")
        for name in ("stock Rasa", "Camille", "stock / Camille"):
            table.add_column(name, justify="right")
        for row in self.rows:
            ratio = f"{row.ratio:,.1f}" if row.ratio else ""
            table.add_row(row.title, row.unit, f"{row.stock:,.1f}", f"{row.camille:,.1f}", ratio)
        console.print(table)
        aims = Table("aim", title="What the project aims at")
        aims.add_column("found", justify="right")
        aims.add_column("")
        for aim in self.aims():
            aims.add_row(aim.title, aim.found, "[green]reached[/]" if aim.reached else "[red]not reached[/]")
        console.print(aims)

    def keep(self, at: datetime, conditions: dict[str, Any]) -> None:
        """Append this run to the history, one JSON line."""
        run = {
            "at": at.astimezone(timezone.utc).isoformat(timespec="seconds"),
            "revision": revision(),
            "machine": machine(),
            **conditions,
            "figures": {row.key: {"stock": round(row.stock, 2), "camille": round(row.camille, 2)} for row in self.rows},
        }
        with HISTORY.open("a", encoding="utf-8") as history:
            history.write(json.dumps(run, ensure_ascii=False) + "\n")


def machine() -> str:
    """What it ran on, without its name."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text().splitlines() if cpu.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = (platform.system(), platform.machine(), model, f"{os.cpu_count()} cores", f"{memory:.0f} GB")
    return ", ".join(part for part in parts if part)


def revision() -> str:
    """The commit that is checked out, read from git's own files; changes not yet committed do not show."""
    git = ROOT / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head[:12]
        name = head.removeprefix("ref: ")
        if (git / name).exists():
            return (git / name).read_text(encoding="ascii").strip()[:12]
        packed = (git / "packed-refs").read_text(encoding="ascii").splitlines()
        return next((line[:12] for line in packed if line.endswith(f" {name}")), "none yet")
    except OSError:
        return "unknown"

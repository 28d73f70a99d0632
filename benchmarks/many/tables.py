"""What `make load` found, as tables and as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from benchmarks.many.run import Measured

RATE_AIM, P99_AIM = 100.0, 250.0
SETTLES = 10.0
CHANNELS = ("sms", "voice", "web")
CURVE = (0.5, 0.9, 0.95, 0.99, 0.999)


def show(found: Sequence[Measured], console: Console, busy: float) -> None:
    """Every figure that was measured, and the aims."""
    console.print(_waits(found), _memory(found), _costs(found))
    console.print(f"Load of the machine before: {busy:.1f}. Everything, those who write too, was on this one machine.")
    for each in found:
        if each.half and "assistant" in each.name:
            p99 = each.half.at_share(0.99, SETTLES)
            for aim, reached in (
                (f"{each.turns:.0f} turns/s of {RATE_AIM:.0f}", each.turns >= RATE_AIM),
                (f"p99 {p99:.0f} ms of {P99_AIM:.0f}, at half of it", p99 <= P99_AIM),
            ):
                console.print(f"{each.name}: {aim}: {'[green]reached[/]' if reached else '[red]not reached[/]'}")


def drawn(found: Sequence[Measured], path: Path) -> None:
    """Waiting at half load, and the day of who lived one: an SVG with its words as text."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.fonttype": "none", "font.size": 9, "svg.hashsalt": "camille"})
    import matplotlib.pyplot as plt

    days = [each for each in found if each.day]
    figure, axes = plt.subplots(1, 1 + len(days), figsize=(4.2 * (1 + len(days)), 3.4), squeeze=False)
    first, *others = axes[0]
    for each in found:
        if each.half:
            waits = [each.half.at_share(share, SETTLES) for share in CURVE]
            first.plot(
                [f"{100 * share:g}" for share in CURVE], waits, marker="o", label=f"{each.name}, {each.turns / 2:.0f}/s"
            )
    first.axhline(P99_AIM, color="grey", linestyle=":", linewidth=1)
    first.set(title="Waiting at half of the most", xlabel="percentile", ylabel="ms", yscale="log")
    first.legend(fontsize=7)
    for each, axis in zip(days, others, strict=True):
        if each.day:
            hours = sorted({int(at // 5) for at, _, _ in each.day.turns if at < 120})
            spans = [(hour * 5.0, hour * 5.0 + 5.0) for hour in hours]
            axis.bar(hours, [len(each.day.times(*span)) / 5 for span in spans], color="#c9d7e8", label="turns/s")
            axis.set(title=f"A day in two minutes: {each.name}", xlabel="hour", ylabel="turns/s")
            twin = axis.twinx()
            twin.plot(hours, [each.day.at_share(0.99, *span) for span in spans], color="#8a2b0f", label="p99 ms")
            twin.set(ylabel="p99, ms", ylim=(0, None))
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _waits(found: Sequence[Measured]) -> Table:
    table = Table("", "turns/s at most", "at half: turns/s", "p50 ms", "p95", "p99", "max", title="How many, how long")
    for name in (
        "sms p99",
        "voice p99",
        "web p99",
        "rush: worst ms",
        "calm again p99",
        "day: turns",
        "day p99",
        "faults",
    ):
        table.add_column(name, justify="right")
    for each in found:
        half, rush, day = each.half, each.rush, each.day
        if not half:
            continue
        seconds = max(at for at, _, _ in half.turns) - SETTLES
        cells = [f"{each.turns:.1f}", f"{len(half.times(SETTLES)) / seconds:.1f}"]
        cells += [f"{half.at_share(share, SETTLES):.0f}" for share in (0.5, 0.95, 0.99, 1.0)]
        cells += [_of(half.of(channel).at_share(0.99, SETTLES)) for channel in CHANNELS]
        cells += [f"{rush.at_share(1.0):.0f}", f"{rush.at_share(0.99, 45.0):.0f}"] if rush else ["", ""]
        cells += [f"{len(day.turns):,}", f"{day.at_share(0.99):.0f}"] if day else ["", ""]
        table.add_row(each.name, *cells, str(each.faults))
    return table


def _of(ms: float) -> str:
    return f"{ms:.0f}" if ms else ""


def _memory(found: Sequence[Measured]) -> Table:
    table = Table("", "processes of", title="Memory, MB: own to each, and with its part of what is shared")
    for name in ("number", "own", "with shared"):
        table.add_column(name, justify="right")
    for each in found:
        for role, memory in each.memory.items():
            table.add_row(each.name, role, str(memory.processes), f"{memory.own:.0f}", f"{memory.share:.0f}")
    return table


def _costs(found: Sequence[Measured]) -> Table:
    """Per 1,000 finished activations, whoever gave up included."""
    table = Table("", title="Per 1,000 finished activations")
    for name in (
        "turns",
        "SMS segments in",
        "out",
        "minutes of calls",
        "processor s",
        "of that faces",
        "minds",
        "MB stored",
    ):
        table.add_column(name, justify="right")
    for each in found:
        if not each.half or not each.half.counts.get("finished"):
            continue
        share = 1000 / each.half.counts["finished"]
        counts, spent = each.half.counts, each.processor
        cells = [
            len(each.half.turns),
            counts.get("segments in", 0),
            counts.get("segments out", 0),
            each.half.spoken / 60,
        ]
        cells += [sum(spent.values()), spent.get("faces", 0.0), spent.get("minds", 0.0), each.grown / 2**20]
        table.add_row(each.name, *(f"{cell * share:,.0f}" for cell in cells))
    return table

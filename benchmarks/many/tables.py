"""What `make load` found, as tables and as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.many.measured import CALM_AGAIN, HOUR, SETTLES, Measured

RATE_AIM, P99_AIM = 100.0, 250.0
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
            hours = sorted({int(at // HOUR) for at, _, _ in each.day.turns if at < 24 * HOUR})
            spans = [(number * HOUR, (number + 1) * HOUR) for number in hours]
            axis.bar(hours, [len(each.day.times(*span)) / HOUR for span in spans], color="#c9d7e8", label="turns/s")
            axis.set(title=f"A day in fast motion: {each.name}", xlabel="hour", ylabel="turns/s")
            twin = axis.twinx()
            twin.plot(hours, [each.day.at_share(0.99, *span) for span in spans], color="#8a2b0f", label="p99 ms")
            twin.set(ylabel="p99, ms", ylim=(0, None))
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _waits(found: Sequence[Measured]) -> Table:
    table = _by_way(found, "How many, how long")
    table.add_row("turns/s at most", *(f"{each.turns:.1f}" for each in found))
    halves = [(each.half, each.half.of) for each in found if each.half]
    rates = [len(half.times(SETTLES)) / (max(at for at, _, _ in half.turns) - SETTLES) for half, _ in halves]
    table.add_row("at half of it: turns/s", *(f"{rate:.1f}" for rate in rates))
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("longest", 1.0)):
        table.add_row(f"  {name}, ms", *(f"{half.at_share(share, SETTLES):.0f}" for half, _ in halves))
    for channel in CHANNELS:
        table.add_row(f"  p99 by {channel}, ms", *(_of(of(channel).at_share(0.99, SETTLES)) for _, of in halves))
    table.add_row("a rush: longest, ms", *(_of(each.rush.at_share(1.0)) if each.rush else "" for each in found))
    table.add_row(
        "  calm again: p99, ms", *(_of(each.rush.at_share(0.99, CALM_AGAIN)) if each.rush else "" for each in found)
    )
    table.add_row("a day: turns", *(f"{len(each.day.turns):,}" if each.day else "" for each in found))
    table.add_row("  p99, ms", *(_of(each.day.at_share(0.99)) if each.day else "" for each in found))
    table.add_row("wrong answers", *(str(each.faults) for each in found))
    return table


def _by_way(found: Sequence[Measured], title: str) -> Table:
    table = Table("", title=title, title_justify="left")
    for each in found:
        table.add_column(each.name, justify="right")
    return table


def _of(ms: float) -> str:
    return f"{ms:.0f}" if ms else ""


def _memory(found: Sequence[Measured]) -> Table:
    table = _by_way(found, "Memory, MB: own / with its part of what several processes share (processes)")
    roles = dict.fromkeys(role for each in found for role in each.memory)
    for role in roles:
        cells = [each.memory.get(role) for each in found]
        table.add_row(role, *(f"{it.own:.0f} / {it.share:.0f} ({it.processes})" if it else "" for it in cells))
    return table


def _costs(found: Sequence[Measured]) -> Table:
    walked = [each for each in found if each.costs]
    table = _by_way(walked, "Per 1,000 finished activations, those who gave up included")
    for name in dict.fromkeys(name for each in walked for name in each.costs):
        cells = [each.costs.get(name) for each in walked]
        table.add_row(name, *(f"{figure:,.0f}" if figure else "" for figure in cells))
    return table

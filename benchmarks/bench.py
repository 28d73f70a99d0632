"""The run: starts both, warms both up, asks both the same things in turns, prints one table, keeps a line of history.

`python -m benchmarks.bench` takes some fifteen minutes, and some more the first time: the stock model is trained.
With `--quick` the long conversation ends after turn 100, and nothing is kept in the history.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from statistics import median

from rich.console import Console

from benchmarks.camille import Camille
from benchmarks.figures import Figures
from benchmarks.load import Answer, Load, percentile
from benchmarks.messages import free_sentences
from benchmarks.service import BenchError
from benchmarks.stock import EPOCHS, Stock

VAR = Path(__file__).resolve().parent / "var"
# The first start also reads the disk; the better one is what a restart costs.
STARTS = 2
WARM_UP = 40
# Ten turns a person, as long as a real exchange: a stock conversation slows down as it grows.
EXCHANGE = 10
PASSES = 10
# « 1 » most of the time walks forward; « 2 » takes the other branches.
NUMBERS = ("1", "1", "2", "1", "1", "1", "2", "1", "1", "1")
NUMBERED_PERSONS = 20
CLIENTS, CLIENT_TURNS, ROUNDS = 8, 30, 2
LONG, STAGES, AROUND = 930, (1, 100, 900), 30
SLICE, SHORT = 50, 10
# The load of a machine on which nobody else works.
QUIET = 0.5

System = Stock | Camille


class Bench:
    """Both systems, already started, and the clients."""

    def __init__(self, systems: Sequence[System], load: Load, sentences: Sequence[str]) -> None:
        self.systems = systems
        self.load = load
        self.sentences = sentences
        self.silent = dict.fromkeys((system.name for system in systems), 0)
        self._persons = 0

    def someone(self) -> int:
        """A person nobody has seen yet."""
        self._persons += 1
        return self._persons

    def ask(self, system: System, person: int, texts: Sequence[str]) -> list[float]:
        """Milliseconds of each turn of one exchange."""
        answers = self.load.turns(system.port, [system.request(person, text) for text in texts])
        return [answer.ms for answer in self._heard(system, answers)]

    def warm_up(self) -> None:
        """Raises BenchError when one of them says nothing at all: its silence would be the faster."""
        for system in self.systems:
            self.ask(system, self.someone(), self._some(0, WARM_UP))
            if self.silent[system.name] == WARM_UP:
                raise BenchError(f"{system.name} answers nothing: its model may be broken. Delete benchmarks/var.")

    def free(self) -> list[list[float]]:
        """Every sentence PASSES times, each exchange given to one system and then to the other."""
        found: list[list[float]] = [[] for _ in self.systems]
        for number in range(PASSES * len(self.sentences) // EXCHANGE):
            texts, person = self._some(number * EXCHANGE + number, EXCHANGE), self.someone()
            for index in self._turnabout(number):
                found[index] += self.ask(self.systems[index], person, texts)
        return found

    def numbered(self) -> list[list[float]]:
        """Choices by number, after a greeting that is not counted."""
        found: list[list[float]] = [[] for _ in self.systems]
        for number in range(NUMBERED_PERSONS):
            person = self.someone()
            for index in self._turnabout(number):
                found[index] += self.ask(self.systems[index], person, ("bonjour", *NUMBERS))[1:]
        return found

    def together(self) -> list[float]:
        """Turns per second with CLIENTS people at once."""
        seconds = [0.0 for _ in self.systems]
        for number in range(ROUNDS):
            for index in self._turnabout(number):
                system = self.systems[index]
                clients = []
                for client in range(CLIENTS):
                    requests = []
                    for start in range(0, CLIENT_TURNS, EXCHANGE):
                        person = self.someone()
                        texts = self._some(client * 7 + start, EXCHANGE)
                        requests += [system.request(person, text) for text in texts]
                    clients.append(requests)
                took, answers = self.load.together(system.port, clients)
                seconds[index] += took
                for heard in answers:
                    self._heard(system, heard)
        return [ROUNDS * CLIENTS * CLIENT_TURNS / took for took in seconds]

    def long(self, person: int, turns: int, console: Console) -> list[list[float]]:
        """The conversation of `person` with each, of `turns` turns, by slices: by telephone, where the system has one.

        Who writes sixty SMS an hour is left without an answer, and silence is fast.
        """
        found: list[list[float]] = [[] for _ in self.systems]
        for number, start in enumerate(range(0, turns, SLICE)):
            for index in self._turnabout(number):
                found[index] += self._slice(self.systems[index], person, start, min(SLICE, turns - start))
            if start % 100 == 0 and start:
                console.print(f"  turn {start} of {turns}")
        return found

    def beside(self, person: int, turns: int) -> list[float]:
        """Of each system, how much dearer a turn is after `turns` turns than for somebody new in the same seconds.

        A machine may be slower at the end of a run than at its beginning: only in turns is it told from a conversation
        that slows down.
        """
        found = []
        for system in self.systems:
            old, new, other = list[float](), list[float](), self.someone()
            for start in range(0, 2 * AROUND, SHORT):
                old += self._slice(system, person, turns + start, SHORT)
                new += self._slice(system, other, start, SHORT)
            found.append(median(old) / median(new))
        return found

    def _slice(self, system: System, person: int, start: int, turns: int) -> list[float]:
        """Milliseconds of `turns` turns of one conversation, from turn `start` on."""
        if first := system.before(person, start):
            self.load.turns(system.port, first)
        texts = self._some(start, turns)
        requests = [system.going_on(person, start + turn, text) for turn, text in enumerate(texts)]
        return [answer.ms for answer in self._heard(system, self.load.turns(system.port, requests))]

    def _some(self, start: int, count: int) -> list[str]:
        return [self.sentences[(start + index) % len(self.sentences)] for index in range(count)]

    def _turnabout(self, number: int) -> list[int]:
        order = list(range(len(self.systems)))
        return order if number % 2 == 0 else order[::-1]

    def _heard(self, system: System, answers: Sequence[Answer]) -> Sequence[Answer]:
        self.silent[system.name] += sum(not system.spoke(answer) for answer in answers)
        return answers


def run(console: Console, *, quick: bool) -> None:
    """Measure everything once. Raises BenchError when it cannot be."""
    at, busy = datetime.now(timezone.utc), os.getloadavg()[0]
    if busy > QUIET:
        console.print(f"[yellow]The machine is busy (load {busy:.1f}): the figures will be worse than they should.[/]")
    sentences, left_out = free_sentences()
    if left_out:
        console.print(f"{len(left_out)} sentences left out: Rasa would not see them as new. {left_out}")
    with _scratch() as scratch, Load() as load:
        stock, camille = Stock(VAR, scratch), Camille(scratch)
        if not stock.model.exists():
            console.print(f"Training the stock project, once: some minutes. {stock.log}")
            stock.train()
        try:
            systems: tuple[System, ...] = (stock, camille)
            starts: list[list[float]] = [[], []]
            for number in range(STARTS):
                for system, found in zip(systems, starts, strict=True):
                    system.stop()
                    console.print(f"Starting {system.name} ({number + 1} of {STARTS})")
                    found.append(system.start())
            bench = Bench(systems, load, sentences)
            figures = _measure(bench, console, quick=quick)
            figures.add("start", "start to ready, better of two", "s", min(starts[0]), min(starts[1]))
            figures.add("memory", "peak memory, all processes", "MB", stock.peak_memory(), camille.peak_memory())
            figures.add("silent", "turns without an answer", "", *map(float, bench.silent.values()))
        finally:
            stock.stop()
            camille.stop()
    figures.show(console)
    if not quick:
        figures.keep(at, {"load_before": round(busy, 2), "epochs": EPOCHS, "sentences": len(sentences)})


def _measure(bench: Bench, console: Console, *, quick: bool) -> Figures:
    figures = Figures()
    console.print("Warming up")
    bench.warm_up()
    for key, title, measure in (("free", "free sentence", bench.free), ("number", "choice by number", bench.numbered)):
        console.print(f"Measuring: {title}")
        stock, camille = measure()
        for name, share in (("p50", 0.50), ("p95", 0.95), ("p99", 0.99), ("max", 1.0)):
            figures.add(f"{key}_{name}", f"{title}, {name}", "ms", percentile(stock, share), percentile(camille, share))
    console.print(f"Measuring: {CLIENTS} people at once")
    figures.add("rate", f"{CLIENTS} people at once", "turns/s", *bench.together())
    console.print("Measuring: one long conversation")
    person, turns = bench.someone(), STAGES[1] + AROUND if quick else LONG
    stock, camille = bench.long(person, turns, console)
    for stage in STAGES:
        if stage <= len(camille):
            title = f"turn {stage} of one conversation"
            figures.add(f"turn_{stage}", title, "ms", _around(stock, stage), _around(camille, stage))
    if not quick:
        figures.add("growth", f"turn {turns}, beside a newcomer's", "times", *bench.beside(person, turns))
    return figures


def _around(turns: Sequence[float], stage: int) -> float:
    """The median of the sixty turns around `stage` (the first sixty for the first): each sentence is in it once."""
    first = max(stage - AROUND, 0)
    return median(turns[first : first + 2 * AROUND])


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder for what the servers write: kept when the run fails, so that their logs can be read."""
    VAR.mkdir(exist_ok=True)
    for old in VAR.glob("run-*"):
        shutil.rmtree(old)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=VAR))
    yield folder
    shutil.rmtree(folder)


def main() -> int:
    """0 when everything was measured, reached or not: aims are told, never asserted."""
    parser = argparse.ArgumentParser(description="Measure Camille beside a stock Rasa.")
    parser.add_argument("--quick", action="store_true", help="skip the conversation of 900 turns, keep nothing")
    console = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    try:
        run(console, quick=parser.parse_args().quick)
    except BenchError as error:
        console.print(f"[red]{error}[/]")
        return 1
    except KeyboardInterrupt:
        console.print("Stopped.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

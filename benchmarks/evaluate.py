"""`make evaluate`: Camille, stock Rasa, TF-IDF with a linear SVM and fastText on the same messages, in one run.

`python -m benchmarks.evaluate [FILE ...]` writes reports/evaluation.md as `camille evaluate` does, with one more table.
Stock Rasa takes a night to learn, the first time; `--quick` leaves it out unless it has learnt already.

`python -m benchmarks.evaluate --few 8 TRAIN.jsonl TEST.jsonl` compares the same four on any labelled messages, learning
from 8 examples of each intent, drawn three times: that is how a public set of intents is tried. Camille is then her
components alone: no gate, no word list of hers applies to other people's intents.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from rich.console import Console

from assistant.errors import CamilleError
from assistant.evaluation.labelled import MessageSet, read_labelled
from assistant.evaluation.report import REPORT, Peer, write
from assistant.settings import ROOT
from benchmarks.peers.peer import Lesson
from benchmarks.peers.rasa_model import stock
from benchmarks.peers.running import PEERS
from benchmarks.service import BenchError
from benchmarks.side_by_side import Rights, beside, lesson, served, served_right, show
from channels.cli.evaluate import make_ready, measured

REPORTS = ROOT / "reports"
# As Rasa ships it.
EPOCHS = 100
DRAWS = 3
SEED = 20261123
# Where the output goes to a file, the table still has room.
WIDTH = 130


def whole(files: Sequence[Path], epochs: int, console: Console, *, quick: bool) -> None:
    """Everything on the whole training data, into the report: written again after each peer, since the last is slow."""
    learnt = [lesson(read_labelled(ROOT / "data" / "nlu").messages)]
    make_ready(REPORTS)
    evaluation = measured(files)
    sets = [section.messages for section in evaluation.sections]
    peers = [(served(evaluation), 0.0)]
    for found in _peers(learnt, sets, epochs, console, quick=quick, camille=served_right(evaluation)):
        peers.append(found)
        write(replace(evaluation, peers=[peer for peer, _ in peers]), REPORTS)
    show(console, peers, sets)
    console.print(f"The report: {(REPORTS / REPORT).relative_to(ROOT)}")


def few(examples: int, files: Sequence[Path], epochs: int, draws: int, console: Console, *, quick: bool) -> None:
    """The same from `examples` of each intent. `files` are what to learn from, then what to be asked."""
    taught, asked = (read_labelled(file) for file in files)
    unknown = {message.intent for message in asked.messages} - {message.intent for message in taught.messages}
    if unknown:
        console.print(f"{len(unknown)} intents are asked and never taught: they count as wrong. {sorted(unknown)[:5]}")
    learnt = [drawn(taught, examples, draw) for draw in range(draws)]
    console.print(f"{len(learnt[0].texts)} messages of {len(set(learnt[0].intents))} intents, drawn {draws} times.")
    show(console, list(_peers(learnt, [asked], epochs, console, quick=quick)), [asked])


def drawn(messages: MessageSet, examples: int, draw: int) -> Lesson:
    """`examples` messages of each intent, or all when it has fewer. The same `draw` gives the same ones."""
    by_intent: dict[str, list[int]] = {}
    for place, message in enumerate(messages.messages):
        by_intent.setdefault(message.intent, []).append(place)
    chosen = []
    for intent in sorted(by_intent):
        places = by_intent[intent]
        chosen += Random(f"{SEED} {draw} {intent}").sample(places, min(examples, len(places)))
    return lesson([messages.messages[place] for place in sorted(chosen)])


def _peers(
    learnt: Sequence[Lesson],
    sets: Sequence[MessageSet],
    epochs: int,
    console: Console,
    *,
    quick: bool,
    camille: Rights | None = None,
) -> Iterator[tuple[Peer, float]]:
    """Each peer as it is done, the slow one last. One that cannot learn this is told and left out."""
    for name in PEERS:
        if name == "stock" and not all(stock(epochs).is_learnt(each) for each in learnt):
            if quick:
                console.print("Stock Rasa is left out: it has not learnt this yet.")
                continue
            console.print("Stock Rasa learns this for the first time: minutes for hundreds of messages, hours for all.")
        console.print(f"Learning and answering: {name}")
        try:
            yield beside(name, learnt, sets, epochs, camille)
        except BenchError as error:
            console.print(f"Left out: {error}", markup=False)


def main() -> int:
    """0 when everything was measured. What cannot be is told in one sentence."""
    parser = argparse.ArgumentParser(description="Compare how Camille and others understand the same messages.")
    parser.add_argument("files", nargs="*", type=Path, help="labelled messages; with --few, TRAIN and TEST")
    parser.add_argument("--quick", action="store_true", help="leave stock Rasa out unless it has learnt already")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="of stock Rasa (default: 100, as shipped)")
    parser.add_argument("--few", type=int, metavar="N", help="learn from N examples of each intent of TRAIN")
    parser.add_argument("--draws", type=int, default=DRAWS, help="with --few: how many times to draw (default: 3)")
    asked, console = parser.parse_args(), Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    if asked.few is not None and (len(asked.files) != 2 or asked.few < 1 or asked.draws < 1):
        parser.error("--few takes a number of at least 1 and two files: --few 8 TRAIN.jsonl TEST.jsonl")
    try:
        if asked.few is None:
            whole(asked.files, asked.epochs, console, quick=asked.quick)
        else:
            few(asked.few, asked.files, asked.epochs, asked.draws, console, quick=asked.quick)
    except (BenchError, CamilleError) as error:
        console.print(f"[red]{error}[/]")
        return 1
    except KeyboardInterrupt:
        console.print("Stopped.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`camille evaluate`: how well labelled messages are understood, as written and under noise; a report and a picture."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from assistant.clock import now
from assistant.content.book import open_book
from assistant.conversation import Conversation
from assistant.errors import SettingError
from assistant.evaluation import scores
from assistant.evaluation.curve import thresholds
from assistant.evaluation.hearing import heard
from assistant.evaluation.judged import Judged
from assistant.evaluation.labelled import MessageSet, read_labelled
from assistant.evaluation.nearness import met
from assistant.evaluation.report import PICTURE, REPORT, Evaluation, Section, between, number, percent, prepare, write
from assistant.evaluation.shares import Share
from assistant.evaluation.variants import CLEAN, VARIANTS, written
from assistant.settings import ROOT, Settings
from channels.cli.opening import opened
from channels.cli.parse import understood

USUAL = (ROOT / "tests" / "nlu" / "dev", ROOT / "tests" / "nlu" / "test")
# The first messages of a process are slower: caches fill.
WARM_UP = 20
SHOWN = {"clean": "tels quels", "light": "bruit léger", "average": "bruit moyen", "heavy": "bruit fort"}


def evaluate(files: Sequence[Path], folder: Path) -> None:
    """Measure `files` (by default the project's own), print a summary, and write the report into `folder`."""
    console = Console()
    make_ready(folder)
    evaluation = measured(files)
    write(evaluation, folder)
    for section in evaluation.sections:
        console.print(_summary(section))
    console.print(f"Le rapport : {folder / REPORT}, et son image : {folder / PICTURE}", soft_wrap=True)


def make_ready(folder: Path) -> None:
    """Before measuring for minutes: raises SettingError when `folder` cannot be written."""
    try:
        prepare(folder)
    except OSError as error:
        raise SettingError(f"le dossier {folder} ne peut pas être écrit. Un autre : --dossier AUTRE") from error


def measured(files: Sequence[Path]) -> Evaluation:
    """What Camille makes of `files`. Raises ContentError for a file that cannot be read, before anything is loaded."""
    progress, topics = Console(stderr=True), open_book(ROOT / "data").topics
    sets = list(_apart([read_labelled(file, topics) for file in files or USUAL]))
    busy = os.getloadavg()[0]
    with opened(progress) as (settings, conversation):
        learnt = [message.text for message in read_labelled(settings.data / "nlu").messages]
        for message in sets[0].messages[:WARM_UP]:
            understood(conversation, message.text)
        sections = [_section(conversation, each, learnt, progress) for each in sets]
        return Evaluation(now(), _model(settings), thresholds(ROOT / "config.yml"), sections, busy=busy)


def _apart(sets: Sequence[MessageSet]) -> Iterator[MessageSet]:
    """The same, each under a name of its own: two folders may hold files of one name."""
    seen: Counter[str] = Counter()
    for each in sets:
        seen[each.name] += 1
        yield replace(each, name=f"{each.name} ({seen[each.name]})") if seen[each.name] > 1 else each


def _section(conversation: Conversation, messages: MessageSet, learnt: Sequence[str], console: Console) -> Section:
    variants: dict[str, Sequence[Judged]] = {}
    spent: list[float] = []
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        for variant in VARIANTS:
            task = progress.add_task(f"{messages.name}, {SHOWN[variant]}", total=len(messages.messages))
            judged = []
            for message in messages.messages:
                text = written(message.text, variant)
                start = time.perf_counter()
                found = understood(conversation, text)
                if variant == CLEAN:
                    spent.append(1000 * (time.perf_counter() - start))
                reaction = heard(conversation.guide, found.masked, found.ranking, found.decided)
                judged.append(Judged(message, reaction))
                progress.advance(task)
            variants[variant] = judged
    return Section(messages, variants, spent, met((message.text for message in messages.messages), learnt))


def _model(settings: Settings) -> str:
    """The name of the model: the first letters of what it was made of."""
    record = json.loads((settings.models / "camille.json").read_text(encoding="ascii"))
    return str(record["fingerprint"])[:12]


def _summary(section: Section) -> Table:
    """The figures that matter, one line a variant."""
    table = Table(title=f"{section.messages.name} : {number(len(section.clean))} messages", title_justify="left")
    table.add_column("")
    for name in ("bon thème en premier", "dans les trois", "Camille demande", "juste, après une question"):
        table.add_column(name, justify="right")
    for variant, judged in section.variants.items():
        found = scores.behaviour(judged)
        shares = (found.first, found.first_three, found.asked, found.after_one_question)
        table.add_row(SHOWN[variant], *(percent(share.value) for share in shares))
    table.caption = "\n".join(_told(section))
    table.caption_justify = "left"
    return table


def _told(section: Section) -> Iterable[str]:
    dangers, outside = scores.safety(section.clean), scores.scope(section.clean)
    yield f"Bon thème en premier, intervalle à 95 % : {between(scores.behaviour(section.clean).first.interval)}."
    yield f"Dangers manqués : {_counted(dangers.missed)} ; fausses alarmes : {_counted(dangers.alarms)}."
    yield f"Hors sujet reconnu : {_counted(outside.recognised)} ; écartés à tort : {_counted(outside.turned_away)}."
    yield f"Temps par message : p50 {number(section.spent(0.5), 1)} ms, p95 {number(section.spent(0.95), 1)} ms."


def _counted(share: Share) -> str:
    return f"{number(share.hits)} sur {number(share.total)}"

"""`camille check`: reads all that Camille can say, on the three channels, and names each fault."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.panel import Panel

from assistant.content.book import Book, read_book
from assistant.content.document import Problem
from assistant.content.facts import Fact
from assistant.content.rules import banned_words, faults, hard_to_read, outdated, texts
from assistant.content.wording import CHANNELS
from assistant.conversation import now
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.settings import ROOT
from assistant.telling import Outcome
from assistant.turns import Choice
from channels.sms.segments import GSM, Segments
from channels.sms.text import written

DATA = ROOT / "data"
MOST_SEGMENTS = 2  # each one is paid, and long messages come late or in pieces (docs/architecture.md, « SMS »)


def check(show: str) -> None:
    """Print every fault, one a line, and exit with 1 when there is any; or show one text as people will see it."""
    book, problems = read_book(DATA)
    console = Console()
    if show:
        _show(book, show, console)
        return
    found = sorted(problems) or sorted(_review(book, now().date()))
    for problem in found:
        console.print(str(problem), markup=False, highlight=False, soft_wrap=True)
    if found:
        console.print(f"\n{len(found)} défaut(s).")
        sys.exit(1)
    total = sum(1 for _ in texts(book))
    console.print(f"Tout est bon : {total} textes relus, {len(book.facts)} faits.")


def _review(book: Book, today: date) -> Iterator[Problem]:
    places = _places(DATA)
    banned = banned_words(DATA)

    def at(name: str, sentence: str) -> Problem:
        file, line = places.get(name, ("data", 1))
        return Problem(file, line, f"« {name} » {sentence}")

    for text in texts(book):
        for fault in faults(text, banned):
            yield at(text.name, f"({text.role}, {text.channel}) : {fault}")
    for name, score in hard_to_read(book):
        yield at(name, f"se lit difficilement ({score:.0f}, il faut 65) : mots plus courts, phrases plus courtes")
    for name, what in outdated(book, today):
        yield at(name, f"est à relire : {what}")
    for name, outcome in _sms(book):
        sent = written(outcome.reply)
        size = Segments.of(sent)
        if size.encoding != "GSM-7":
            yield at(name, f"(sms) : ces lettres coûtent cher en SMS : {' '.join(sorted(set(sent) - GSM))}")
        elif size.count > MOST_SEGMENTS:
            yield at(name, f"(sms) : {size.count} SMS au lieu de {MOST_SEGMENTS} : « {sent} »")


def _sms(book: Book) -> Iterator[tuple[str, Outcome]]:
    """Each thing that can be sent, as the guide sends it: with its progress and its choices."""
    guide = Guide(book)
    for journey in book.journeys.values():
        for step in journey.steps.values():
            here = Progress(journey.name, step.name, "going", met=CHANNELS, last=(f"step:{step.name}",))
            for simply in (False, True):
                outcome = guide.hear(here, "sms", "ne_comprend_pas" if simply else "repeter")
                yield step.name, outcome
    for journey in book.journeys.values():
        yield journey.start, guide.hear(Progress(), "sms", journey.name)
    for name in book.topics:
        yield name, guide.hear(Progress(), "sms", name)
        for simply in (False, True):
            outcome = guide.hear(Progress(met=CHANNELS), "sms", name)
            yield name, guide.hear(outcome.progress, "sms", "ne_comprend_pas") if simply else outcome


def _places(data: Path) -> dict[str, tuple[str, int]]:
    """File and line of each step and answer, by its name."""
    found = {}
    for path in sorted([*data.glob("answers/*.yml"), *data.glob("journeys/*.yml")]):
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            name = text.strip().removesuffix(":")
            depth = len(text) - len(text.lstrip())
            if text.endswith(":") and depth == (2 if path.parent.name == "journeys" else 0):
                found[name] = (path.relative_to(data.parent).as_posix(), line)
    return found


def _show(book: Book, name: str, console: Console) -> None:
    """One answer or step on the three channels, with its choices and its facts."""
    steps = {step.name: step for journey in book.journeys.values() for step in journey.steps.values()}
    entry = steps.get(name) or book.answers.get(name)
    if entry is None:
        console.print(f"Il n'y a ni étape ni réponse « {name} ».")
        sys.exit(1)
    for channel in CHANNELS:
        for title, wording in (("", entry.say), (" (autrement)", entry.simpler)):
            if wording:
                lines = [wording.on(channel), *(_told(choice) for choice in entry.choices)]
                console.print(Panel("\n".join(lines), title=channel + title, title_align="left", width=84))
    for fact in entry.basis.facts:
        console.print(_basis(book.facts[fact]), markup=False, highlight=False)
    console.print(f"Relu le {entry.basis.checked:%d/%m/%Y}.")


def _told(choice: Choice) -> str:
    return f"  {choice.key} = {choice.label}   [dim]→ {choice.goes}[/]"


def _basis(fact: Fact) -> str:
    return f"{fact.name} ({fact.confidence}) : {fact.statement} Source : {fact.source}."

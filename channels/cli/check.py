"""`camille check`: reads all that Camille can say, on the three channels, and names each fault."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.panel import Panel

from assistant.clock import now
from assistant.content.book import Book, read_book
from assistant.content.document import Problem
from assistant.content.entries import Places, Text, entries, texts
from assistant.content.facts import Fact
from assistant.content.rules import banned_words, faults, hard_on_average, review
from assistant.content.ways import trapped
from assistant.content.wording import CHANNELS
from assistant.errors import SettingError
from assistant.guide import Guide
from assistant.settings import ROOT
from assistant.turns import Choice
from channels.cli.advice import review_advice
from channels.cli.cost import too_dear
from channels.cli.drawings import review_drawings
from channels.cli.glossary import review_glossary
from channels.cli.inventory import MOST_SEGMENTS, inventory, sms
from channels.cli.inventory_table import REPORT, report, table, totals
from channels.cli.invitation import review_invitation

DATA = ROOT / "data"
PAPER = "papier"


def check(show: str = "", *, tabled: bool = False, folder: Path | None = None) -> None:
    """Print every fault, one a line, and exit with 1 when there is any.

    Or show one text as people will see it; or count all that can be said, and write it into `folder` too.
    """
    book, broken = read_book(DATA)
    console = Console()
    if show:
        _show(book, show, console)
        return
    today = now().date()
    found = sorted(broken + list(_review(book, today, DATA, whole=not broken)))
    for problem in found:
        console.print(str(problem), markup=False, highlight=False, soft_wrap=True)
    if found:
        console.print(f"\n{len(found)} défaut(s).")
    if broken:
        console.print("Les SMS seront comptés quand les textes et les liens seront complets.")
    elif tabled:
        _count(book, today, folder, console)
    if found:
        sys.exit(1)
    total = sum(1 for _ in texts(book))
    console.print(f"Tout est bon : {total} textes relus, {len(book.facts)} faits.")


def _count(book: Book, today: date, folder: Path | None, console: Console) -> None:
    counted = inventory(book, today)
    console.print(table(counted))
    console.print()
    for line in totals(counted):
        console.print(line, highlight=False, soft_wrap=True)
    if folder:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / REPORT).write_text(report(counted, today), encoding="utf-8")
        except OSError as error:
            raise SettingError(f"le dossier {folder} ne peut pas être écrit. Un autre : --dossier AUTRE") from error
        console.print(f"Le rapport : {folder / REPORT}", soft_wrap=True)


def _review(book: Book, today: date, data: Path = DATA, *, whole: bool = True) -> Iterator[Problem]:
    """What is wrong with the words of `book`. SMS are composed only when it is `whole`: they need every link."""
    places, banned, content = Places(data), banned_words(data), list(entries(book))
    for entry in content:
        for text, fault in review(entry, banned, book.facts, today):
            if text:
                told = f"« {text.name} » ({text.role}, {text.channel}) : {fault}"
                yield places.problem(text.name, text.step, told, text.role, text.channel)
            else:
                yield places.problem(entry.name, entry.step, f"« {entry.name} » {fault}")
    for entry, fault in hard_on_average(content):
        yield places.problem(entry.name, entry.step, f"« {entry.name} » {fault}")
    yield from _review_leaflets(book, banned)
    if whole:
        yield from _review_sms(book, places)
        yield from review_invitation(book, places)
        for name, fault in trapped(book):
            yield places.problem(name, True, f"« {name} » {fault}")
        yield from review_advice(book, today, data)
        yield from review_glossary(book, today, data)
        yield from review_drawings(book, today, data)


def _review_leaflets(book: Book, banned: dict[str, str]) -> Iterator[Problem]:
    for line in (line for leaflet in book.leaflets.values() for line in leaflet.lines if line.own):
        for fault in faults(Text(line.step, PAPER, "web", line.words, step=False, holds_choices=False), banned):
            yield Problem(*line.at, f"« {line.step} » ({PAPER}) : {fault}")


def _review_sms(book: Book, places: Places) -> Iterator[Problem]:
    """Each SMS as it is sent, with its choices."""
    for sent in sms(Guide(book)):
        fault = too_dear(sent.text, MOST_SEGMENTS)
        if fault:
            told = f"« {sent.name} » ({sent.role}, sms) : {fault}"
            yield places.problem(sent.name, sent.step, told, sent.role, "sms")


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

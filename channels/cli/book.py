"""`camille book`: all that Camille can say, on one page for a reviewer to read or to print."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from assistant.clock import now
from assistant.content.book import open_book
from assistant.errors import SettingError
from assistant.settings import ROOT
from channels.book.page import book_page


def book(out: Path) -> None:
    """Write the page to `out`. Raises ContentError when the content is broken, SettingError when `out` is no place."""
    content = open_book(ROOT / "data")
    page = book_page(content, now().date())
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        raise SettingError(f"--out : le fichier {out} ne peut pas être écrit.") from error
    steps = sum(len(journey.steps) for journey in content.journeys.values())
    told = (
        f"{len(content.journeys)} parcours, {steps} étapes, {len(content.answers)} réponses, {len(content.facts)} faits"
    )
    console = Console()
    console.print(f"Le livre est écrit : {out} ({told}).", markup=False, highlight=False, soft_wrap=True)
    console.print("Ouvrez-le dans un navigateur. Il se lit et s'imprime sans internet.")

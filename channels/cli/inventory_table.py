"""The inventory of what Camille can say, shown: a table in the terminal, or Markdown from inventory.md.jinja."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.table import Table

from assistant.content import rules
from assistant.content.entries import ENOUGH_WORDS
from assistant.content.french import Measures
from channels.cli.inventory import MOST_SEGMENTS, Inventory, Row

REPORT = "contenu.md"
NONE = "0 !"  # a topic without words on that channel
AIM_SEGMENTS = 1.3  # what the project set itself, SMS a reply
# Two words a head: a channel and a measure, so that the whole fits in a terminal of eighty columns.
HEADS = (
    "thème",
    *("web mots", "web K-M"),
    *("sms long", "sms nb", "sms K-M"),
    *("voix mots", "voix K-M"),
    *("tout K-M", "LIX", "faits", "âge"),
)


def table(found: Inventory) -> Table:
    """One line a topic. The totals are told apart: `totals`."""
    drawn = Table(
        title="Thèmes et canaux",
        title_justify="left",
        box=None,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        header_style="bold",
    )
    for head in HEADS:
        drawn.add_column("\n".join(head.split()), justify="left" if head == HEADS[0] else "right", no_wrap=True)
    for row in found.rows:
        drawn.add_row(*cells(row))
    return drawn


def cells(row: Row) -> list[str]:
    """One topic, in the order of HEADS."""
    web, sms, voice = row.said["web"], row.said["sms"], row.said["voice"]
    return [
        row.topic,
        *(str(web.words) if web.answered else NONE, score(web.measures)),
        *(str(sms.characters) if sms.answered else NONE, str(sms.segments), score(sms.measures)),
        *(str(voice.words) if voice.answered else NONE, score(voice.measures)),
        *(score(row.measures), f"{row.measures.lix:.0f}" if row.measures.words >= ENOUGH_WORDS else "-"),
        *(str(row.facts) if row.facts else "-", str(row.age)),
    ]


def totals(found: Inventory) -> list[str]:
    """What the project set itself, and what was found."""
    measured, many = found.measured, found.segments.total()
    hardest = max((one.lix for one in measured), default=0.0)
    easiest = min((one.kandel_moles for one in measured), default=0.0)
    mean = sum(one.lix for one in measured) / max(1, len(measured))
    return [
        f"Thèmes qui ont une réponse sur les trois canaux : {found.answered} sur {len(found.rows)}.",
        f"SMS par réponse : {figure(found.mean_segments, 2)} en moyenne sur {many} réponses "
        f"(but : {figure(AIM_SEGMENTS)} au plus).",
        f"Réponses de plus de {MOST_SEGMENTS} SMS : {found.over}.",
        f"LIX : {figure(mean)} en moyenne (au plus {rules.MOST_LIX_ON_AVERAGE:.0f}), {figure(hardest)} au pire "
        f"(au plus {rules.MOST_LIX:.0f}), sur {len(measured)} étapes et réponses.",
        f"Kandel-Moles : {figure(easiest)} au pire (au moins {rules.LEAST_KANDEL_MOLES:.0f}).",
        f"Phrases : {max((one.longest for one in measured), default=0)} mots pour la plus longue "
        f"(au plus {rules.LONGEST_SENTENCE}), {figure(max((one.mean for one in measured), default=0.0))} en moyenne "
        f"dans le pire texte (au plus {rules.LONGEST_MEAN_SENTENCE:.0f}).",
        f"Étapes : {sum(found.steps.values())} dans {len(found.steps)} parcours ("
        + ", ".join(f"{title} : {count}" for title, count in found.steps.items())
        + ").",
    ]


def report(found: Inventory, today: date) -> str:
    """The same as Markdown."""
    folder = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=False,  # noqa: S701 - our own words, and a browser never gets them as HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("inventory.md.jinja").render(
        today=today,
        enough=ENOUGH_WORDS,
        heads=HEADS,
        rows=[cells(row) for row in found.rows],
        totals=totals(found),
        steps=found.steps,
        segments=sorted(found.segments.items()),
    )


def score(measures: Measures) -> str:
    """Kandel-Moles; nothing on a few words."""
    return f"{measures.kandel_moles:.0f}" if measures.words >= ENOUGH_WORDS else "-"


def figure(value: float, digits: int = 1) -> str:
    """As a French reader writes it."""
    return f"{value:.{digits}f}".replace(".", ",")

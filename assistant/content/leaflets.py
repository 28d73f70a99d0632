"""The leaflet of each journey: what to prepare and what to do, in boxes that are ticked with a pencil.

Paper answers nothing: it cannot ask « avec photo ou sans photo ? » and wait. A line is therefore the name of a step,
whose words are taken without their questions, or words of its own, which rest on the facts of the step they name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.content.document import Document, Problem
from assistant.content.wording import Form
from assistant.journeys.model import Journey

# After . ? or !, with its closing guillemet if any, before a capital letter or an opening guillemet.
SENTENCE_END = re.compile(r"(?:(?<=[.?!])|(?<=[.?!] »))\s+(?=[A-ZÀ-ÖØ-Þ«])")


@dataclass(frozen=True)
class Line:
    """One box to tick, and the `step` whose facts it rests on. `own`: written for paper, not the step's words.

    `at` is where it is written, for whoever must mend it.
    """

    step: str
    words: str
    own: bool
    at: tuple[str, int]


@dataclass(frozen=True)
class Leaflet:
    """What to prepare, then what to do, `stages` with their lines. A stage without lines has nothing to tick."""

    journey: str
    prepare: tuple[Line, ...]
    stages: tuple[tuple[str, tuple[Line, ...]], ...]
    checked: date

    @property
    def lines(self) -> tuple[Line, ...]:
        return (*self.prepare, *(line for _, lines in self.stages for line in lines))


def read_leaflets(
    documents: Iterable[Document], journeys: dict[str, Journey], broken: set[str], problems: list[Problem]
) -> dict[str, Leaflet]:
    """All leaflets by the name of their journey; what is wrong is added to `problems`.

    A journey that was told to be `broken` has no leaflet, and is not told again.
    """
    leaflets: dict[str, Leaflet] = {}
    for document in documents:
        form = Form(document, (), document.data, problems)
        form.allow("leaflet", "prepare", "steps", "checked")
        name = form.text("leaflet")
        journey = journeys.get(name)
        if journey is None and name in broken:
            continue
        if journey is None:
            form.wrong(f"Le parcours « {name} » n'existe pas.", "leaflet")
            continue
        checked = form.data.get("checked")
        if not isinstance(checked, date):
            form.wrong("Il manque la date de relecture (checked: 2026-11-23).", "checked")
            checked = date.min
        steps = _lines("steps", form, journey)
        stages = tuple(
            (stage, tuple(line for line in steps if journey.steps[line.step].stage == index))
            for index, stage in enumerate(journey.stages, 1)
        )
        leaflets[name] = Leaflet(name, tuple(_lines("prepare", form, journey)), stages, checked)
    return leaflets


def _lines(field: str, form: Form, journey: Journey) -> list[Line]:
    """The lines of `field`: « étape » or « étape: "des mots pour le papier" »."""
    lines = []
    for index, item in enumerate(form.listed(field)):
        step, words = _item(item)
        if step not in journey.steps:
            form.wrong(f"L'étape « {step} » n'existe pas dans le parcours « {journey.name} ».", field, index)
            continue
        at = form.document.file, form.document.lines.get((field, index), 1)
        line = Line(step, words or statements(journey.steps[step].say.web), bool(words), at)
        if not line.words:
            form.wrong(f"L'étape « {step} » ne fait que demander : écrivez ses mots pour le papier.", field, index)
        lines.append(line)
    return lines


def _item(item: Any) -> tuple[str, str]:
    if isinstance(item, dict) and len(item) == 1:
        ((step, words),) = item.items()
        return str(step), " ".join(str(words or "").split())
    return str(item), ""


def statements(text: str) -> str:
    """What `text` says, without what it asks: nobody answers a sheet of paper. A question to say aloud is kept."""
    return " ".join(sentence for sentence in SENTENCE_END.split(text) if not sentence.endswith("?"))

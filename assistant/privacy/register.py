"""The table of purposes in French: what people are told of it, and the lines of the register (GDPR, article 30).

How long is never written by hand: `{life}`, `{typed}` and `{carried}` in data/privacy/purposes.yml are filled from
purposes.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from assistant.content.document import Problem, read
from assistant.content.wording import Form
from assistant.errors import ContentError
from assistant.privacy.purposes import BESIDE, CARRIED, PURPOSES, TYPED_NUMBER, Purpose

NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Entry:
    """One purpose, in words. `told` is "" where people are told nothing, since nothing of it comes from them."""

    purpose: Purpose
    told: str
    data: str
    why: str
    who: str

    @property
    def life(self) -> str:
        return length(self.purpose.life) if self.purpose.life else ""


def read_register(folder: Path) -> tuple[Entry, ...]:
    """The entries of `folder` (data/), in the order of the code. Raises ContentError when they do not match."""
    document, problems = read(folder / "privacy" / "purposes.yml", folder.parent)
    whole = Form(document, (), document.data, problems)
    purposes = (*PURPOSES, *BESIDE)
    whole.allow(*(purpose.name for purpose in purposes))
    found = tuple(_entry(whole, purpose, problems) for purpose in purposes)
    if problems:
        raise ContentError("\n".join(map(str, problems)))
    return found


def length(life: timedelta) -> str:
    """A length as people say it: « 12 mois », « 90 jours », « 8 heures ». Whole years, days or hours."""
    hours = int(life.total_seconds()) // 3600
    years, rest = divmod(hours, 365 * 24)
    if years and not rest:
        return f"{12 * years}{NO_BREAK}mois"
    count, word = (hours // 24, "jour") if hours % 24 == 0 else (hours, "heure")
    return f"{count}{NO_BREAK}{word}{'s' if count > 1 else ''}"


def _entry(whole: Form, purpose: Purpose, problems: list[Problem]) -> Entry:
    form = Form(whole.document, (purpose.name,), whole.data.get(purpose.name), problems)
    form.allow("told", "data", "why", "who")
    told = form.text("told", default="")
    if purpose.about == "person" and not told:
        form.wrong("Ceci parle d'une personne : il faut le lui dire (« told »).", "told")
    if told and ("{life}" in told) != (purpose.life is not None):
        form.wrong("La durée s'écrit {life}, partout où quelque chose s'efface.", "told")
    filled = told.replace("{life}", length(purpose.life) if purpose.life else "")
    filled = filled.replace("{typed}", length(TYPED_NUMBER))  # the one number that somebody else typed
    filled = filled.replace("{carried}", length(CARRIED))
    return Entry(purpose, filled, form.text("data"), form.text("why"), form.text("who"))

"""The facts that every sentence about Mon espace santé rests on: data/sources.yml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from assistant.content.document import Document, Problem
from assistant.content.wording import Form

Confidence = Literal["confirmed", "one source", "to check"]
CONFIDENCES: tuple[Confidence, ...] = ("confirmed", "one source", "to check")


@dataclass(frozen=True)
class Fact:
    """A statement, where it was read, how sure it is, and the day it was last gathered."""

    name: str
    statement: str
    source: str
    confidence: Confidence
    gathered: date


def read_facts(document: Document, problems: list[Problem]) -> dict[str, Fact]:
    """All facts by identifier."""
    facts: dict[str, Fact] = {}
    for name, data in Form(document, (), document.data, problems).data.items():
        form = Form(document, (name,), data, problems)
        form.allow("statement", "source", "confidence", "gathered")
        confidence: Confidence = "to check"
        if form.data.get("confidence") in CONFIDENCES:
            confidence = form.data["confidence"]
        else:
            form.wrong(f"« confidence » vaut {', '.join(CONFIDENCES)}.", "confidence")
        gathered = form.data.get("gathered")
        if isinstance(gathered, datetime):
            gathered = gathered.date()
        if not isinstance(gathered, date):
            form.wrong("Il manque la date (gathered: 2026-11-23).", "gathered")
            gathered = date.min
        facts[name] = Fact(name, form.text("statement"), form.text("source"), confidence, gathered)
    return facts

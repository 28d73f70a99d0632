"""What a physician may say to a patient: why, in twenty seconds, and in answer to what people object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.content.document import Document, Problem
from assistant.content.facts import Fact
from assistant.content.wording import Basis, Form


@dataclass(frozen=True)
class Said:
    """Words to say aloud, what they rest on, and what they answer ("" for what nobody asked)."""

    name: str
    words: str
    basis: Basis
    heard: str = ""


NOTHING = Said("", "", Basis((), ours=False, checked=date.min))


@dataclass(frozen=True)
class Advice:
    """`why` a physician's word counts, the `script`, and the `objections` in the order of how often they are made."""

    why: Said = NOTHING
    script: Said = NOTHING
    objections: tuple[Said, ...] = ()

    @property
    def all(self) -> tuple[Said, ...]:
        return (self.why, self.script, *self.objections)


NO_ADVICE = Advice()


def read_advice(document: Document, facts: Mapping[str, Fact], problems: list[Problem]) -> Advice:
    """The advice in `document`; what is wrong is added to `problems`."""
    form = Form(document, (), document.data, problems)
    form.allow("why", "script", "objections")
    why, script = (_said(form, name, form.mapping(name), facts) for name in ("why", "script"))
    below = Form(document, ("objections",), form.mapping("objections"), problems)
    objections = tuple(_said(below, name, data, facts, answers=True) for name, data in below.data.items())
    return Advice(why, script, objections)


def _said(above: Form, name: str, data: Any, facts: Mapping[str, Fact], *, answers: bool = False) -> Said:
    form = Form(above.document, (*above.place, name), data, above.problems)
    form.allow("words", "facts", "checked", *(("heard",) if answers else ()))
    basis = form.basis()
    for fact in basis.facts:
        if fact not in facts:
            form.wrong(f"Le fait « {fact} » n'existe pas.", "facts")
    return Said(name, form.text("words"), basis, form.text("heard") if answers else "")

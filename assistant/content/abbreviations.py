"""The short names that facts are noted with, spelled out for whoever reads them: data/lexicon/abbreviations.yml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from assistant.content.document import Document, Problem
from assistant.content.facts import Fact
from assistant.content.wording import Form


def read_abbreviations(document: Document, problems: list[Problem]) -> dict[str, str]:
    """What each short name stands for."""
    form = Form(document, (), document.data, problems)
    return {name: form.text(name) for name in form.data}


def spelled(facts: Mapping[str, Fact], names: Mapping[str, str]) -> dict[str, Fact]:
    """`facts` with every short name of their statements and sources written out."""
    if not names:
        return dict(facts)
    # The longest first, and whole: « SP » is neither the beginning of « SP-actu » nor the end of « BSP ».
    listed = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    short = re.compile(rf"(?<![\w-])(?:{listed})(?![\w-])")

    def written(text: str) -> str:
        return short.sub(lambda found: names[found.group()], text)

    return {
        name: replace(fact, statement=written(fact.statement), source=written(fact.source))
        for name, fact in facts.items()
    }

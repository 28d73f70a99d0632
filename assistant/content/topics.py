"""The topics a person can mean: their group, and the words by which Camille names them in a question."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.content.document import Document, Problem
from assistant.content.wording import Form


@dataclass(frozen=True)
class Topic:
    """One topic. `label` is how it is offered as a choice, in a person's words."""

    name: str
    group: str
    label: str


def read_topics(document: Document, problems: list[Problem]) -> dict[str, Topic]:
    """All topics by name, from data/domain/topics.yml: groups of `topic: label`."""
    topics: dict[str, Topic] = {}
    for group, labels in Form(document, (), document.data, problems).data.items():
        form = Form(document, (group,), labels, problems)
        for name in form.data:
            topics[name] = Topic(name, group, form.text(name))
    return topics

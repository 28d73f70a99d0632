"""Ways out: from every step, what is offered leads to an end, even through several journeys.

The loader proves one journey at a time: there, a choice into another journey is a way out, and so is a topic that the
step hears without offering it. Two journeys that lead into each other, or an end that must be guessed, are found here.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.content.book import Book
from assistant.journeys.model import RETURN, Step


def trapped(book: Book) -> Iterator[tuple[str, str]]:
    """(step, what is wrong with it) for each step from which choices alone never end."""
    steps = [step for journey in book.journeys.values() for step in journey.steps.values()]
    comes_from: dict[str, set[str]] = {step.name: set() for step in steps}
    free = {step.name for step in steps if step.end or any(choice.goes == f"step:{RETURN}" for choice in step.choices)}
    for step in steps:
        for target in _offered(step, book):
            comes_from.setdefault(target, set()).add(step.name)
    waiting = list(free)
    while waiting:
        for name in comes_from[waiting.pop()] - free:
            free.add(name)
            waiting.append(name)
    for step in steps:
        if step.name not in free:
            yield step.name, "tourne en rond : aucun de ses choix ne mène à une fin, même par un autre parcours"


def _offered(step: Step, book: Book) -> Iterator[str]:
    """The steps that the choices of `step` lead to, in this journey or in another."""
    for choice in step.choices:
        kind, _, target = choice.goes.partition(":")
        if kind == "step" and target != RETURN:
            yield target
        elif kind == "journey":
            yield book.entry(target)[1]

"""Lays a journey out on paper: one long line downwards, branches beside the step they leave, each step drawn once.

A web of arrows between a hundred steps cannot be read. As in a printed chess game, the first choice goes on below,
the others open a branch, and a step already drawn elsewhere is named by its number.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from itertools import count

from assistant.journeys.model import RETURN, Journey, Step

# What opens a branch first, when two steps lead to the same one: a choice that is read, then trouble, then words.
CHOICE, STUCK, HEARD = range(3)
STEP = "step:"
Names = tuple[str, ...]


@dataclass(frozen=True)
class Exit:
    """One way out of a step, by the choice of a `key`, by being stuck, or by speaking of the topic `label`.

    `onward` is the way that the line goes on; `branch` is what is drawn here and nowhere else.
    """

    kind: int
    key: str
    label: str
    goes: str
    onward: bool = False
    branch: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Node:
    """One step, drawn. `number` is its name on paper, « 1.17 »: a line is numbered before its branches."""

    number: str
    step: Step
    exits: tuple[Exit, ...]


@dataclass(frozen=True)
class Plan:
    """A journey, laid out. `asked` are the lines that no step leads to: a person speaks of the topic, anywhere."""

    journey: Journey
    line: tuple[Node, ...]
    asked: tuple[tuple[str, tuple[Node, ...]], ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every step, in the order of the numbers."""
        return tuple(node for line in (self.line, *(line for _, line in self.asked)) for node in _within(line))


def lay_out(journey: Journey, chapter: int) -> Plan:
    """The plan of `journey`, its steps numbered `chapter`.1 and on."""
    branches: dict[tuple[str, int], Names] = {}
    drawn: set[str] = set()
    main = _draw(journey, journey.start, drawn, branches)
    asked = [
        (topic, _draw(journey, target, drawn, branches))
        for topic, target in journey.anywhere.items()
        if target not in drawn
    ]
    numbers = count(1)

    def nodes(names: Names) -> tuple[Node, ...]:
        numbered = [f"{chapter}.{next(numbers)}" for _ in names]
        made = []
        for index, name in enumerate(names):
            following = STEP + names[index + 1] if index + 1 < len(names) else ""
            exits = [
                replace(way, onward=at == 0 and way.goes == following, branch=nodes(branches.get((name, at), ())))
                for at, way in enumerate(_exits(journey.steps[name]))
            ]
            made.append(Node(numbered[index], journey.steps[name], tuple(exits)))
        return tuple(made)

    return Plan(journey, nodes(main), tuple((topic, nodes(names)) for topic, names in asked))


def _draw(journey: Journey, start: str, drawn: set[str], branches: dict[tuple[str, int], Names]) -> Names:
    """The line from `start`; its branches, and theirs, are added to `branches` by step and exit. All become `drawn`."""
    order = count()
    waiting: list[tuple[int, int, int, str, tuple[str, int]]] = []

    def follow(name: str, depth: int) -> Names:
        line = []
        while name in journey.steps and name not in drawn:
            drawn.add(name)
            line.append(name)
            exits = _exits(journey.steps[name])
            for index, way in enumerate(exits):
                target = way.goes.removeprefix(STEP)
                heapq.heappush(waiting, (depth + 1, way.kind, next(order), target, (name, index)))
            name = exits[0].goes.removeprefix(STEP) if exits else ""
        return tuple(line)

    main = follow(start, 0)
    # The shortest way from the main line first, so that branches stay shallow.
    while waiting:
        depth, _, _, target, place = heapq.heappop(waiting)
        if target in journey.steps and target not in drawn:
            branches[place] = follow(target, depth)
    return main


def _exits(step: Step) -> list[Exit]:
    """Every way out of `step`, the way on first."""
    exits = [Exit(CHOICE, choice.key, choice.label, choice.goes) for choice in step.choices]
    if step.stuck:
        exits.append(Exit(STUCK, "", "", STEP + step.stuck))
    return exits + [Exit(HEARD, "", topic, STEP + target) for topic, target in step.hears.items()]


def _within(line: tuple[Node, ...]) -> list[Node]:
    """The steps of a line, then those of its branches."""
    return [*line, *(node for step in line for way in step.exits for node in _within(way.branch))]


__all__ = ["CHOICE", "HEARD", "RETURN", "STUCK", "Exit", "Node", "Plan", "lay_out"]

"""Where people stop in a journey, by channel, with no figure that speaks of a few persons. Pure: counts in, cells out.

Each person is in one cell: the channel where she was last and the stage where she then stood. Cells are the only thing
that is published; whatever else stands on the page is added up from them. What is not shown can therefore not be found
by subtraction: there is no total to subtract from (figures.py has the rule of eleven and the rounding).

Two refinements of a cell are told, and each leaves nothing small behind:

* of those of 28 days, how many came in the last 7: where both they and the others are eleven at least;
* at which step of the stage they stood: all steps where eleven did, if those left over are so many that any of the
  other steps may have had ten of them, and so few that it may have had none; or no step at all.

tests/assistant/test_stops.py goes through the counts: each hidden one may be anything from 0 to 10.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.content.wording import CHANNELS
from assistant.figures import LEAST, rounded
from assistant.journeys.model import Journey
from assistant.storage.days import day_of
from assistant.storage.events import Stand
from assistant.turns import Channel

# Up to the midnight before now: nobody who looks sees what one person does meanwhile. The trace of turns lives 30 days.
DAYS, LATELY = 28, 7
DONE = "done"


@dataclass(frozen=True)
class Stage:
    """One row. `number` 0 is the end. Of each channel: who stopped here, and who came at least as far; None: not shown.

    `steps` are those of the stage where so many stopped that it can be told, the most first.
    """

    number: int
    stopped: Mapping[Channel, int | None]
    reached: Mapping[Channel, int | None]
    steps: Mapping[Channel, Sequence[tuple[str, int]]]


def span(now: datetime, days: int = DAYS) -> tuple[datetime, datetime]:
    """The last `days` whole days: from the first instant to just before the second."""
    until = day_of(now)
    return until - timedelta(days=days), until


def stages(journey: Journey, stands: Iterable[Stand], *, lately: bool = False) -> list[Stage]:
    """The rows of `journey` in its order, the end last: of the last 28 days, or of the last 7."""
    persons: dict[tuple[Channel, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    recent: dict[tuple[Channel, int], int] = defaultdict(int)
    for stand in stands:
        if stand.step not in journey.steps:
            continue  # a step of an earlier release
        where = stand.channel, 0 if stand.status == DONE else journey.steps[stand.step].stage
        persons[where][stand.step] += stand.persons
        recent[where] += stand.lately
    rows = []
    sizes = Counter(step.stage for step in journey.steps.values())
    order = [*range(1, len(journey.stages) + 1), 0]
    shown = {
        (channel, number): cell(sum(persons[channel, number].values()), recent[channel, number], lately=lately)
        for channel in CHANNELS
        for number in order
    }
    for at, number in enumerate(order):
        further = {channel: [shown[channel, other] or 0 for other in order[at:]] for channel in CHANNELS}
        rows.append(
            Stage(
                number,
                {channel: shown[channel, number] for channel in CHANNELS},
                {channel: sum(further[channel]) or None for channel in CHANNELS},
                {
                    channel: () if lately or not number else steps(persons[channel, number], sizes[number])
                    for channel in CHANNELS
                },
            )
        )
    return rows


def cell(persons: int, recent: int, *, lately: bool) -> int | None:
    """What is shown of `persons`, of whom `recent` came lately; of the latter, with `lately`."""
    if not lately:
        return rounded(persons)
    return rounded(recent) if persons - recent >= LEAST else None


def steps(persons: Mapping[str, int], of: int) -> list[tuple[str, int]]:
    """The steps that are told of one cell with `of` steps, the most first, each with what is shown of it."""
    told = sorted((step for step, count in persons.items() if count >= LEAST), key=lambda step: (-persons[step], step))
    left = sum(persons.values()) - sum(persons[step] for step in told)
    # Fewer left would be few in each; as many as fill all others but one would have to be in that one too.
    if not LEAST <= left <= (LEAST - 1) * (of - len(told) - 1):
        return []
    return [(step, rounded(persons[step]) or 0) for step in told]

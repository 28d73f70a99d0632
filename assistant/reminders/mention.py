"""One moment that a message mentions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from assistant.reminders.days import Day, Edge


@dataclass(frozen=True)
class Mention:
    """What `items[start:end]` say: one of `day`, `minutes` of the day, `moment` (of times.yml) or `after` from now.

    `today`: it says that it is today's (« ce soir »). `within`: in what is left of it (« dans la soirée »).
    `loose`: about then (« après la sieste »); an hour or a date beside it says more.
    `refused`: not then, or it is over. `never`: there is no such day or hour.
    """

    start: int
    end: int
    day: Day | None = None
    minutes: int | None = None
    moment: int | None = None
    edge: Edge = ""
    after: timedelta | None = None
    today: bool = False
    within: bool = False
    loose: bool = False
    refused: bool = False
    never: bool = False
    # How many weeks or months on, so that « celle d'après » is one more.
    ahead: int = 0

    @property
    def what(self) -> str:
        if self.day is not None:
            return "day"
        return "clock" if self.minutes is not None else "moment" if self.moment is not None else "after"


def over(start: int, end: int) -> Mention:
    """What is told of the past: « lundi dernier »."""
    return Mention(start, end, after=timedelta(0), refused=True)


def dated(start: int, end: int, day: Day | None, ahead: int = 0) -> Mention:
    return over(start, end) if day is None else Mention(start, end, day=day, ahead=ahead)

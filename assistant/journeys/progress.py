"""Where one person stands. The only state of a conversation; stored as JSON in our own table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from assistant.turns import Channel, Choice, Reach, Status

MOST_STEPS_BACK = 30  # « retour » further than this has not been missed by anyone, and keeps the row small


@dataclass(frozen=True)
class Place:
    """Where a person left a journey for another one."""

    journey: str
    step: str
    status: Status


@dataclass(frozen=True)
class Progress:
    """A person's place: journey and step, what was offered and said last, and how the talk is going.

    `last` names what was said last ("step:x", "answer:y"), so that it can be repeated on any channel;
    `simply` tells that it was already said in the simpler wording. `misses` and `silences` count in a row.
    `met` lists the channels on which the first words were said. `channel` is the last one used. `lapsed`: since the
    step was told, the screen of the person has forgotten it. `left` are the places in other journeys. `beside`: the
    person is doing it for somebody who sits next to her. `reach`: how she can be written to or rung up where she is;
    `texted`: the step that she was offered by SMS. `due` is when she wants to be reminded (ISO, UTC), `promise` the
    same in words. `coded`: a resume code was given for this place. `shared`: others use the same telephone.
    `kept` was on offer before what was heard was read back.
    """

    journey: str = ""
    step: str = ""
    status: Status = "none"
    trail: tuple[str, ...] = ()
    offered: tuple[Choice, ...] = ()
    last: tuple[str, ...] = ()
    simply: bool = False
    misses: int = 0
    silences: int = 0
    met: tuple[Channel, ...] = ()
    channel: Channel | None = None
    slow: bool = False
    asks: str = ""
    lapsed: bool = False
    left: tuple[Place, ...] = ()
    beside: bool = False
    reach: tuple[Reach, ...] = ()
    texted: str = ""
    due: str = ""
    promise: str = ""
    coded: bool = False
    shared: bool = False
    kept: tuple[Choice, ...] = ()

    @property
    def under_way(self) -> bool:
        return self.status in ("going", "paused")

    def paused(self) -> Progress:
        """Waiting where it stands; the same when it is in no journey under way."""
        return replace(self, status="paused") if self.under_way else self

    def at(self, step: str, status: Status) -> Progress:
        """At `step`, remembering the one before for « retour »."""
        trail = self.trail
        if self.step and self.step != step:
            trail = (*trail, self.step)[-MOST_STEPS_BACK:]
        return replace(self, step=step, status=status, trail=trail)

    def status_in(self, journey: str) -> Status:
        """How far the person is in `journey`, the one under way or another."""
        if journey == self.journey:
            return self.status
        return next((place.status for place in self.left if place.journey == journey), "none")

    def in_journey(self, journey: str) -> Progress:
        """In `journey`, where it was left if it was; the place in the present one is kept."""
        if journey == self.journey:
            return self
        here = (Place(self.journey, self.step, self.status),) if self.journey else ()
        there = next((place for place in self.left if place.journey == journey), Place(journey, "", "none"))
        left = (*here, *(place for place in self.left if place.journey != journey))
        return replace(self, journey=journey, step=there.step, status=there.status, trail=(), left=left)

    def to_json(self) -> dict[str, Any]:
        data = {name: getattr(self, name) for name in self.__dataclass_fields__}
        left = [[place.journey, place.step, place.status] for place in self.left]
        choices = {name: [choice.to_json() for choice in getattr(self, name)] for name in ("offered", "kept")}
        return data | choices | {"left": left}

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> Progress:
        """The state as stored. Fields that a later version added get their default."""
        known = {name: value for name, value in (data or {}).items() if name in cls.__dataclass_fields__}
        for name in ("trail", "last", "met", "reach"):
            known[name] = tuple(known.get(name, ()))
        known["left"] = tuple(Place(*place) for place in known.get("left", ()))
        for name in ("offered", "kept"):
            known[name] = tuple(Choice.from_json(choice) for choice in known.get(name, ()))
        return cls(**known)

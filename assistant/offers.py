"""What is on offer at each moment: the menu, the choices of the step, the way back into the journey. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.journeys.loader import MOST_CHOICES
from assistant.journeys.model import Journey, Step
from assistant.journeys.progress import Progress
from assistant.telling import Outcome, Teller
from assistant.turns import Channel, Choice

ACTIVATION = "activer"
# What is no use to somebody who has finished activating.
BEFORE_THE_END = frozenset({"topic:activer", "topic:preparer_activation", "journey:activer"})


class Offers:
    """Over one Teller. Nothing here changes where a person stands."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self._book = teller.book

    @property
    def opening(self) -> tuple[Choice, ...]:
        """What is on offer before the first word."""
        return self._book.answers["menu"].choices

    def journey(self, progress: Progress) -> Journey | None:
        return self._teller.journey(progress)

    def step(self, progress: Progress) -> Step | None:
        journey = self.journey(progress)
        return journey.steps[progress.step] if journey else None

    def behind(self, progress: Progress) -> tuple[Choice, ...]:
        """The choices of the step that waits behind what was said last; in no journey, those behind « Autre chose »."""
        step = self.step(progress) if progress.under_way else None
        if step:
            return (*step.choices, *self._not_beside(progress))
        return (*self._book.answers["menu_suite"].choices, *self._book.answers["menu_espace"].choices)

    def pending(self, progress: Progress) -> Sequence[Choice]:
        """What is on offer stays on offer; when nothing is, what the step offers, or the menu."""
        step = self.step(progress) if progress.under_way else None
        if progress.offered or progress.status == "done":
            return progress.offered
        return step.choices if step else self.opening

    def way_back(self, progress: Progress, channel: Channel, following: Sequence[Choice] = ()) -> list[Choice]:
        """After an aside: on with the journey if there is one, else the proposed next step. A yes takes the first."""
        if progress.status_in(ACTIVATION) == "done":
            following = [offer for offer in following if offer.goes not in BEFORE_THE_END]
            if not progress.under_way:
                return list(following)
        if not progress.under_way:
            first, *rest = following or self.opening[:1]
            return [replace(first, means=("confirmer",)), *rest]
        resume = Choice("", self._book.answers["continuer"].say.on(channel), "move:resume", means=("confirmer",))
        here = (f"topic:{progress.journey}", f"journey:{progress.journey}")
        return [resume, *(offer for offer in following if offer.goes not in here)][:MOST_CHOICES]

    def menu(self, progress: Progress, channel: Channel, before: str = "") -> Outcome:
        return self._teller.say(progress, channel, "menu", before=before, choices=self.opening)

    def of(self, progress: Progress, channel: Channel, name: str) -> Outcome:
        """Say the phrase `name` with the choices it brings."""
        return self._teller.say(progress, channel, name, choices=self._book.answers[name].choices)

    def again(self, progress: Progress, channel: Channel, *, before: str = "", simply: bool) -> Outcome:
        """What was told last, in the same wording or a simpler one; the menu when nothing was."""
        again = self._teller.again(progress, channel, before=before, simply=simply)
        return again or self.menu(progress, channel, before=before)

    def aside(self, progress: Progress, channel: Channel, topic: str) -> Outcome:
        """The answer to `topic`, while the journey waits."""
        choices = self.way_back(progress, channel, self._book.answers[topic].choices)
        return self._teller.say(progress, channel, topic, choices=choices)

    def _not_beside(self, progress: Progress) -> tuple[Choice, ...]:
        """« C'est pour moi », said by whoever was doing it for somebody else."""
        journey = self.journey(progress)
        alone = journey.helping.alone if journey and journey.helping and progress.beside else ()
        return (Choice("", alone[0], "move:alone", alone),) if alone else ()

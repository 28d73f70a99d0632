"""In and out of the journeys, and along their steps: begin, go on, go back, come back after a pause. Pure."""

from __future__ import annotations

from dataclasses import replace

from assistant.journeys import engine
from assistant.journeys.loader import MOST_CHOICES
from assistant.journeys.model import RETURN, Journey
from assistant.journeys.progress import Progress
from assistant.offers import Offers
from assistant.telling import Outcome, Teller
from assistant.turns import Channel, Choice

# A choice that means one of these asks for help with the step; the others go on from it.
STUCK = frozenset({"etape_bloquee", "refuser"})


class Walk:
    """Over one Teller and its journeys."""

    def __init__(self, teller: Teller, offers: Offers) -> None:
        self._teller = teller
        self._book = teller.book
        self._offers = offers

    def open(self, progress: Progress, channel: Channel) -> Outcome:
        """The beginning of a call or a visit: the first words if new here, then the way back in, or the menu."""
        progress = self._picked_up(progress)
        if not progress.under_way:
            return self._offers.menu(progress, channel)
        if self._awaits(progress):
            return self._ask_if_there(progress, channel, before="reprise")
        choices = self._book.answers["reprise"].choices
        return self._teller.say(progress, channel, "reprise", choices=choices, intent="reprendre")

    def take(self, progress: Progress, channel: Channel, choice: Choice) -> Outcome:
        """Where a choice that goes to a step or a journey leads."""
        kind, _, target = choice.goes.partition(":")
        if kind == "journey":
            return self.enter(progress, channel, target)
        journey = self._offers.journey(progress)
        if journey and not STUCK & set(choice.means):
            target = engine.onward(journey, progress, target)
        return self.go(progress, channel, target)

    def go(self, progress: Progress, channel: Channel, target: str) -> Outcome:
        """To the step `target` of the journey under way."""
        journey = self._offers.journey(progress)
        if not journey or target not in {*journey.steps, RETURN}:
            return self._offers.menu(progress, channel)  # content changed under somebody's feet
        return self._teller.step(engine.go(journey, progress, target), channel)

    def begin(self, progress: Progress, channel: Channel, journey: Journey) -> Outcome:
        """Into `journey`: at its start, or where it was left."""
        status = progress.status_in(journey.name)
        there = progress.in_journey(journey.name)
        if status == "done" and journey.once:
            return self._offers.of(there, channel, "deja_fini")
        if status in ("going", "paused"):
            return self.open(there, channel)
        return self._teller.step(engine.start(journey, progress), channel)

    def resume(self, progress: Progress, channel: Channel, before: str = "") -> Outcome:
        """On with the journey, from the step where it stands."""
        journey = self._offers.journey(progress)
        if not journey or not progress.under_way:
            return self._offers.menu(progress, channel, before=before)
        if self._awaits(progress):
            offers = progress.offered if progress.last == ("answer:au_retour",) else ()
            there = next((offer for offer in offers if offer.means and offer.goes.startswith("step:")), None)
            if there:  # just asked whether it is there: « continuons » is a yes
                return self.take(replace(progress, misses=0, silences=0), channel, there)
            return self._ask_if_there(progress, channel, before=before)
        return self._teller.step(engine.resume(journey, progress), channel, before=before)

    def come_back(self, progress: Progress, channel: Channel) -> Outcome:
        """« Je reviens »: on with the journey that was left, or the menu."""
        progress = self._picked_up(progress)
        if progress.under_way:
            return self.resume(progress, channel)
        return self._offers.menu(progress, channel, before="reprendre")

    def back(self, progress: Progress, channel: Channel) -> Outcome:
        """One step back; from an aside, back to the step."""
        if not self._offers.journey(progress):
            return self._offers.menu(progress, channel, before="revenir")
        if progress.last != (f"step:{progress.step}",):
            return self._teller.step(replace(progress, status="going"), channel)
        earlier = engine.back(progress)
        return self._teller.step(earlier or progress, channel, before="" if earlier else "debut")

    def restart(self, progress: Progress, channel: Channel) -> Outcome:
        journey = self._offers.journey(progress)
        if not journey:
            return self._offers.menu(progress, channel)
        return self._teller.step(engine.start(journey, progress), channel, before="recommencer")

    def alone(self, progress: Progress, channel: Channel) -> Outcome:
        """It was for somebody beside; it is not any more."""
        return self._teller.step(replace(progress, beside=False), channel)

    def enter(self, progress: Progress, channel: Channel, target: str) -> Outcome:
        """Into another journey, at its beginning or at one of its steps. The place in this one is kept."""
        if target.partition("/")[0] not in self._book.journeys:
            return self._offers.menu(progress, channel)  # content changed under somebody's feet
        journey, step = self._book.entry(target)
        if step == journey.start:
            return self.begin(progress, channel, journey)
        return self._teller.step(engine.go(journey, progress.in_journey(journey.name), step), channel)

    def _picked_up(self, progress: Progress) -> Progress:
        """In the journey that was left for one that is over now, if there is one."""
        name = engine.unfinished(progress)
        journey = self._book.journeys.get(name)
        wanted = journey and progress.status_in(journey.aim) != "done"
        return progress.in_journey(name) if wanted else progress

    def _awaits(self, progress: Progress) -> bool:
        """Whether the journey waits for something outside: a letter, a person's answer, a card."""
        step = self._offers.step(progress)
        return bool(step and step.pauses)

    def _ask_if_there(self, progress: Progress, channel: Channel, before: str = "") -> Outcome:
        """Back at a pause: is it there? What a pause waits for is not taken for granted."""
        step = self._offers.step(progress)
        first, *rest = step.choices if step else self._offers.behind(progress)
        choices = [replace(first, means=(*first.means, "confirmer")), *rest]
        if len(choices) < MOST_CHOICES:
            choices += self._book.answers["au_retour"].choices
        return self._teller.say(progress, channel, "au_retour", before=before, choices=choices, intent="reprendre")

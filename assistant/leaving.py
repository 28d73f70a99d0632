"""The ways to leave: for today, for a person, for good. Each keeps or erases the place, and says which. Pure."""

from __future__ import annotations

from dataclasses import replace

from assistant.journeys.progress import Progress
from assistant.offers import Offers
from assistant.reminding import Remind
from assistant.telling import Outcome, Teller
from assistant.turns import Channel

# The words of a good-bye in the middle of a journey: they say that the place is kept.
PAUSES = {"plus_tard": "pause", "prendre_conge": "au_revoir"}


class Leave:
    """Over one Teller."""

    def __init__(self, teller: Teller, offers: Offers, remind: Remind) -> None:
        self._teller = teller
        self._offers = offers
        self._remind = remind

    def pause(self, progress: Progress, channel: Channel, move: str) -> Outcome:
        """Until another time; `move` is what was said for it."""
        name = PAUSES.get(move, move) if progress.under_way else move
        paused = progress.paused()
        if move == "plus_tard" and self._remind.offered(progress, channel):
            return self._offers.of(paused, channel, "pause_rappel")
        return self._teller.say(paused, channel, name, choices=self._offers.way_back(paused, channel), ending="goodbye")

    def cut(self, progress: Progress, channel: Channel) -> Outcome:
        """The call has lasted as long as a call may."""
        return self._teller.say(
            progress.paused(), channel, "appel_fini", choices=self._offers.pending(progress), ending="goodbye"
        )

    def person(self, progress: Progress, channel: Channel) -> Outcome:
        """To a human: the partner's number when there is one, and always the national one."""
        name = "humain_local" if self._teller.number else "humain"
        return self._teller.say(
            progress, channel, name, choices=self._offers.way_back(progress, channel), ending="person"
        )

    def stop(self, progress: Progress, channel: Channel) -> Outcome:
        """No message any more. The place is kept."""
        outcome = self._teller.say(progress.paused(), channel, "arreter_messages", ending="goodbye", first_words=False)
        return replace(outcome, act="stop")

    def erase(self, progress: Progress, channel: Channel) -> Outcome:
        """Asked once more before everything is erased."""
        choices = self._teller.book.answers["effacer_confirmer"].choices
        asking = replace(progress, asks="erase")
        return self._teller.say(asking, channel, "effacer_confirmer", choices=choices, first_words=False)

    def erased(self, progress: Progress, channel: Channel) -> Outcome:
        said = self._teller.say(Progress(), channel, "effacer_fait", ending="goodbye", first_words=False)
        return replace(said, act="erase")

    def keep(self, progress: Progress, channel: Channel) -> Outcome:
        choices = self._offers.way_back(progress, channel)
        return self._teller.say(progress, channel, "effacer_garde", choices=choices)

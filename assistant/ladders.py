"""What is said when there is no way on: not understood, undecided, silent. Each rung is worded otherwise. Pure.

Three rungs, then a person (W3C COGA; WCAG 2.2, 3.2.6): nobody is ever asked the same thing in the same words again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.journeys.progress import Progress
from assistant.offers import Offers
from assistant.telling import Outcome, Teller
from assistant.turns import Channel, Choice

UNSURE = "nlu_fallback"
MOST_CANDIDATES = 2
# One line a ladder: what is said at the first failure in a row, and from the third on. At the second, what was told
# last is told in its simpler wording, after the phrase of the middle.
UNKNOWN = ("pas_compris_1", "pas_compris_2", "pas_compris_3")
WHICH = ("choisir", "choisir", "plutot")


class Ladders:
    """Over one Teller. `misses` and `silences` of the place count the rungs."""

    def __init__(self, teller: Teller, offers: Offers) -> None:
        self._teller = teller
        self._offers = offers

    def miss(self, progress: Progress, channel: Channel, candidates: Sequence[str] = ()) -> Outcome:
        """Not understood: ask which of two close candidates, else say it otherwise, else offer a person."""
        misses = progress.misses + 1
        if len(candidates) >= MOST_CANDIDATES and misses <= MOST_CANDIDATES:
            outcome = self._either(progress, channel, [self._topic(name) for name in candidates[:MOST_CANDIDATES]])
        elif misses == 2:
            outcome = self._offers.again(progress, channel, before=UNKNOWN[1], simply=True)
        else:
            name = UNKNOWN[0] if misses == 1 else UNKNOWN[2]
            outcome = self._teller.say(progress, channel, name, choices=self._offers.pending(progress))
        reply = replace(outcome.reply, intent=UNSURE, confidence=0.0)
        return Outcome(replace(outcome.progress, misses=misses), reply)

    def wonder(self, progress: Progress, channel: Channel, topic: str) -> Outcome:
        """Ask back before something that must not happen by a misunderstanding."""
        return self._either(progress, channel, [replace(self._topic(topic), means=("confirmer",))])

    def which(self, progress: Progress, channel: Channel) -> Outcome:
        """« Oui » to « Pour vous, ou pour un enfant ? »: ask which, then otherwise, then propose one at a time."""
        told = replace(progress, misses=progress.misses + 1)
        if told.misses == 1:
            return self._teller.say(told, channel, WHICH[0], choices=told.offered)
        if told.misses == 2:
            return self._offers.again(told, channel, before=WHICH[1], simply=True)
        # Who only says yes or no is asked what yes and no can answer, one choice after the other.
        first, *rest = told.offered[1:] + told.offered[:1] if told.misses > 3 else told.offered
        choices = [replace(first, means=("confirmer",)), *(replace(choice, means=()) for choice in rest)]
        return self._teller.say(told, channel, WHICH[2], choices=choices, label=first.label)

    def hesitate(self, progress: Progress, channel: Channel) -> Outcome:
        """« Peut-être », « ça dépend »: what is on offer stays; again and again is not understanding."""
        if progress.misses:
            return self.miss(progress, channel)
        told = replace(progress, misses=1)
        outcome = self._teller.say(told, channel, "hesiter", choices=self._offers.pending(progress))
        return Outcome(replace(outcome.progress, last=progress.last), outcome.reply)

    def silence(self, progress: Progress, channel: Channel) -> Outcome:
        """Nothing was said on the telephone: repeat, then keys only, then a polite good-bye. Never a dead line."""
        silences = progress.silences + 1
        if silences == 1:
            outcome = self._offers.again(progress, channel, before="silence_1", simply=progress.simply)
        elif silences == 2:
            outcome = self._teller.say(progress, channel, "silence_2", choices=self._offers.pending(progress))
        else:
            outcome = self._teller.say(progress, channel, "silence_3", choices=progress.offered, ending="goodbye")
            silences = 0
        return Outcome(replace(outcome.progress, silences=silences), replace(outcome.reply, intent="silence"))

    def _topic(self, name: str) -> Choice:
        return Choice("", self._teller.book.topics[name].label, f"topic:{name}")

    def _either(self, progress: Progress, channel: Channel, likely: Sequence[Choice]) -> Outcome:
        choices = (*likely, *self._teller.book.answers["lequel"].choices)
        return self._teller.say(progress, channel, "lequel", choices=choices, intent=UNSURE)

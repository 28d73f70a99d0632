"""Moves a person along a journey. Pure: a Progress and an event in, a Progress out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assistant.journeys.model import RETURN, Journey, Step
from assistant.journeys.progress import Progress
from assistant.turns import Choice

# Whoever is two stages further than we are has gone on without us; further still, the words speak of something else.
FURTHEST_AHEAD = 2


def start(journey: Journey, progress: Progress) -> Progress:
    """At the first step. Within the journey, the step left behind stays reachable by « retour »."""
    beside = progress.beside and not journey.asks_for_whom  # else it will be asked again
    return replace(progress.in_journey(journey.name), beside=beside).at(journey.start, "going")


def unfinished(progress: Progress) -> str:
    """The journey to come back to when none is under way: the last one left before its end; "" when there is none."""
    waiting = (place.journey for place in progress.left if place.status in ("going", "paused"))
    return next(waiting, "") if not progress.under_way else ""


def go(journey: Journey, progress: Progress, target: str) -> Progress:
    """At `target`; `RETURN` goes back to where the person came from. A pause or the end sets the status."""
    if target == RETURN:
        return back(progress) or start(journey, progress)
    step = journey.steps[target]
    lapsed = progress.lapsed and journey.forgets(target)
    asked = journey.asks_for_whom and progress.step == journey.start
    beside = journey.helps(target) or (progress.beside and not asked)
    here = replace(progress, lapsed=lapsed, beside=beside)
    return here.at(target, "done" if step.end else "paused" if step.pauses else "going")


def onward(journey: Journey, progress: Progress, target: str) -> str:
    """Where a choice that leads to `target` really leads: back to the screen's beginning if it has forgotten all."""
    if not (progress.lapsed and journey.lapse and journey.forgets(progress.step) and journey.forgets(target)):
        return target
    return target if journey.steps[target].pauses else journey.lapse.back


def absent(journey: Journey, progress: Progress, away: timedelta) -> Progress:
    """`progress` after nothing was heard of the person for `away`."""
    lapse = journey.lapse
    gone = lapse is not None and away >= lapse.after and journey.forgets(progress.step)
    return replace(progress, lapsed=True) if gone else progress


def back(progress: Progress) -> Progress | None:
    """One step back, or None at the beginning."""
    if not progress.trail:
        return None
    return replace(progress, step=progress.trail[-1], trail=progress.trail[:-1], status="going")


def resume(journey: Journey, progress: Progress) -> Progress:
    """On the road again: at the same step, unless the screen has forgotten it."""
    target = onward(journey, progress, progress.step)
    return replace(progress, status="going") if target == progress.step else go(journey, progress, target)


def branch(journey: Journey, progress: Progress, topic: str) -> str | None:
    """The step that answers `topic` from here, or None when it is better answered in passing.

    What the step itself hears comes first. A person who says again what brought her here is stuck here. A branch
    that stands in an earlier stage would throw her back, one far ahead would lose her: the topic's ordinary answer
    keeps her place.
    """
    step = journey.steps[progress.step]
    target = step.hears.get(topic) or journey.anywhere.get(topic)
    if target == progress.step:
        return step.stuck or None
    if target and topic not in step.hears and not 0 <= journey.steps[target].stage - step.stage <= FURTHEST_AHEAD:
        return None
    return target


def heard_for_another(journey: Journey, progress: Progress, topic: str) -> Progress:
    """`progress` after `topic`: « j'aide ma mère » is kept, wherever it is said.

    Not where the step hears the topic in its own way: « ma fille l'a fait » answers « qui l'a activé ? ».
    """
    own = topic in journey.steps[progress.step].hears
    return replace(progress, beside=True) if journey.helps(journey.anywhere.get(topic, "")) and not own else progress


def chosen_by(step: Step, move: str) -> Choice | None:
    """The choice of `step` that « c'est fait », « oui » or « non » stands for."""
    return next((choice for choice in step.choices if move in choice.means), None)


def asks_yes(step: Step) -> bool:
    """Whether the question of `step` is one to which « oui » is an answer; « non » then means stuck."""
    return chosen_by(step, "confirmer") is not None

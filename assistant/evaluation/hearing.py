"""What Camille does with one message that stands alone: says a topic at once, or asks back and offers some.

Her own actions answer, over her own guide, so that "asks back" here is what a person would live through.
"""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker

from assistant.actions.ask_again import FALLBACK, ActionAskAgain
from assistant.actions.hear import ActionHear
from assistant.content.wording import CHANNELS
from assistant.evaluation.judged import Heard
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.ladders import UNSURE

Ranking = Sequence[tuple[str, float]]


def heard(guide: Guide, masked: str, ranking: Ranking, decided: bool) -> Heard:
    """What Camille does with `masked`, of which `ranking` was understood: as given by the model, doubt first."""
    topics = tuple((name, sure) for name, sure in ranking if name != FALLBACK)
    if decided or not topics:
        return Heard(topics, topics[0][0] if topics else "", decided=decided)
    intents = [{"name": name, "confidence": sure} for name, sure in ranking]
    latest = {"text": masked, "intent": intents[0], "intent_ranking": intents}
    tracker = Tracker("evaluation", {}, latest, [], False, None, {}, None)
    action = ActionAskAgain() if ranking[0][0] == FALLBACK else ActionHear()
    outcome = action.ask(guide, Progress(met=CHANNELS), "sms", tracker)
    if outcome.reply.intent != UNSURE:
        return Heard(topics, outcome.reply.intent)
    goes = [choice.goes for choice in outcome.progress.offered]
    # Without a question of her own, what is on offer is the menu: nobody has been understood by it.
    asked = all(choice.goes in goes for choice in guide.book.answers["lequel"].choices)
    offered = [name for kind, _, name in (where.partition(":") for where in goes) if asked and kind == "topic"]
    return Heard(topics, "", tuple(offered))

"""Nothing was understood for sure: the guide asks one question instead of guessing."""

from __future__ import annotations

from rasa_sdk import Tracker

from assistant.actions.turn import GuideAction
from assistant.gate import look_for_choice
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.telling import Outcome
from assistant.turns import Channel

# Under this, a candidate is not worth a question; FallbackClassifier itself ranks first, at 1 minus its doubt. Of a
# hundred topics, one at a twentieth is still often the right one: asking nothing helped nobody (dev set).
LIKELY = 0.05
FALLBACK = "nlu_fallback"
# « Voulez-vous dire : une urgence ? » or « dire ma colère ? » is no question to ask.
ASKABLE = frozenset({"activation", "access", "value", "trust", "documents", "help"})


class ActionAskAgain(GuideAction):
    """Offers the two likeliest topics when both are plausible, else says it otherwise."""

    def name(self) -> str:
        return "action_ask_again"

    def ask(self, guide: Guide, place: Progress, channel: Channel, tracker: Tracker) -> Outcome:
        # In Camille the gate has looked for choices before; in Rasa's own shell nobody has.
        choice = look_for_choice(str(tracker.latest_message.get("text") or ""), place.offered)
        if choice:
            return guide.choose(place, channel, choice)
        ranking = tracker.latest_message.get("intent_ranking") or []
        likely = [
            str(intent["name"])
            for intent in ranking
            if intent["name"] != FALLBACK and float(intent["confidence"]) >= LIKELY
        ]
        topics = guide.book.topics
        return guide.miss(place, channel, [name for name in likely if name in topics and topics[name].group in ASKABLE])

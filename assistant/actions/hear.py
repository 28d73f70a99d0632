"""A topic was understood: the guide says what it means at this place of the conversation."""

from __future__ import annotations

from rasa_sdk import Tracker

from assistant.actions.turn import GuideAction
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.telling import Outcome
from assistant.turns import Channel

# What the gate puts in the place of a private number: see assistant/privacy/masking.py.
MASK = "["


class ActionHear(GuideAction):
    """One action for every topic: rules name it, the journey and the answers know the rest."""

    def name(self) -> str:
        return "action_hear"

    def ask(self, guide: Guide, place: Progress, channel: Channel, tracker: Tracker) -> Outcome:
        topic, confidence = self.understood(tracker)
        if topic == "donnee_sensible" and MASK not in str(tracker.latest_message.get("text")):
            return guide.miss(place, channel)  # it was spoken of, none was sent
        if topic == "arreter_messages":
            return guide.wonder(place, channel, topic)  # the plain words were decided before; these are a guess
        return guide.hear(place, channel, topic, confidence)

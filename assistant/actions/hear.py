"""A topic was understood: the guide says what it means at this place of the conversation."""

from __future__ import annotations

from rasa_sdk import Tracker

from assistant.actions.turn import GuideAction
from assistant.guide import SAFETY, SURE_OF_DANGER, Guide
from assistant.journeys.progress import Progress
from assistant.telling import Outcome
from assistant.turns import Channel

# What the gate puts in the place of a private number: see assistant/privacy/masking.py.
MASK = "["
SURE_OF_STOP = 0.8


class ActionHear(GuideAction):
    """One action for every topic: rules name it, the journey and the answers know the rest."""

    def name(self) -> str:
        return "action_hear"

    def ask(self, guide: Guide, place: Progress, channel: Channel, tracker: Tracker) -> Outcome:
        topic, confidence = self.understood(tracker)
        if topic == "donnee_sensible" and MASK not in str(tracker.latest_message.get("text")):
            return guide.miss(place, channel)  # it was spoken of, none was sent
        if topic == "arreter_messages":
            # The plain words were decided before; these are a guess, and a STOP must be no slip of the finger.
            return guide.wonder(place, channel, topic) if confidence >= SURE_OF_STOP else guide.miss(place, channel)
        if topic in SAFETY and confidence < SURE_OF_DANGER:
            return guide.phrase(place, channel, "danger_peut_etre", intent=topic)
        return guide.hear(place, channel, topic, confidence)

"""A topic was understood: the guide says what it means at this place of the conversation."""

from __future__ import annotations

from rasa_sdk import Tracker

from assistant.actions.turn import GuideAction
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.telling import Outcome
from assistant.turns import Channel


class ActionHear(GuideAction):
    """One action for every topic: rules name it, the journey and the answers know the rest."""

    def name(self) -> str:
        return "action_hear"

    def ask(self, guide: Guide, place: Progress, channel: Channel, tracker: Tracker) -> Outcome:
        topic, confidence = self.understood(tracker)
        return guide.hear(place, channel, topic, confidence)

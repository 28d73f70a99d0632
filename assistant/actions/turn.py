"""What every action shares: the person's place is read from the tracker, and put back with the words."""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, cast

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from assistant.content.wording import CHANNELS
from assistant.guide import Guide
from assistant.guides import open_guide
from assistant.journeys.progress import Progress
from assistant.settings import read_settings
from assistant.telling import Outcome
from assistant.turns import Channel

PLACE = "progress"


@functools.lru_cache(maxsize=1)
def shared_guide() -> Guide:
    """The guide of an action server that Rasa started. Camille's own process gives her guide instead."""
    return open_guide(read_settings(), rings=False)


class GuideAction(Action, ABC):
    """Asks the guide one thing. `guide` returns the guide to ask, late, so that content can be read again."""

    def __init__(self, guide: Callable[[], Guide] = shared_guide) -> None:
        self.guide = guide

    @abstractmethod
    def name(self) -> str:
        """The name that rules give it."""

    @abstractmethod
    def ask(self, guide: Guide, place: Progress, channel: Channel, tracker: Tracker) -> Outcome:
        """What this action asks the guide."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        place = Progress.from_json(tracker.get_slot(PLACE))
        heard_on = tracker.get_latest_input_channel()
        if heard_on in CHANNELS:
            outcome = self.ask(self.guide(), place, cast(Channel, heard_on), tracker)
            dispatcher.utter_message(json_message={"reply": outcome.reply.to_json(), "act": outcome.act})
        else:  # Rasa's own shell, REST channel or tests: plain text, as on the page
            outcome = self.ask(self.guide(), place, "web", tracker)
            for message in outcome.reply.messages:
                listed = "".join(f"\n{choice.key} = {choice.label}" for choice in message.choices)
                dispatcher.utter_message(text=message.text + listed)
        return [SlotSet(PLACE, outcome.progress.to_json())]

    @staticmethod
    def understood(tracker: Tracker) -> tuple[str, float]:
        """The topic of the latest message, and how sure the classifier was."""
        intent = tracker.latest_message.get("intent") or {}
        return str(intent.get("name") or ""), float(intent.get("confidence") or 0.0)

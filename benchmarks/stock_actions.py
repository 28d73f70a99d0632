"""The action server of the stock project: the two actions its rules name, each answering one text.

Copied into the stock project as actions.py, where `rasa run actions` looks for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

# As long as an answer of Camille's by SMS; written beside this file when the project is made.
ANSWER = Path(__file__).with_name("answer.txt").read_text(encoding="utf-8")


class ActionHear(Action):
    """Stands for whatever a stock project would look up."""

    def name(self) -> str:
        return "action_hear"

    def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[dict[str, Any]]:
        dispatcher.utter_message(text=ANSWER)
        return []


class ActionAskAgain(ActionHear):
    """When nothing was understood."""

    def name(self) -> str:
        return "action_ask_again"

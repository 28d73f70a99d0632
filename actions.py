"""Where `rasa run actions` looks for actions when no flag tells it: they live in assistant/actions."""

from assistant.actions.ask_again import ActionAskAgain
from assistant.actions.hear import ActionHear

__all__ = ["ActionAskAgain", "ActionHear"]

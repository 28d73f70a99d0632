"""Where `rasa run actions` looks for actions when no flag tells it: they live in assistant/actions."""

from assistant.actions.ask_again import ActionAskAgain
from assistant.actions.hear import ActionHear
from assistant.rasa_stores import refuse_rasa_stores

# No conversation of Rasa's gets anywhere without these.
refuse_rasa_stores()

__all__ = ["ActionAskAgain", "ActionHear"]

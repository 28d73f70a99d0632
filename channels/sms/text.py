"""Writes a Reply as one SMS: what is said, then a line a choice."""

from __future__ import annotations

from assistant.turns import Reply
from channels.sms.segments import sanitise

# Twilio refuses a longer body with error 21617.
LONGEST = 1_600
LONGEST_LABEL = 160
CUT = "..."


def written(reply: Reply) -> str:
    """The one message of `reply`, at most LONGEST characters; "" for silence.

    When it has to be cut, the choices stay: without them there would be no way on.
    """
    said = sanitise("\n".join(message.text for message in reply.messages))
    choices = "\n".join(sanitise(f"{choice.key} = {choice.label}")[:LONGEST_LABEL] for choice in reply.choices)
    room = LONGEST - len(choices) - 1
    if len(said) > room:
        said = said[: max(room - len(CUT), 0)].rsplit(" ", 1)[0] + CUT
    # Together once more: letters that were free in a short part may cost in the whole.
    return sanitise(f"{said}\n{choices}")[:LONGEST]

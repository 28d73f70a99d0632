"""`camille talk`: many conversations as JSON lines, state kept in the configured database."""

from __future__ import annotations

import secrets
from typing import Any, TextIO, cast

from assistant.clock import now
from assistant.content.wording import CHANNELS
from assistant.conversation import Conversation
from assistant.privacy.pseudonyms import pseudonym
from assistant.turns import Channel, Reply, Turn
from channels.cli.lines import read_object, whole, write_object
from channels.cli.opening import opened


def talk(lines: TextIO, out: TextIO) -> None:
    """Answer each line of `lines` on `out`. A line that is no turn is answered with {"error"}."""
    with opened() as (settings, conversation):
        for line in lines:
            if line.strip():
                write_object(_answer(conversation, settings.pseudonym_pepper, line), out)


def _answer(conversation: Conversation, pepper: str, line: str) -> dict[str, Any]:
    asked = read_object(line)
    if not asked or "person" not in asked:
        return {"error": 'Chaque ligne est un objet JSON : {"person": "...", "channel": "web", "text": "..."}'}
    person, channel = whole(str(asked["person"])), asked.get("channel", "web")
    if channel not in CHANNELS:
        return {"error": f"« channel » vaut {', '.join(CHANNELS)}."}
    turn = Turn(
        address=pseudonym("talk", person, pepper),
        channel=cast(Channel, channel),
        provider="talk",
        message_id=whole(str(asked.get("id") or "")) or secrets.token_urlsafe(12),
        at=now(),
        text=str(asked.get("text") or ""),
        key=str(asked.get("key") or ""),
        confidence=_confidence(asked.get("confidence")),
        opens=asked.get("opens") is True,
    )
    return {"person": person, "channel": channel, **answered(conversation.take(turn))}


def _confidence(given: Any) -> float:
    """How sure a recogniser was of the text: entirely, unless the line says otherwise."""
    return float(given) if isinstance(given, int | float) and 0 <= given <= 1 else 1.0


def answered(reply: Reply) -> dict[str, Any]:
    """The part of a Reply that scripts rely on."""
    place = reply.journey
    return {
        "messages": [
            {"text": message.text, "choices": [{"key": each.key, "label": each.label} for each in message.choices]}
            for message in reply.messages
        ],
        "intent": reply.intent,
        "journey": {
            "name": place.name,
            "step": place.step,
            "position": place.position,
            "of": place.of,
            "status": place.status,
        }
        if place
        else None,
    }

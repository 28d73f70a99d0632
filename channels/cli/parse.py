"""`camille parse`: what is understood, as JSON lines. What the gate decides is reported as the matching topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TextIO

from assistant.clock import now
from assistant.conversation import Conversation
from assistant.folding import clean
from assistant.gate import Verdict, look
from assistant.guide import REPORTED
from assistant.mind import Ranking
from assistant.privacy.masking import mask
from assistant.turns import Turn
from channels.cli.lines import read_object, write_object
from channels.cli.opening import opened

NOTHING = "nlu_fallback"
RANKED = 3


@dataclass(frozen=True)
class Understood:
    """`ranking` is likeliest first, with the doubt ("nlu_fallback") before all; `decided` tells that the gate knew."""

    masked: str
    ranking: Ranking
    decided: bool


def parse(lines: TextIO, out: TextIO) -> None:
    """Answer each {"text"} of `lines` on `out`. A line that is no JSON object is answered with {"error"}."""
    with opened() as (_, conversation):
        for line in lines:
            if line.strip():
                write_object(_parsed(conversation, line), out)


def understood(conversation: Conversation, text: str) -> Understood:
    """What Camille understands of `text` alone: out of any conversation, nothing on offer, nothing stored."""
    turn = Turn("parse", "sms", "parse", "", now(), text)
    verdict = look(turn, (), conversation.lexicon, glossary=conversation.book.glossary)
    masked = verdict.masked.text if verdict.kind != "empty" else mask(clean(text)).text
    return Understood(masked, _ranking(conversation, verdict), verdict.kind in ("topic", "code"))


def _parsed(conversation: Conversation, line: str) -> dict[str, Any]:
    asked = read_object(line)
    text = asked.get("text") if asked else None
    if not isinstance(text, str):
        return {"error": 'Chaque ligne est un objet JSON : {"text": "..."}'}
    found = understood(conversation, text)
    intent, confidence = found.ranking[0]
    return {
        "text": text,
        "masked": found.masked,
        "intent": intent,
        "confidence": round(confidence, 4),
        "ranking": [{"intent": name, "confidence": round(sure, 4)} for name, sure in found.ranking[:RANKED]],
    }


def _ranking(conversation: Conversation, verdict: Verdict) -> Ranking:
    if verdict.kind == "topic":
        return ((REPORTED.get(verdict.topic, verdict.topic), 1.0),)
    if verdict.kind == "code":
        return (("reprendre", 1.0),)
    if verdict.kind == "free":
        return conversation.mind.parse(verdict.masked.text)
    return ((NOTHING, 1.0),)

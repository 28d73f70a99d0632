"""What passes through the one door: a Turn in, a Reply out. Data only, no behaviour but its JSON form."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Channel = Literal["web", "sms", "voice"]
Status = Literal["none", "going", "paused", "done"]
Listening = Literal["choice", "long", "code", "invite"]
Ending = Literal["", "goodbye", "person"]
# How somebody can be written to or rung up later, on the telephone she is using.
Reach = Literal["sms", "voice"]

# The provider's name of a message, and when that try of it came.
Try = tuple[str, datetime]

# A key that no person presses: the provider recorded an explicit wish to be written to again.
OPTED_IN = "opted_in"


@dataclass(frozen=True)
class Turn:
    """One thing a person did: words, a key, or (on the telephone) silence.

    `address` is a keyed pseudonym, never a number. `text` is what was written or heard, unmasked:
    it lives in memory only. `key` is a telephone key, a button's key or the name of a move.
    `at` is an aware UTC time. `aliases` are other names that the provider gives this same event; `missed` are tries
    that could not be taken and said the same (again.py). `number` is the telephone itself, in memory only unless she
    asks to be written to; `reach` is how it can be reached later. `media`: pictures came with it, unseen. `parts` is
    what its carriage was billed. `lasting`: the address will be the same next time, which that of a hidden number is
    not. `asked_for`: Camille rang, as she had been asked.
    `ends`: a call that has lasted too long is to be ended kindly. `network` is where she asks from, a keyed pseudonym
    too; "" where none is known, or where the telephone says it already.
    """

    address: str
    channel: Channel
    provider: str
    message_id: str
    at: datetime
    text: str = ""
    key: str = ""
    confidence: float | None = None
    opens: bool = False
    aliases: tuple[str, ...] = ()
    missed: tuple[Try, ...] = ()
    number: str = field(default="", repr=False)
    reach: tuple[Reach, ...] = ()
    media: bool = False
    parts: int = 1
    lasting: bool = True
    asked_for: bool = False
    ends: bool = False
    network: str = ""


@dataclass(frozen=True)
class Choice:
    """A closed answer offered to the person.

    `goes` names where it leads: "step:x", "topic:y", "journey:x/y", "move:z", "when:demain matin", "person:id".
    """

    key: str
    label: str
    goes: str
    words: tuple[str, ...] = ()
    means: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Choice:
        return cls(
            key=data["key"],
            label=data["label"],
            goes=data["goes"],
            words=tuple(data.get("words", ())),
            means=tuple(data.get("means", ())),
        )


@dataclass(frozen=True)
class Message:
    """One thing said. `more` is what the web may show behind "En savoir plus"; `basis` names the facts it rests on."""

    text: str
    choices: tuple[Choice, ...] = ()
    more: str = ""
    basis: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "choices": [choice.to_json() for choice in self.choices],
            "more": self.more,
            "basis": list(self.basis),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Message:
        choices = tuple(Choice.from_json(choice) for choice in data["choices"])
        return cls(data["text"], choices, data.get("more", ""), tuple(data.get("basis", ())))


@dataclass(frozen=True)
class Position:
    """Where the person stands in a journey: stage `position` of `of`, told as « étape 2 sur 6 ».

    `beside`: she walks it for somebody who sits next to her.
    """

    name: str
    title: str
    step: str
    stage: str
    position: int
    of: int
    status: Status
    beside: bool = False


@dataclass(frozen=True)
class Reply:
    """What to say back. No message means silence. `ending` tells the telephone what follows the words."""

    messages: tuple[Message, ...]
    intent: str
    confidence: float = 1.0
    journey: Position | None = None
    listening: Listening = "choice"
    ending: Ending = ""
    slow: bool = False

    @property
    def choices(self) -> tuple[Choice, ...]:
        return self.messages[-1].choices if self.messages else ()

    def to_json(self) -> dict[str, Any]:
        return {
            "messages": [message.to_json() for message in self.messages],
            "intent": self.intent,
            "confidence": self.confidence,
            "journey": dataclasses.asdict(self.journey) if self.journey else None,
            "listening": self.listening,
            "ending": self.ending,
            "slow": self.slow,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Reply:
        return cls(
            messages=tuple(Message.from_json(message) for message in data["messages"]),
            intent=data["intent"],
            confidence=data["confidence"],
            journey=Position(**data["journey"]) if data["journey"] else None,
            listening=data["listening"],
            ending=data["ending"],
            slow=data["slow"],
        )

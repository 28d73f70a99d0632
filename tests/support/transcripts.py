"""Plays a golden transcript: each turn through a conversation made anew, so that only the database remembers.

A transcript is a YAML file of tests/transcripts/:
    title: what it shows
    channel: sms                     # where it begins; a turn may change it
    turns:
      - begin: documents/ajouter     # the person is stood at this step of this journey; or at its first step
      - say: "bonjour"               # or key: "1", or silence: true, or opens: true (a call or a visit begins)
        channel: voice               # from this turn on
        later: 3 days                # time passes before this turn (minutes, hours, days)
        heard: 0.3                   # how sure the recogniser was, on the telephone; clearly unless said
        again: true                  # the provider delivers this turn twice
        step: preparer               # where the person then stands, read back from the database; null for nowhere
        status: going                # none, going, paused, done
        intent: cout                 # what was understood
        hears: ["gratuit"]           # said, in any case and whatever the accents
        never: ["Étape 1"]           # not said
        silent: true                 # no message at all
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast

import yaml
from sqlalchemy import text

from assistant.conversation import Conversation
from assistant.folding import fold
from assistant.privacy.pseudonyms import pseudonym
from assistant.storage import persons
from assistant.turns import Channel, Choice, Reply, Turn
from channels.sms.segments import Segments
from channels.sms.text import written

FOLDER = Path(__file__).parents[1] / "transcripts"
FIELDS = frozenset(
    "begin say key silence opens code channel later again step status intent hears never silent heard".split()
)
PERSON = "+33639980001"
CLEARLY = 0.9
START = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Transcript:
    """One file, read."""

    name: str
    title: str
    channel: Channel
    turns: list[dict[str, Any]]


def transcripts() -> Iterator[Transcript]:
    """All golden transcripts. A misspelt field would check nothing: it is refused."""
    for path in sorted(FOLDER.rglob("*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for turn in data["turns"]:
            assert set(turn) <= FIELDS, f"{path.name}: unknown fields {set(turn) - FIELDS}"
            assert set(turn) - {"begin", "say", "key", "channel", "later", "opens", "heard"}, (
                f"{path.name}: {turn} expects nothing"
            )
        name = path.relative_to(FOLDER).with_suffix("").as_posix()
        yield Transcript(name, data["title"], cast(Channel, data["channel"]), data["turns"])


@dataclass
class Player:
    """Plays turns. `open_conversation` gives a conversation that remembers nothing but its database."""

    open_conversation: Callable[[], Conversation]
    channel: Channel = "sms"
    clock: datetime = START
    count: int = 0
    code: str = ""
    replies: list[Reply] = field(default_factory=list)

    def play(self, turn: dict[str, Any]) -> Reply:
        """One turn; checks what it expects. AssertionError messages tell the words that were said."""
        self.channel = turn.get("channel", self.channel)
        self.clock += _later(turn.get("later", "1 minutes"))
        self.count += 1
        conversation = self.open_conversation()
        spoken = str(turn.get("say", "")).replace("{code}", self.code)
        made = Turn(
            address=self.address(conversation),
            channel=self.channel,
            provider="test",
            message_id=f"turn-{self.count}",
            at=self.clock,
            text=spoken,
            key=str(turn.get("key", "")).replace("{code}", self.code),
            confidence=float(turn.get("heard", CLEARLY)) if self.channel == "voice" else None,
            number=PERSON if self.channel != "web" else "",
            reach=("sms", "voice") if self.channel != "web" else (),
            opens=bool(turn.get("opens")),
        )
        reply = self.begin(conversation, made, turn["begin"]) if "begin" in turn else conversation.take(made)
        if turn.get("again"):
            assert self.open_conversation().take(made) == reply, "a repeat must get the same reply"
        if turn.get("code"):
            self.code = conversation.resume_code(made.address, self.clock) or ""
            assert self.code, "there was nothing to carry elsewhere"
        self.replies.append(reply)
        self.check(turn, reply, spoken or made.key)
        return reply

    def begin(self, conversation: Conversation, made: Turn, target: str) -> Reply:
        """As a choice that leads into the journey does."""
        with conversation.database.transaction() as connection:
            person = persons.find(connection, made.address)
            outcome = conversation.guide.choose(person.progress, made.channel, Choice("", "", f"journey:{target}"))
            persons.save(connection, person, made.address, outcome.progress, outcome.reply, made.at)
        return outcome.reply

    def address(self, conversation: Conversation) -> str:
        """A telephone and its SMS are one address; the web is another."""
        kind = "web" if self.channel == "web" else "phone"
        return pseudonym(kind, PERSON, conversation.settings.pseudonym_pepper)

    def check(self, turn: dict[str, Any], reply: Reply, spoken: str) -> None:
        said = "\n".join(message.text for message in reply.messages)
        told = f"turn {self.count} « {spoken} » ({self.channel}) was answered: « {said} » [{reply.intent}]"
        assert bool(reply.messages) != bool(turn.get("silent", False)), told
        assert len(reply.choices) <= 3, told
        if self.channel == "sms" and reply.messages:
            size = Segments.of(written(reply))
            assert size.count <= 2, f"{size.count} segments: {told}"
            assert size.encoding == "GSM-7", told
        if "intent" in turn:
            assert reply.intent == turn["intent"], told
        for part in turn.get("hears", ()):
            assert fold(part) in fold(said), f"missing « {part} »: {told}"
        for part in turn.get("never", ()):
            assert fold(part) not in fold(said), f"unwanted « {part} »: {told}"
        self.check_place(turn, told)

    def check_place(self, turn: dict[str, Any], told: str) -> None:
        """The place as the database has it, not as the reply says it."""
        conversation = self.open_conversation()
        with conversation.database.transaction() as connection:
            place = persons.find(connection, self.address(conversation)).progress
        if "step" in turn:
            assert (place.step or None) == turn["step"], f"stands at {place.step}: {told}"
        if "status" in turn:
            assert place.status == turn["status"], f"status {place.status}: {told}"


def everything_stored(conversation: Conversation) -> str:
    """Every value of every table, for looking for what must not be there. Which pepper is in force is of nobody."""
    parts: list[str] = []
    with conversation.database.transaction() as connection:
        from assistant.storage.schema import metadata

        for table in metadata.tables.keys() - {"peppers"}:
            parts += [str(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608
    return "\n".join(parts)


def _later(words: str) -> timedelta:
    amount, unit = words.split()
    return timedelta(**{unit if unit.endswith("s") else f"{unit}s": float(amount)})

"""Keeps what a turn led to, in its one transaction: the place, the reply, the consent, what is to be sent later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cached_property

from sqlalchemy.engine import Connection

from assistant.privacy.peppers import current
from assistant.privacy.sealing import Sealer
from assistant.reminding import due, way
from assistant.storage import consents, events, inbox, outbox, persons, reminders, tallies, unanswered
from assistant.telling import Outcome
from assistant.turns import Reply, Turn

LONGEST_KEY = 80  # the column of the outbox


def opted_out(connection: Connection, address: str, at: datetime) -> None:
    """A STOP that was said outside of a turn is one like any other: nothing waits for this telephone any more."""
    consents.stop(connection, address, "sms", at)
    outbox.cancel(connection, address, at)
    reminders.cancel_at(connection, address)


class Keeper:
    """The first of the secrets seals the numbers that something is to be sent to."""

    def __init__(self, *secrets: str) -> None:
        self._secrets = secrets

    def said_again(self, connection: Connection, turn: Turn, person: persons.Person) -> Reply | None:
        """What was replied to the same words, when they were stored last of `person` and nobody knew; otherwise None.

        Another try of the same message that was stored was answered: that one is not what she says again.
        Raises TurnConflictError when another worker was first.
        """
        last = [each for each in turn.missed if each[1] == person.seen_at]
        stored = inbox.stored_try(connection, turn.provider, turn.message_id, last, turn.at) if last else None
        return inbox.recorded(connection, turn.provider, stored) if stored else None

    def store(self, connection: Connection, turn: Turn, person: persons.Person, outcome: Outcome) -> None:
        """Store what `turn` led to. Raises TurnConflictError when another turn was stored since `person` was read."""
        reply = outcome.reply
        self._heard(connection, turn)
        if outcome.act == "erase":
            persons.forget(connection, person.id)
        # What erases is known by the provider's name of it alone: the proof is with the person, not here.
        address = "" if outcome.act == "erase" else turn.address
        self._record(connection, turn, reply, address)
        if outcome.act == "erase":
            return
        # Whoever goes on by herself needs no reminder any more.
        back = bool(outcome.progress.due) and outcome.progress.status != "paused" and not outcome.progress.asks
        place = replace(outcome.progress, due="", promise="") if back else outcome.progress
        persons.save(connection, person, turn.address, place, reply, turn.at)
        events.note(connection, person.id, turn.channel, reply, turn.at)
        self._send_later(connection, turn, person.id, outcome, back)
        if outcome.act == "stop" and turn.channel == "sms":
            consents.stop(connection, turn.address, turn.channel, turn.at)
        elif outcome.act == "allow":
            consents.allow(connection, turn.address, turn.channel, turn.at)
        elif outcome.act == "ask_to_return":
            consents.ask_to_return(connection, turn.address)

    def only_stopped(self, connection: Connection, turn: Turn, reply: Reply, *, stands: bool) -> None:
        """Keep that `turn` was heard, and of it the STOP alone if it `stands`.

        Raises TurnConflictError when another worker was first.
        """
        if stands:
            opted_out(connection, turn.address, turn.at)
        self._record(connection, turn, reply, "")

    def turned_away(self, connection: Connection, turn: Turn, reply: Reply) -> None:
        """Keep that `turn` had `reply`, and nothing of the person: her place, her reminder and what was told last stay.

        Raises TurnConflictError when another worker was first.
        """
        self._heard(connection, turn)
        self._record(connection, turn, reply, turn.address)

    def _record(self, connection: Connection, turn: Turn, reply: Reply, address: str) -> None:
        """Under all names: a try that failed and comes later must find that she said it again."""
        missed = inbox.free(connection, turn.provider, [name for name, _ in turn.missed])
        names = (*turn.aliases, *missed)
        inbox.record(connection, turn.provider, turn.message_id, reply, turn.at, address=address, aliases=names)

    def _heard(self, connection: Connection, turn: Turn) -> None:
        """Whatever is said from a telephone, it answers. A page is never written to."""
        if turn.channel != "web":
            unanswered.answered(connection, turn.address)

    def _send_later(self, connection: Connection, turn: Turn, person: str, outcome: Outcome, back: bool) -> None:
        """What is to be sent after this turn, and what is not any more."""
        if outcome.act == "stop":
            reminders.cancel_at(connection, turn.address)
            outbox.cancel(connection, turn.address, turn.at)
        if back or outcome.act in ("remind", "call_off"):
            reminders.cancel(connection, person)
            outbox.cancel(connection, turn.address, turn.at, only=outbox.REMINDER)
        if outcome.act == "remind" and turn.number:
            reminders.put(
                connection,
                person=person,
                address=turn.address,
                channel=way(outcome.progress),
                number=self._sealer.seal(turn.number, current(turn.address)),
                due_at=due(outcome.progress),
                at=turn.at,
            )
        if outcome.act == "text" and turn.number:
            outbox.put(
                connection,
                key=f"text:{turn.provider}:{turn.message_id}"[:LONGEST_KEY],
                kind="sms",
                address=turn.address,
                number=self._sealer.seal(turn.number, current(turn.address)),
                body=outcome.text,
                due_at=turn.at,
                at=turn.at,
            )

    def count(self, connection: Connection, turn: Turn, parts: int) -> None:
        """Count what the carriage was billed. Last in the transaction: everybody counts in the same row."""
        if turn.channel == "web":
            return
        tallies.count(connection, turn.channel, "in", turn.parts, turn.at)
        if parts:
            tallies.count(connection, turn.channel, "out", parts, turn.at)

    @cached_property
    def _sealer(self) -> Sealer:
        return Sealer(*self._secrets)

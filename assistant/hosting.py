"""Receives who comes by an invitation, over one transaction: finds it, uses its place, counts, and is done at the end.

What is told is in proposing.py. Nothing of the practice stays with the person but a row that links the two, erased
with her; what the practice is told is counted of nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from assistant.gate import Verdict
from assistant.guide import Guide
from assistant.invitation_keys import ASKED, OPENING, Key, asked
from assistant.inviting import kept
from assistant.journeys.progress import Progress
from assistant.storage import guesses, guests, invitations, outbox, practice_months, unanswered
from assistant.storage.guesses import INVITATION
from assistant.storage.invitations import Aim, Invitation
from assistant.storage.persons import Person
from assistant.telling import Outcome
from assistant.turns import Turn

AIMS: tuple[Aim, ...] = ("activer", "partager", "ecrire")


@dataclass(frozen=True)
class Visit:
    """What is to be stored once the turn is: who came by what, and what was carried through."""

    came: Invitation | None = None
    counted: bool = True
    started: bool = False
    finished: tuple[Invitation, ...] = ()


class Host:
    """Over one guide. `pepper` keys the hashes of invitations."""

    def __init__(self, guide: Guide, pepper: str) -> None:
        self._guide = guide
        self._propose = guide.propose
        self._pepper = pepper

    def look(self, connection: Connection, person: Person, token: str, at: datetime) -> Invitation | None:
        """What the letters of an address lead to, for `person`: hers already, or good. Uses nothing up."""
        hashed = kept("token", token, self._pepper)
        found = invitations.known(connection, "token", hashed)
        if found is None or guests.came(connection, person.id, found.id):
            return found
        return invitations.good(connection, "token", hashed, at)

    def settle(
        self, connection: Connection, turn: Turn, person: Person, outcome: Outcome, verdict: Verdict
    ) -> tuple[Outcome, Visit]:
        """What is said to who gave the key of an invitation, or has just done what hers proposed."""
        visit = Visit()
        if verdict.kind == "invite":
            place = self._place(turn, person, outcome.progress)
            outcome, visit = self._by_key(connection, turn, person, place, verdict.invite)
        else:
            outcome, visit = self._ended(connection, turn, person, outcome)
        return self._listening(connection, turn, outcome), visit

    def by_link(
        self, connection: Connection, turn: Turn, person: Person, token: str, *, counted: bool
    ) -> tuple[Outcome, Visit]:
        """The same for the letters of an address. They cannot be guessed: wrong ones are not counted."""
        place = self._place(turn, person, person.progress)
        found = self._found(connection, turn, person, "token", token)
        return self._received(connection, turn, person, place, found, counted=counted)

    def keep(self, connection: Connection, person: Person, outcome: Outcome, visit: Visit, at: datetime) -> None:
        """Store what `settle` found, after the person herself."""
        if outcome.act == "uncount":
            guests.refuse(connection, person.id)
        if visit.came and not guests.came(connection, person.id, visit.came.id):
            finished = not visit.started
            guests.add(connection, person.id, visit.came.id, at, counted=visit.counted, finished=finished)
            unanswered.taken_up(connection, f"{outbox.INVITE}{visit.came.id}")
            if visit.started and visit.counted:
                practice_months.count(connection, visit.came.practice, "started", at)
        for invitation in visit.finished:
            if guests.finish(connection, person.id, invitation.id):
                practice_months.count(connection, invitation.practice, "finished", at)

    def _by_key(
        self, connection: Connection, turn: Turn, person: Person, place: Progress, key: Key | None
    ) -> tuple[Outcome, Visit]:
        if key is None:
            return self._propose.ask(place, turn.channel), Visit()
        if not key.value:
            return self._propose.none(place, turn.channel), Visit()
        if guesses.shut(connection, INVITATION, turn.address, turn.network, turn.at) is not None:
            return self._propose.later(place, turn.channel), Visit()
        found = self._found(connection, turn, person, key.kind, key.value)
        if found is None:
            guesses.note(connection, INVITATION, turn.address, turn.network, turn.at)
        return self._received(connection, turn, person, place, found, counted=key.counted)

    def _found(
        self, connection: Connection, turn: Turn, person: Person, key: invitations.Key, value: str
    ) -> Invitation | None:
        """The invitation behind `value`: hers already, or one that has room for her, who takes a place in it."""
        hashed = kept(key, value, self._pepper)
        found = invitations.known(connection, key, hashed)
        if found is None or guests.came(connection, person.id, found.id):
            return found
        return found if invitations.take(connection, found.id, turn.at) else None

    def _received(
        self,
        connection: Connection,
        turn: Turn,
        person: Person,
        place: Progress,
        found: Invitation | None,
        *,
        counted: bool,
    ) -> tuple[Outcome, Visit]:
        if found is None:
            return self._propose.none(place, turn.channel), Visit()
        outcome = self._propose.come(place, turn.channel, found.shown_as, found.aim)
        return outcome, Visit(found, counted, started=outcome.progress.under_way)

    def _ended(self, connection: Connection, turn: Turn, person: Person, outcome: Outcome) -> tuple[Outcome, Visit]:
        """Whether this turn is the end of what an invitation proposed: then there is something to tell the doctor."""
        ended = [aim for aim in AIMS if self._just_done(aim, person.progress, outcome.progress)]
        if not ended or not outcome.reply.messages:
            return outcome, Visit()
        hers = guests.unfinished(connection, person.id, *ended)
        if hers:
            outcome = self._propose.tell(outcome, turn.channel, hers[0].shown_as, hers[0].aim)
        return outcome, Visit(finished=tuple(hers))

    def _just_done(self, aim: Aim, before: Progress, after: Progress) -> bool:
        name = self._propose.journey(aim)
        return after.status_in(name) == "done" != before.status_in(name)

    def _place(self, turn: Turn, person: Person, now: Progress) -> Progress:
        """Where `person` stands, after the time that she was away; how she can be reached is that of `now`."""
        away = turn.at - person.seen_at if person.seen_at else timedelta(0)
        return replace(self._guide.absent(person.progress, away), reach=now.reach, misses=0, silences=0)

    def _listening(self, connection: Connection, turn: Turn, outcome: Outcome) -> Outcome:
        """On the telephone, six digits are waited for where they mean an invitation, if there are any."""
        wanted = turn.channel == "voice" and outcome.reply.listening == "choice" and not outcome.reply.ending
        if not wanted or asked(turn, outcome.progress) not in (ASKED, OPENING):
            return outcome
        if not invitations.there_are_any(connection):
            return outcome
        return replace(outcome, reply=replace(outcome.reply, listening="invite"))

"""Whose turn it is: by a resume code, or by who holds a telephone that several persons use. Over one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from assistant.gate import Verdict
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.privacy.pseudonyms import pseudonym
from assistant.sharing import PERSON
from assistant.storage import companions, persons, resume_codes
from assistant.telling import Outcome
from assistant.turns import Turn

# After so long, a telephone that several persons use may be in other hands.
SOMEBODY_ELSE = timedelta(hours=6)
MOVES_ON = frozenset("saluer reprendre etape_faite etape_bloquee confirmer refuser activer demander_aide".split())
# From this stage on, a caller whose number is hidden would be sorry to begin again.
WORTH_A_CODE = 2


class Whose:
    """Over one guide. `pepper` keys the resume codes."""

    def __init__(self, guide: Guide, pepper: str) -> None:
        self._guide = guide
        self._pepper = pepper

    def is_open(self, turn: Turn, place: Progress, verdict: Verdict, away: timedelta) -> bool:
        """Whether it must be asked who holds the telephone: somebody says so, or hours have passed on a shared one."""
        if verdict.topic == "autre_personne":
            return True
        if not place.shared or turn.channel == "web" or turn.asked_for or turn.ends or away < SOMEBODY_ELSE:
            return False
        return verdict.kind in ("silence", "empty", "choice", "free") or verdict.topic in MOVES_ON

    def ask(self, connection: Connection, turn: Turn, place: Progress) -> Outcome:
        return self._guide.who(place, turn.channel, companions.at(connection, turn.address))

    def settle(
        self, connection: Connection, turn: Turn, person: persons.Person, outcome: Outcome, verdict: Verdict
    ) -> tuple[persons.Person, Outcome]:
        """Who it turns out to be, and what is said to her; with a code for whoever could not be known again."""
        if verdict.kind == "code":
            person, outcome = self._carry(connection, turn, person, verdict.code)
        elif verdict.choice and verdict.choice.goes.startswith(PERSON):
            person, outcome = self._switch(connection, turn, verdict.choice.goes.removeprefix(PERSON))
        if self._needs_code(turn, person, outcome):
            code = self.code(connection, person, turn.at)
            outcome = self._guide.give_code(outcome, turn.channel, code) if code else outcome
        return person, outcome

    def _switch(self, connection: Connection, turn: Turn, target: str) -> tuple[persons.Person, Outcome]:
        """Somebody said who she is: her place, or a new one."""
        known = target in companions.at(connection, turn.address)
        if known:
            companions.switch(connection, turn.address, target)
        else:
            companions.add(connection, turn.address, turn.at)
        person = persons.find(connection, turn.address)
        place = replace(person.progress, reach=turn.reach)
        return person, self._guide.greet(place, turn.channel)

    def _needs_code(self, turn: Turn, person: persons.Person, outcome: Outcome) -> bool:
        """Whether a hidden number should be given a code: once there is a place to lose, and before it is lost."""
        place, journey = outcome.progress, outcome.reply.journey
        if turn.lasting or not person.version or not place.under_way or place.coded or not outcome.reply.messages:
            return False
        return outcome.reply.ending == "goodbye" or (journey is not None and journey.position >= WORTH_A_CODE)

    def _carry(
        self, connection: Connection, turn: Turn, person: persons.Person, code: str
    ) -> tuple[persons.Person, Outcome]:
        """A resume code was given: this address takes over the place it stands for."""
        owner = resume_codes.redeem(connection, code, turn.address, turn.at, self._keyed, turn.network)
        if owner in ("blocked", "unknown"):
            phrase = "code_bloque" if owner == "blocked" else "code_faux"
            return person, self._guide.phrase(person.progress, turn.channel, phrase, "reprendre")
        return self._take_over(connection, turn, person, owner)

    def _take_over(
        self, connection: Connection, turn: Turn, person: persons.Person, owner: str
    ) -> tuple[persons.Person, Outcome]:
        """The address of `turn`, which was that of `person`, goes on from the place of `owner`."""
        persons.move(connection, turn.address, owner)
        met = person.progress.met
        person = persons.find(connection, turn.address)
        # Who speaks was said at both ends; it need not be said again.
        place = replace(person.progress, met=tuple(dict.fromkeys((*person.progress.met, *met))))
        return person, self._guide.back_after(place, turn.channel, "code_trouve")

    def code(self, connection: Connection, person: persons.Person, at: datetime) -> str | None:
        """Four digits that carry the place of `person` elsewhere; None when nearly all are taken."""
        return resume_codes.give(connection, person.id, at, self._keyed)

    def link(self, connection: Connection, person: persons.Person, at: datetime) -> str:
        """The letters of a link that does the same, beside that code."""
        return resume_codes.give_link(connection, person.id, at, self._keyed)

    def leads_somewhere(self, connection: Connection, link: str, at: datetime) -> bool:
        return resume_codes.leads_to(connection, link, at, self._keyed) is not None

    def follow(self, connection: Connection, turn: Turn, link: str) -> tuple[persons.Person, Outcome] | None:
        """By a link, the address of `turn` takes over a place; None when the link is good no more."""
        owner = resume_codes.follow(connection, link, turn.at, self._keyed)
        if owner is None:
            return None
        return self._take_over(connection, turn, persons.find(connection, turn.address), owner)

    def _keyed(self, code: str) -> str:
        return pseudonym("resume", code, self._pepper)

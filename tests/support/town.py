"""A service that a town has lived with for a hundred days: people who write, call and look, and practices that invite.

Everything goes through the real webhooks and the real conversation; what is counted of nobody is noted by the functions
that note it in life. A town is left in the middle of every conversation, and gone on with over copies of its database.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from assistant.inviting import Inviting
from assistant.inviting_by_sms import InvitingBySms
from assistant.mobiles import Mobile
from assistant.privacy.pseudonyms import pseudonym
from assistant.storage import (
    companions,
    guesses,
    operator_acts,
    operator_sessions,
    operators,
    outbox,
    practice_slips,
    ratings,
    schema,
    switches,
    unclear,
)
from assistant.storage.database import Database
from assistant.storage.guesses import RESUME
from assistant.turns import Reply, Turn
from benchmarks.crowd import REMINDER, Script, crowd
from channels.services import Services
from tests.support.carrier import Caller, Ledger, Line, Phone, within_process
from tests.support.faces import BASE, NOON, Face, open_face
from tests.support.outgoing import Clock
from tests.support.practice import Practice, open_practice
from tests.support.proof import without_proof

PEPPER, NEXT_PEPPER = "y" * 40, "n" * 40
DAYS = timedelta(days=100)
VISITS, INVITED = 8, 12
SENDER = "38123"
WORDS = "On vous propose une aide gratuite: {link} Refus: STOP"


@dataclass
class Life:
    """Somebody in the middle of what `script` does, and what she was told since she was last looked at."""

    script: Script
    number: str
    done: int = 0
    call: Caller | None = None
    told: list[str] = field(default_factory=list)


@dataclass
class Town:
    """The service, a clock that the test turns, and those who live with it."""

    face: Face
    clock: Clock
    line: Line
    lives: list[Life]

    @property
    def database(self) -> Database:
        return self.face.conversation.database

    def phone(self, number: str) -> str:
        return pseudonym("phone", number, self.face.settings.pseudonym_pepper)

    def visit(self, number: int) -> str:
        return pseudonym("web", f"visit {number}", self.face.settings.pseudonym_pepper)

    def live(self, life: Life, acts: int) -> None:
        """The next `acts` of what she does."""
        for kind, what in life.script.acts[life.done : life.done + acts]:
            life.done += 1
            if life.script.writes:
                life.told.append(without_proof(Phone(self.line, life.number).text(what)))
                continue
            if life.call is None or life.call.ended:
                life.call = Caller(self.line, life.number)
                life.told.append(life.call.ring())
            life.told.append(_done(life.call, kind, what))

    def go_on(self) -> list[list[str]]:
        """Everybody does the rest of it, a day later. Returns what each was told."""
        self.clock.later(days=1)
        for life in self.lives:
            life.told = []
            self.live(life, len(life.script.acts))
        return [life.told for life in self.lives]

    def take(self, visit: int, text: str) -> Reply:
        turn = Turn(self.visit(visit), "web", "web", self.line.ledger.sid("web"), self.clock(), text)
        return self.face.conversation.take(turn)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table."""
        with self.database.transaction() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in schema.metadata.sorted_tables
            }


@contextmanager
def town(var: Path, url: str, lives: list[Life] | None = None, *, at: datetime = NOON) -> Iterator[Town]:
    """Over the database at `url`; with copies of `lives`, to go on where they are."""
    face = open_face(var, database_url=url, twilio_sender=SENDER, newer_peppers=(NEXT_PEPPER,))
    clock = Clock(at)
    services: Services = face.app.extensions["camille"]
    face.app.extensions["camille"] = replace(services, clock=clock)
    # Other names of messages than those of the life before, the same in every copy.
    ledger = Ledger(senders=frozenset({SENDER}), clock=clock, numbers=count(1_000_000 if lives else 1))
    made = Town(face, clock, Line(ledger, within_process(face.app), BASE), [])
    made.lives = [_copied(life, made.line) for life in lives or ()]
    yield made
    face.close()


def _done(call: Caller, kind: str, what: str) -> str:
    """One act of a caller: what is said to it, "" to who hangs up."""
    if kind == "press":
        return call.press(what)
    if kind == "speak":
        return call.speak(what)
    if kind == "wait":
        return call.wait()
    call.hang_up()
    return ""


def _copied(life: Life, line: Line) -> Life:
    call = copy.copy(life.call)
    if call is not None:
        call.line, call._verbs, call.heard = line, deque(call._verbs), list(call.heard)
    return Life(life.script, life.number, life.done, call)


def fill(made: Town, people: int, seed: int) -> None:
    """A hundred days until NOON: everybody is left half-way, the last ones today."""
    scripts = list(crowd(people, seed, 0.0))
    for index, script in enumerate(scripts):
        made.clock.at = NOON - DAYS + DAYS * (index + 1) / people
        life = Life(script, f"+3363998{index:04d}")
        # Who asks for a reminder is left once she is promised it, and may call it off later.
        asks = ("text", REMINDER[0]) in script.acts
        made.live(life, script.acts.index(("text", REMINDER[-1])) + 1 if asks else len(script.acts) // 2)
        made.lives.append(life)
        if index % 10 == 0:
            _of_nobody(made, index)
    made.clock.at = NOON - timedelta(days=3)
    practice = open_practice(made.face.app)
    with made.database.transaction() as connection:  # keyed hashes, as the door makes them
        for column in (schema.practices.c.key, schema.members.c.subject):
            for found in connection.execute(select(column).where(column.is_not(None))).scalars().all():
                hashed = pseudonym("psc", found, PEPPER)
                connection.execute(update(column.table).where(column == found).values({column: hashed}))
    _visits(made)
    _invitations(made, practice)
    _those_who_run_it(made)
    made.clock.at = NOON


def _of_nobody(made: Town, index: int) -> None:
    at = made.clock()
    with made.database.transaction() as connection:
        ratings.note(connection, f"form {index}", "cout", "web", helped=index % 20 == 0, at=at)
        unclear.note(connection, "le [mot] de la carte", "sms", Reply((), ""), at, index % unclear.SHARES)
        guesses.note(connection, RESUME, made.phone(made.lives[index].number), "", at)
        practice_slips.put(connection, "tried", f"slip {index}", "", at + timedelta(minutes=10), at)


def _visits(made: Town) -> None:
    """Visits of the page, some with a code to go on elsewhere; one telephone with two persons."""
    for number in range(VISITS):
        made.take(number, "1")
        if number % 2:
            assert made.face.conversation.resume_code(made.visit(number), made.clock())
            assert made.face.conversation.resume_link(made.visit(number), made.clock())
    shared = next(life.number for life in reversed(made.lives) if life.script.writes)
    with made.database.transaction() as connection:
        companions.add(connection, made.phone(shared), made.clock())


def _those_who_run_it(made: Town) -> None:
    """Somebody who signed in to /pilotage and paused the pages of practices."""
    at = made.clock()
    with made.database.transaction() as connection:
        name, _ = operators.add(connection, "accueil", "exploitation", at)
        operator_sessions.begin(connection, "token", name, at)
        operator_acts.note(connection, name, "switched_off", at, "practice")
        switches.switch_off(connection, "practice", at)


def _invitations(made: Town, practice: Practice) -> None:
    """By SMS to telephones, some known and some that said STOP; by a word; some sent, some still to go."""
    settings, database = made.face.settings, made.database
    practice.browser(practice.martin, BASE).look("/medecin")
    by_sms = InvitingBySms(settings, database, lambda: WORDS)
    for number in range(INVITED):
        mobile = Mobile(f"+3363998{number * 3:04d}")
        again = {"physician": practice.martin.id, "aim": "activer", "at": made.clock()}
        assert by_sms.send(practice.martin, mobile, form=f"sms {number}", **again) == "sent"  # type: ignore[arg-type]
        made.clock.later(minutes=7)
        if number % 2:
            with database.transaction() as connection:
                (due,) = outbox.claim(connection, made.clock(), timedelta(minutes=2))
                outbox.settle(connection, due, "sent", made.clock(), provider_id=f"SM{number}", segments=1)
    for number in range(INVITED):
        who = practice.martin if number % 2 else practice.elsewhere
        given = Inviting(settings, database).make(
            practice=who.practice, physician=who.id, way="show", aim="activer", at=made.clock()
        )
        if number % 3:
            Phone(made.line, f"+3363998{5000 + number}").text(given.word)

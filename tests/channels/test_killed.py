"""The process is killed between every two steps of a turn, then the carrier tries again: exactly one effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from assistant.privacy.pseudonyms import pseudonym
from assistant.storage.schema import tallies
from tests.support.carrier import Caller, Ledger, Line, Phone, within_process
from tests.support.faces import BASE, Face, open_face
from tests.support.kept import kept
from tests.support.killing import Killer, mortal
from tests.support.outgoing import SENDER
from tests.support.postgres import KINDS, server
from tests.support.proof import without_proof

# A turn that takes more steps than this has changed a great deal.
MOST_STEPS = 80


@dataclass
class World:
    """A service that may be killed, and the carrier in front of it."""

    face: Face
    killer: Killer
    line: Line

    def number(self, index: int) -> str:
        return f"+3363998{index:04d}"

    def state(self, number: str) -> dict[str, list[dict[str, Any]]]:
        address = pseudonym("phone", number, self.face.settings.pseudonym_pepper)
        with self.face.conversation.database.transaction() as connection:
            return kept(connection, address)

    def counted(self) -> Counter[tuple[str, str, str]]:
        """Messages and segments, both ways, of everybody together."""
        found: Counter[tuple[str, str, str]] = Counter()
        with self.face.conversation.database.transaction() as connection:
            for row in connection.execute(select(tallies)):
                found[row.channel, row.way, "messages"] += row.messages
                found[row.channel, row.way, "segments"] += row.segments
        return found


@pytest.fixture(scope="module", params=KINDS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    var = tmp_path_factory.mktemp("var")
    if request.param == "sqlite":
        yield from _world(open_face(var, twilio_sender=SENDER.text))
        return
    with server().database() as url:
        yield from _world(open_face(var, database_url=url, twilio_sender=SENDER.text))


def _world(face: Face) -> Iterator[World]:
    killer = Killer(face.conversation.database.engine)
    yield World(face, killer, Line(Ledger(), mortal(within_process(face.app), killer), BASE))
    killer.close()
    face.close()


# What was said before, and the turn during which the process dies.
SMS = {
    "first-words": ([], "Bonjour"),
    "a-digit": (["Bonjour"], "1"),
    "a-choice": (["Bonjour", "1"], "Pour moi"),
    "not-understood": (["Bonjour"], "la météo marine de demain"),
    "a-secret": (["Bonjour", "1"], "1 85 12 75 108 123 42"),
    "danger": (["Bonjour", "1"], "je fais un infarctus"),
    "stop": (["Bonjour", "1"], "STOP"),
    "stop-again": (["Bonjour", "STOP"], "STOP"),
    "writing-after-stop": (["Bonjour", "STOP"], "Bonjour"),
    "coming-back": (["Bonjour", "1", "STOP", "Bonjour"], "OUI"),
    "erasing": (["Bonjour", "1", "effacez mes données"], "Oui, effacer"),
    "a-wrong-code": (["Bonjour"], "reprise 0000"),
    "later": (["Bonjour", "1"], "plus tard"),
    "promising-a-reminder": (["Bonjour", "1", "rappelez-moi", "demain matin"], "oui"),
    "calling-a-reminder-off": (["Bonjour", "1", "rappelez-moi", "demain matin", "oui"], "pas de rappel"),
    "stopping-a-reminder": (["Bonjour", "1", "rappelez-moi", "demain matin", "oui"], "STOP"),
}
_numbers = iter(range(10_000))


@pytest.mark.parametrize("name", SMS)
def test_an_sms_turn_has_one_effect_wherever_the_process_dies(world: World, name: str) -> None:
    before, last = SMS[name]

    def live(number: str, step: int | None) -> str:
        phone = Phone(world.line, number)
        for text in before:
            phone.text(text)
        if step is not None:
            world.killer.at(step)
        return phone.text(last)

    _dies_everywhere(world, live)


CALLS: dict[str, tuple[list[str], str]] = {
    "ringing": ([], ""),
    "a-key": ([""], "1"),
    "silence": (["", "1"], "silence"),
    "a-person": (["", "1"], "0"),
    "good-bye": (["", "1"], "au revoir"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_turn_of_a_call_has_one_effect_wherever_the_process_dies(world: World, name: str) -> None:
    before, last = CALLS[name]

    def live(number: str, step: int | None) -> str:
        call = Caller(world.line, number)
        for act in before:
            _act(call, act)
        if step is not None:
            world.killer.at(step)
        return _act(call, last)

    _dies_everywhere(world, live)


def _act(call: Caller, act: str) -> str:
    if act == "":
        return call.ring()
    if act == "silence":
        return call.wait()
    return call.press(act) if len(act) == 1 else call.speak(act)


def _dies_everywhere(world: World, live: Callable[[str, int | None], str]) -> None:
    """`live` a conversation whose last turn dies at step 1, 2, 3..., each time as somebody new, until it does not."""
    killer = world.killer
    number, counted = world.number(next(_numbers)), world.counted()
    right, state = live(number, None), world.state(number)
    cost = world.counted() - counted
    killer.deaths.clear()
    for step in range(1, MOST_STEPS):
        number, counted = world.number(next(_numbers)), world.counted()
        said = live(number, step)
        killer.spare()
        where = f"killed at {killer.deaths[-1:]} (step {step})"
        assert without_proof(said) == without_proof(right), where
        assert world.state(number) == state, where
        assert world.counted() - counted == cost, where
        if len(killer.deaths) < step:
            break
    else:
        raise AssertionError(f"more than {MOST_STEPS} steps")
    # A turn reads, decides and stores, each in its own way; less than this, and hardly anything was tried.
    assert len(killer.deaths) >= 6, killer.deaths
    assert {"before commit", "after commit", "answering"} <= set(killer.deaths)

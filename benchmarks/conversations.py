"""Thousands of conversations over a bad line, in a process that is killed now and then: nothing lost, nothing twice.

`python -m benchmarks.conversations --people 10000 --seed 7`. Messages and calls go through the real webhooks of an
application over a real database, in process, carried by the pretend Twilio of the tests: webhooks that never arrive,
answers that are never heard, duplicates at once and late, messages in the wrong order, and a process that dies before
a statement, around a commit or while it answers. Each person is then compared with somebody who did the same on a good
line: what she was told, and all that the database keeps of her.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import text

from assistant.conversation import Conversation
from assistant.privacy.pseudonyms import pseudonym
from assistant.settings import Settings, read_settings
from assistant.storage.database import Database
from benchmarks.crowd import DANGER, ERASED, STOP, YES, Script, crowd
from channels.app import create_app
from tests.support.carrier import Caller, Ledger, Line, Mishaps, Phone, within_process
from tests.support.carrier.ledger import ACCOUNT, TOKEN
from tests.support.carrier.line import Heard, Transport
from tests.support.faces import NOON
from tests.support.kept import kept
from tests.support.killing import Killer, mortal
from tests.support.proof import without_proof

PUBLIC = "https://camille.example"
DUPLICATES, REORDERED, KILLS, LOST = 0.05, 0.05, 0.02, 0.01
# A turn takes about a dozen statements and commits; beyond, the process dies while it answers.
MOST_STEPS = 16
AIMS = ("lost turns", "double replies", "messages after STOP", "other states")


@dataclass
class Life:
    """What became of one person: what she was told, in order, and what is kept of her."""

    told: list[str]
    state: dict[str, list[dict[str, Any]]]


@dataclass
class World:
    """One service, and the line to it."""

    settings: Settings
    database: Database
    line: Line
    killer: Killer | None = None
    people: int = 0

    def live(self, script: Script) -> Life:
        """Somebody new does what `script` says."""
        number = f"+336{self.people:08d}"
        self.people += 1
        told = self._write(number, script) if script.writes else self._call(number, script)
        self.line.flush()
        address = pseudonym("phone", number, self.settings.pseudonym_pepper)
        with self.database.transaction() as connection:
            return Life([without_proof(said) for said in told], kept(connection, address))

    def _write(self, number: str, script: Script) -> list[str]:
        phone, told = Phone(self.line, number), []
        for _, body in script.acts:
            if body == ERASED:
                self.line.forgetting(number)
            told.append(phone.text(body))
        return told

    def _call(self, number: str, script: Script) -> list[str]:
        call = Caller(self.line, number)
        told = [call.ring()]
        for act, what in script.acts:
            if call.ended:
                call = Caller(self.line, number)
                told.append(call.ring())
            if act == "press":
                told.append(call.press(what))
            elif act == "speak":
                told.append(call.speak(what))
            elif act == "wait":
                told.append(call.wait())
            else:
                call.hang_up()
        call.hang_up()
        return told


@dataclass
class Tally:
    """What was done to people, and what went wrong. The last four are the aims: all must be 0."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.counts += other.counts
        self.wrong += other.wrong

    @property
    def passed(self) -> bool:
        return not any(self.counts[aim] for aim in AIMS) and not self.wrong


@contextmanager
def world(folder: Path, seed: int | None) -> Iterator[World]:
    """A service in `folder`, over a bad line under `seed`; without one, over a good line."""
    given = {
        "CAMILLE_VAR": str(folder),
        "SECRET_KEY": "x" * 40,
        "PSEUDONYM_PEPPER": "y" * 40,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_SENDER": "09 37 00 00 01",
        "PUBLIC_BASE_URL": PUBLIC,
    }
    settings = read_settings(given)
    database = Database(settings.database_url)
    database.upgrade()
    app = create_app(settings, Conversation(settings, database), lambda: NOON, limited=False)
    transport = within_process(app)
    if seed is None:
        yield World(settings, database, Line(Ledger(), transport, PUBLIC))
    else:
        killer = Killer(database.engine)
        mishaps = Mishaps(seed, lost=LOST, unheard=LOST, doubled=DUPLICATES / 2, late=DUPLICATES / 2)
        bad = _dangerous(mortal(transport, killer), killer, random.Random(seed))
        yield World(settings, database, Line(Ledger(), bad, PUBLIC, mishaps), killer)
        killer.close()
    database.close()


def simulate(people: int, seed: int) -> Tally:
    """Let `people` live twice, and compare."""
    tally, twins = Tally(), dict[Script, Life]()
    with tempfile.TemporaryDirectory() as folder:
        bad, good = Path(folder, "bad"), Path(folder, "good")
        with world(bad, seed) as here, world(good, None) as elsewhere:
            for script in crowd(people, seed, REORDERED):
                tally.counts["turns"] += len(script.acts)
                tally.counts["swapped"] += script.swapped
                tally.counts["said STOP"] += script.stops
                twin = twins.get(script) or twins.setdefault(script, elsewhere.live(script))
                try:
                    _compare(script, here.live(script), twin, tally)
                except AssertionError as error:
                    tally.counts["double replies"] += "repeat" in str(error)
                    tally.wrong.append(f"{script.acts}: {error}")
            tally.counts.update(here.line.counts)
            tally.counts["people"] += people
            tally.counts["kills"] += len(here.killer.deaths) if here.killer else 0
            with here.database.transaction() as connection:
                damaged = connection.execute(text("PRAGMA integrity_check")).scalar() != "ok"
                damaged |= bool(connection.execute(text("PRAGMA foreign_key_check")).all())
            if damaged:
                tally.wrong.append("the database is damaged")
    return tally


def _compare(script: Script, life: Life, twin: Life, tally: Tally) -> None:
    mine, right = (len(one.state.get("inbox", ())) for one in (life, twin))
    tally.counts["lost turns"] += max(right - mine, 0)
    tally.counts["double replies"] += max(mine - right, 0) + (life.told != twin.told)
    tally.counts["other states"] += life.state != twin.state
    tally.counts["messages after STOP"] += _after_stop(script, life.told) if script.writes else 0
    if life.told != twin.told or life.state != twin.state:
        tables = [name for name in twin.state if twin.state[name] != life.state.get(name)]
        tally.wrong.append(f"{script.acts}: differs in {', '.join(tables) or 'what was said'}")


def _after_stop(script: Script, told: list[str]) -> int:
    """Messages that a person got after her STOP was confirmed.

    Not counted: what to do in danger, and being asked, once, whether she comes back.
    """
    stopped, asked, unwanted = False, False, 0
    for (_, body), said in zip(script.acts, told, strict=True):
        if stopped and asked and body.upper() == YES:
            stopped = asked = False
        elif stopped and said and body != DANGER:
            question = "STOP" in said and "OUI" in said and not asked
            asked |= question
            unwanted += not question
        elif body == STOP:
            stopped = True
    return unwanted


def _dangerous(transport: Transport, killer: Killer, chance: random.Random) -> Transport:
    """`transport` to a process that is killed in KILLS of its requests."""

    def post(path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Heard:
        if chance.random() < KILLS:
            killer.at(chance.randint(1, MOST_STEPS))
        try:
            return transport(path, form, headers)
        finally:
            killer.spare()

    return post


def told(tally: Tally, seconds: float) -> str:
    """The table."""
    counts = tally.counts
    lines = [
        ("people", counts["people"]),
        ("turns", counts["turns"]),
        ("webhooks that came twice", counts["doubled"] + counts["late"]),
        ("messages in the wrong order", counts["swapped"]),
        ("webhooks lost, answers unheard", counts["lost"] + counts["unheard"]),
        ("kills", counts["kills"]),
        ("people who said STOP", counts["said STOP"]),
        *((aim, counts[aim]) for aim in AIMS),
    ]
    lines.append(("seconds", round(seconds)))
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {value:>8,}" for name, value in lines)


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m benchmarks.conversations", description=__doc__)
    reader.add_argument("--people", type=int, default=10_000, help="how many conversations")
    reader.add_argument("--seed", type=int, default=7, help="the same seed is the same crowd and the same bad days")
    reader.add_argument("--processes", type=int, default=2, help="how many at once")
    given = reader.parse_args()
    begun = time.monotonic()
    shares = [len(range(index, given.people, given.processes)) for index in range(given.processes)]
    seeds = [given.seed * 1_000 + index for index in range(given.processes)]
    tally = Tally()
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
        for done in pool.map(simulate, shares, seeds):
            tally.add(done)
    print(told(tally, time.monotonic() - begun))
    for line in tally.wrong[:20]:
        print(line)
    return 0 if tally.passed else 1


if __name__ == "__main__":
    sys.exit(main())

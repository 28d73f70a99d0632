"""People who write while everything breaks, as people do: who is told to try again, or hears nothing, writes again.

Each did the same before on a good day, as somebody else: what she was told in the end and all that is kept of her must
be the same. A STOP is said once, whatever comes back.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from benchmarks.crowd import DANGER, STOP, Script, crowd
from benchmarks.faults.beside import beside
from benchmarks.faults.house import Fault, House
from benchmarks.faults.ledger import HONEST, Came, Ledger, Row, told
from tests.support.carrier import Phone
from tests.support.carrier.line import UnheardError
from tests.support.proof import without_proof
from tests.support.twiml import parsed

SORRY = "j'ai eu un ennui"
EMERGENCY = "appelez le 15 ou le 112"
# Twilio's tries of one message, as docs/deploy.md has them set, and the pauses between them.
TRIES, PAUSE = 4, 0.7
PATIENCE = 120.0  # seconds that somebody goes on trying
STORED_WITHIN = 20.0
# Who hears nothing after a STOP does not go on at once; what could not be stored is taken again every two seconds.
AFTER_STOP = 6.0


@dataclass
class Life:
    """What became of somebody: the last word on each thing she wrote; all that she was told in vain; what is kept."""

    told: list[str] = field(default_factory=list)
    sorry: list[tuple[int, str]] = field(default_factory=list)
    state: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass
class Writer:
    """Somebody with a mobile."""

    house: House
    ledger: Ledger
    row: Row
    number: str

    def live(self, script: Script, pace: Callable[[], float], twin: Life | None = None) -> Life:
        life, phone = Life(), Phone(self.house.line, self.number)
        for index, (_, body) in enumerate(script.acts):
            time.sleep(pace())
            right = twin.told[index] if twin and body == DANGER else None
            life.told.append(self._until_taken(phone, body, index, life, right))
        self._until_stored(script)
        life.state = _effects(self.house.state(self.number))
        return life

    def _until_taken(self, phone: Phone, body: str, index: int, life: Life, right: str | None) -> str:
        """The reply. `right`, of a danger: what to do is said without a database too; then it is written again."""
        end = time.monotonic() + PATIENCE
        while True:
            came, text = self.write(phone.form(body), body)
            if came in ("reply", "silence") and right in (None, text):
                return text
            if came == "reply":
                self.row.dishonest += EMERGENCY not in text
            if came == "honest":
                life.sorry.append((index, text))
            if body == STOP and came == "not taken":
                time.sleep(AFTER_STOP)
                return ""
            if time.monotonic() > end:
                raise AssertionError(f"{body[:12]!r} was never taken")
            time.sleep(1.0)

    def say(self, body: str) -> str:
        """Write `body` while all is well here; what is replied. Raises AssertionError when it was not taken."""
        came, text = self.write(Phone(self.house.line, self.number).form(body), body)
        if came not in ("reply", "silence"):
            raise AssertionError(f"{body[:12]!r} was not taken")
        return text

    def write(self, form: dict[str, str], body: str) -> tuple[Came, str]:
        """One message, with Twilio's own tries."""
        given = {**form, "AccountSid": self.house.line.ledger.account, "ApiVersion": "2010-04-01"}
        token, begun, longest = str(UUID(int=random.getrandbits(128))), time.monotonic(), 0.0
        came: Came = "not taken"
        text = ""
        for _ in range(TRIES):
            tried = time.monotonic()
            try:
                heard = self.house.line.once("/sms", given, token)
            except UnheardError:
                heard = None
            longest = max(longest, time.monotonic() - tried)
            if heard and heard.status == 200:
                text = "".join(parsed(heard.body).itertext())
                came = "honest" if SORRY in text else "reply" if text else "silence"
                break
            time.sleep(PAUSE)
        if came == "honest" and HONEST not in text:
            self.row.dishonest += 1
        self.ledger.note(
            self.row,
            who=self.number[-4:],
            channel="sms",
            kind=body if body.isupper() else len(body),
            came=came,
            seconds=round(longest, 2),
            waited=round(time.monotonic() - begun, 2),
        )
        return came, text

    def _until_stored(self, script: Script) -> None:
        """A STOP that was not taken is taken again by itself."""
        if not script.stops:
            return
        end = time.monotonic() + STORED_WITHIN
        while not self.house.state(self.number).get("consents") and time.monotonic() < end:
            time.sleep(0.5)


class Twins:
    """Who did the same on a good day."""

    def __init__(self, house: House) -> None:
        self._house, self._lives = house, dict[Script, Life]()
        self._ledger, self._row = Ledger(), Row("a good day")

    def of(self, script: Script) -> Life:
        if script not in self._lives:
            writer = Writer(self._house, self._ledger, self._row, self._house.number())
            self._lives[script] = writer.live(script, lambda: 0.0)
        return self._lives[script]


def writers(count: int, seed: int) -> list[Script]:
    """Scripts of people who write; nothing of them arrives in the wrong order. One in three says STOP."""
    found = [script for script in crowd(count * 12, seed, 0.0) if script.writes]
    stopping = [script for script in found if script.stops][: count // 3]
    return stopping + [script for script in found if not script.stops][: count - len(stopping)]


def suffer(
    house: House,
    ledger: Ledger,
    name: str,
    fault: Fault,
    *,
    people: int = 9,
    seed: int = 7,
    pace: float = 0.5,
) -> Row:
    """Let people write while `fault` happens, and compare each with who did the same on a good day."""
    scripts, twins, chance = writers(people, seed), Twins(house), random.Random(seed)
    with told(ledger, name, people) as row, ThreadPoolExecutor(people) as pool:
        right = [twins.of(script) for script in scripts]
        writing = [Writer(house, ledger, row, house.number()) for _ in scripts]
        lives = [
            pool.submit(writer.live, script, lambda: chance.uniform(0.3, 1.0) * pace, twin)
            for writer, script, twin in zip(writing, scripts, right, strict=True)
        ]
        with row.faulted(), beside(house, ledger, row):
            fault(house, row)
        for script, twin, life in zip(scripts, right, lives, strict=True):
            try:
                _compare(script, life.result(), twin, row)
            except AssertionError as error:
                row.lost += 1
                row.wrong.append(str(error))
    return row


def _compare(script: Script, life: Life, twin: Life, row: Row) -> None:
    mine, right = (len(one.state.get("inbox", ())) for one in (life, twin))
    row.lost += max(right - mine, 0)
    row.doubled += max(mine - right, 0)
    bodies = [body for _, body in script.acts]
    stopped = bodies.index(STOP) if STOP in bodies else len(bodies)
    row.after_stop += sum(index >= stopped for index, _ in life.sorry)
    # The confirmation of a STOP that was taken later is owed to nobody.
    told, wanted = ([without_proof(text) for text in one.told] for one in (life, twin))
    if stopped < len(bodies) and told[stopped] == "":
        told[stopped] = wanted[stopped]
    for index in _differing(told, wanted):
        row.wrong.append(f"{bodies[index][:12]!r} ({index}) was answered otherwise: {told[index][:60]!r}")
    differs = sorted(name for name in twin.state if twin.state[name] != life.state.get(name))
    row.check(not differs, f"what is kept differs in {', '.join(differs)} after {bodies}")


def _effects(state: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Without the other names of a message: one that is written again during an outage has more of them."""
    replies = [row for row in state.get("inbox", ()) if row["reply"].startswith("{")]
    return state | {"inbox": replies}


def _differing(told: list[str], wanted: list[str]) -> Iterable[int]:
    return [index for index, (mine, right) in enumerate(zip(told, wanted, strict=True)) if mine != right]

"""What goes out, when everything goes wrong at once: a provider that fails, a process that dies, people who say STOP.

tests/channels/test_courier.py kills the courier at each step in turn. Here chance does, over many rows and all the
faults together, through the real twilio-python and over HTTP; then the provider tells what became of each, in any
order, to the real webhooks.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from assistant.privacy.pseudonyms import pseudonym
from assistant.privacy.sealing import Sealer
from assistant.reminders.hours import allowed
from assistant.storage import schema
from channels.outbox import LEASE, PLAN
from tests.support.carrier import Caller, Fault, Ledger, Line, Phone, Served, application, within_process
from tests.support.carrier.caller import path_of
from tests.support.carrier.ledger import RANKS
from tests.support.carrier.phone import tell_status
from tests.support.faces import BASE, Face, open_face
from tests.support.killing import Killed, Killer
from tests.support.outgoing import SENDER, Clock, Mortal, Outgoing
from tests.support.postgres import KINDS, server

ROWS = 40
# A row is tried six times, each time with a fault at worst, and may be put off by deaths in between.
MOST_ROUNDS = 400
# Less, and a busy machine would take a message after we had given it up, looked for it and sent it again: the clock of
# the test jumps over the half minute that there is between these in life.
PATIENCE, TOO_LONG = 2.0, 2.5
PROBLEMS = (
    Fault(),
    Fault(done=True),
    Fault("dropped"),
    Fault("dropped", done=True),
    Fault("garbage", done=True),
    Fault("hang", seconds=TOO_LONG, done=True),
    Fault(code=20429, retry_after=20),
)
RARITY = (4, 4, 4, 4, 4, 1, 4)  # a hang takes its time
STATUSES = ("queued", "sending", "sent", "delivered")


class Weather(deque[Fault]):
    """The faults that requests meet: one in four, under a seed, for ever; never so often that a row is given up."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._chance = random.Random(seed)
        self.fine = False

    def __bool__(self) -> bool:
        return not self.fine and self._chance.random() < 0.25

    def popleft(self) -> Fault:
        return self._chance.choices(PROBLEMS, RARITY)[0]


@contextmanager
def outgoing(face: Face, faults: deque[Fault]) -> Iterator[Outgoing]:
    clock = Clock()
    ledger = Ledger(senders=frozenset({SENDER.text}), clock=clock)
    with Served(application(ledger, faults)) as served:
        database, sealer = face.conversation.database, Sealer(face.settings.secret_key)
        yield Outgoing(database, served.url, ledger, faults, clock, sealer)


@pytest.fixture(params=KINDS)
def face(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Face]:
    var = tmp_path_factory.mktemp("var")
    if request.param == "sqlite":
        opened = open_face(var, twilio_sender=SENDER.text)
        yield opened
        opened.close()
        return
    with server().database() as url:
        opened = open_face(var, twilio_sender=SENDER.text, database_url=url)
        yield opened
        opened.close()


def number(index: int) -> str:
    return f"+3363998{index:04d}"


def put(out: Outgoing, face: Face, index: int) -> str:
    """A message of its own to a person of its own."""
    address = pseudonym("phone", number(index), face.settings.pseudonym_pepper)
    return out.put(f"Message {index}", number=number(index), address=address)


def carried(out: Outgoing, killer: Killer, seed: int) -> None:
    """Run a courier until nothing waits, though its process is killed at random."""
    chance = random.Random(seed)
    for _ in range(MOST_ROUNDS):
        killer.at(chance.randint(1, 60))
        try:
            out.courier(Mortal(out.carrier(PATIENCE), killer)).run_once()
        except Killed:
            killer.revive()
        killer.spare()
        out.clock.later(seconds=LEASE.total_seconds() + 1)
        if not [row for row in out.rows("outbox") if row.state in ("due", "sending")]:
            return
        if chance.random() < 0.2:
            out.clock.later(seconds=PLAN[-1].total_seconds())
    raise AssertionError(f"still waiting after {MOST_ROUNDS} rounds: {out.rows('outbox')}")


@pytest.mark.parametrize("seed", [1, 2])
def test_everything_goes_once_though_everything_fails(face: Face, seed: int) -> None:
    with outgoing(face, Weather(seed)) as out:
        keys = [put(out, face, index) for index in range(ROWS)]
        killer = Killer(out.database.engine)
        carried(out, killer, seed)
        killer.close()
        states = {key: out.row(key).state for key in keys}
        sent = Counter(out.bodies())
        assert len(killer.deaths) > 5
        # None twice, whatever happened; and none is told to be sent that did not go out.
        assert max(sent.values()) == 1
        assert {key for index, key in enumerate(keys) if sent[f"Message {index}"]} == {
            key for key, state in states.items() if state == "sent"
        }
        # Only what met a fault at each of its six tries was given up.
        assert Counter(states.values())["sent"] >= ROWS - 2
        assert {row.number for row in out.rows("outbox")} == {""}


def test_nothing_goes_to_whoever_says_stop_meanwhile(face: Face) -> None:
    """Half of them write STOP while theirs waits or is being tried again."""
    weather = Weather(3)
    with outgoing(face, weather) as out:
        for index in range(ROWS):
            put(out, face, index)
        killer = Killer(out.database.engine)
        line = Line(out.ledger, within_process(face.app), BASE)
        killer.at(25)
        with pytest.raises(Killed):
            out.courier(Mortal(out.carrier(PATIENCE), killer)).run_once()
        killer.revive()
        before = Counter(sent.to for sent in out.ledger.sent)
        stopped = [number(index) for index in range(0, ROWS, 2)]
        for each in stopped:
            Phone(line, each).text("STOP")
        carried(out, killer, 3)
        killer.close()
        after = Counter(sent.to for sent in out.ledger.sent)
        assert {each: after[each] for each in stopped} == {each: before[each] for each in stopped}
        others = [number(index) for index in range(1, ROWS, 2)]
        assert sum(after[each] for each in others) >= len(others) - 2
        assert max(after.values()) == 1
        # Their own list of STOP was never needed to keep a message back.
        assert [code for _, code in out.ledger.refused if code == 21610] == []


def test_statuses_in_any_order_never_go_backwards(face: Face) -> None:
    fine: deque[Fault] = deque()
    with outgoing(face, fine) as out:
        line, chance = Line(out.ledger, within_process(face.app), BASE), random.Random(4)
        keys = [put(out, face, index) for index in range(12)]
        out.courier().run_once()
        for sent, key in zip(out.ledger.sent, keys, strict=True):
            last = chance.choice(["delivered", "undelivered", "sent"])
            told = [*[status for status in STATUSES[:3] if RANKS[status] <= RANKS[last]], last]
            chance.shuffle(told)
            tell_status(line, sent, told + told[:1], error=30003)
            expected = {"delivered": "delivered", "undelivered": "failed", "sent": "sent"}[last]
            assert out.row(key).state == expected, told
            # What came last is not the last word.
            tell_status(line, sent, ["sending", "queued"])
            assert out.row(key).state == expected


def test_a_status_that_arrives_before_we_know_its_name_is_ours(face: Face) -> None:
    """The process dies after the provider took the message; the status comes before the next process looks it up."""
    with outgoing(face, deque()) as out:
        key = put(out, face, 1)
        killer = Killer(out.database.engine)
        mortal = Mortal(out.carrier(), killer)
        for step in range(1, 60):
            killer.at(step)
            try:
                out.courier(mortal).run_once()
            except Killed:
                killer.revive()
            if killer.deaths[-1:] == ["after sending"]:
                break
            killer.spare()
            out.clock.later(seconds=LEASE.total_seconds() + 1)
        killer.close()
        (sent,) = out.ledger.sent
        assert out.row(key).state == "sending"
        tell_status(Line(out.ledger, within_process(face.app), BASE), sent, ["delivered"])
        assert (out.row(key).state, out.row(key).provider_id) == ("delivered", sent.sid)
        out.clock.later(seconds=LEASE.total_seconds() + 1)
        out.courier().run_once()
        assert len(out.ledger.sent) == 1


def test_twilio_s_own_stop_is_ours(face: Face) -> None:
    """It heard a word that never came to us: what it refuses for it is a STOP here as well, for all that waits."""
    with outgoing(face, deque()) as out:
        out.ledger.heard(number(7), "UNSUBSCRIBE")
        first, second = put(out, face, 7), put(out, face, 7)
        out.courier().run_once()
        assert out.row(first).state == "refused"
        assert out.row(second).state in ("cancelled", "refused")
        with out.database.transaction() as connection:
            stopped = connection.execute(select(schema.stopped.c.address)).scalars().all()
        assert stopped == [pseudonym("phone", number(7), face.settings.pseudonym_pepper)]
        phone = Phone(Line(out.ledger, within_process(face.app), BASE), number(7))
        assert phone.text("STOP") == ""


def test_a_reminder_from_the_word_to_the_ring(face: Face) -> None:
    """Asked for from a landline, rung the next morning by a process that dies, answered, and gone on with."""
    landline = "+33199000050"
    with outgoing(face, deque([Fault("dropped", done=True)])) as out:
        out.allowed, out.words = allowed, face.conversation.reminder
        line = Line(out.ledger, within_process(face.app), BASE)
        call = Caller(line, landline, service=SENDER.text)
        call.ring()
        step = call.press("1")
        call.speak("rappelez-moi")
        call.speak("demain matin")
        call.press("1")
        assert call.ended
        # The face's clock says noon, 1 p.m. in Paris.
        assert out.courier().run_once() == 0
        out.clock.later(hours=22)
        killer = Killer(out.database.engine)
        carried(out, killer, seed=5)
        killer.close()
        (sent,) = out.ledger.to(landline, "call")
        assert len(out.ledger.sent) == 1
        ringing = Caller(line, landline, service=SENDER.text, outgoing=True)
        ringing.ring(path_of(sent.body, BASE))
        assert not ringing.ended
        assert step.split(".")[0].casefold() in f"{ringing.heard[-1]} {ringing.press('1')}".casefold()
        tell_status(line, sent, ["in-progress", "completed", "ringing"])
        # Whoever answered is not rung again.
        out.clock.later(hours=24)
        out.courier().run_once()
        assert len(out.ledger.sent) == 1

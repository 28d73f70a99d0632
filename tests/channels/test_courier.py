"""The courier: each thing once, whatever dies; STOP to the last moment; nothing lost while the provider is away."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import count, product
from typing import Any

import pytest
from sqlalchemy import update

from assistant.budget import Budget
from assistant.privacy.sealing import Sealer
from assistant.settings import ROOT, Settings
from assistant.storage import consents, outbox, persons, reminders, schema, switches, tallies, unanswered
from assistant.storage.database import Database
from assistant.storage.outbox import INVITE, REMINDER
from assistant.storage.tallies import Tally
from channels.outbox import LEASE, MOST_AT_ONCE, PLAN, REMINDER_WAITS
from tests.support.at_once import at_once
from tests.support.carrier import Fault
from tests.support.killing import Killed, Killer
from tests.support.outgoing import LANDLINE, MOBILE, NOON, WORDS, Mortal, Outgoing, outgoing
from tests.support.postgres import KINDS, on

NEXT_MORNING = datetime(2026, 11, 24, 8, tzinfo=timezone.utc)


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Settings]:
    """The usual settings, over each kind of database."""
    with on(request.param, settings) as changed:
        yield changed


@pytest.fixture
def out(database: Database) -> Iterator[Outgoing]:
    with outgoing(database) as found:
        yield found


def sqlite_only(out: Outgoing) -> None:
    if out.database.engine.dialect.name != "sqlite":
        pytest.skip("the same code; once is enough for so many")


class TestSending:
    def test_what_is_due_goes_once(self, out: Outgoing) -> None:
        key = out.put("Bonjour")
        assert out.courier().run_once() == 1
        assert out.courier().run_once() == 0
        (sent,) = out.ledger.sent
        assert (sent.to, sent.body, sent.kind) == (MOBILE, "Bonjour", "sms")
        row = out.row(key)
        assert (row.state, row.provider_id, row.number, row.segments) == ("sent", sent.sid, "", 1)

    def test_every_text_is_made_cheap(self, out: Outgoing) -> None:
        out.put("C’est prêt : « étape 2 » … " + "allô " * 30)
        out.courier().run_once()
        assert "’" not in out.bodies()[0]
        assert "ô" not in out.bodies()[0]
        with out.database.transaction() as connection:
            assert tallies.told(connection, NOON) == [Tally("sms", "out", 1, 2)]

    def test_a_call_is_made(self, out: Outgoing) -> None:
        key = out.put("", number=LANDLINE, kind="call")
        out.courier().run_once()
        (sent,) = out.ledger.sent
        assert (sent.kind, sent.to, sent.body) == ("call", LANDLINE, "https://camille.example/voice")
        assert out.row(key).state == "sent"

    def test_what_is_not_due_waits(self, out: Outgoing) -> None:
        out.put()
        out.clock.later(seconds=-1)
        assert out.courier().run_once() == 0

    def test_it_stops_when_it_is_told(self, out: Outgoing) -> None:
        out.put("un")
        out.put("deux")
        going = iter([True, False])
        assert out.courier().run_once(lambda: next(going)) == 1
        assert out.bodies() == ["un"]

    def test_a_round_has_an_end(self, out: Outgoing) -> None:
        sqlite_only(out)
        for _ in range(MOST_AT_ONCE + 1):
            out.put()
        assert out.courier().run_once() == MOST_AT_ONCE
        assert out.courier().run_once() == 1

    def test_the_database_is_free_while_the_provider_is_spoken_to(self, out: Outgoing) -> None:
        """On SQLite an open transaction would make everybody wait: there is room for one writer."""
        out.put()
        free: list[bool] = []

        @dataclass
        class Watching:
            def send(self, number: str, text: str, key: str) -> str:
                with out.database.transaction() as connection:
                    consents.note(connection, "p1_b", "stop", "sms", NOON)
                free.append(out.database.engine.pool.checkedout() == 0)  # type: ignore[attr-defined]
                return "SM1"

            def call(self, number: str, key: str) -> str:
                raise AssertionError

            def found(self, *given: Any) -> None:
                raise AssertionError

        out.courier(Watching()).run_once()
        assert free == [True]

    @pytest.mark.parametrize("waiting", [frozenset({"p1_a"}), None], ids=["her STOP waits", "nobody can tell"])
    def test_whoever_may_have_said_stop_is_not_written_to(self, out: Outgoing, waiting: frozenset[str] | None) -> None:
        out.stopping = lambda: waiting
        out.put()
        out.courier().run_once()
        assert out.ledger.sent == []
        out.stopping = frozenset
        out.clock.later(minutes=2)
        out.courier().run_once()
        assert len(out.ledger.sent) == 1


class TestDying:
    """A process is killed between any two steps: nothing is lost, nothing is sent twice."""

    def recovered(self, out: Outgoing, killer: Killer) -> None:
        killer.revive()
        out.clock.later(seconds=LEASE.total_seconds() + 1)
        out.courier(Mortal(out.carrier(), killer)).run_once()

    def test_anywhere(self, out: Outgoing) -> None:
        killer = Killer(out.database.engine)
        mortal = Mortal(out.carrier(), killer)
        for step in count(1):
            key = out.put(f"Message {step}")
            killer.at(step)
            try:
                out.courier(mortal).run_once()
            except Killed:
                self.recovered(out, killer)
                assert out.bodies().count(f"Message {step}") == 1, killer.deaths[-1]
                assert out.row(key).state == "sent", killer.deaths[-1]
                continue
            break
        killer.close()
        assert {"before sending", "after sending", "before commit", "after commit"} <= set(killer.deaths)
        assert len(killer.deaths) >= 12
        with out.database.transaction() as connection:
            assert tallies.told(connection, NOON) == [Tally("sms", "out", step, step)], "counted once each as well"

    def test_anywhere_and_again_while_it_recovers(self, out: Outgoing) -> None:
        sqlite_only(out)
        killer = Killer(out.database.engine)
        mortal = Mortal(out.carrier(), killer)
        for first, second in product((1, 6, 8, 10, 12), range(1, 20)):
            text = f"Message {first} {second}"
            key = out.put(text)
            for step in (first, second):
                killer.at(step)
                try:
                    out.courier(mortal).run_once()
                except Killed:
                    killer.revive()
                killer.spare()
                out.clock.later(seconds=LEASE.total_seconds() + 1)
            out.courier(mortal).run_once()
            assert out.bodies().count(text) == 1, killer.deaths[-2:]
            assert out.row(key).state == "sent"
        killer.close()
        assert "before looking" in killer.deaths
        assert "after looking" in killer.deaths

    def test_anywhere_in_a_reminder(self, out: Outgoing) -> None:
        killer = Killer(out.database.engine)
        mortal = Mortal(out.carrier(), killer)
        for step in count(1):
            name, address = f"person{step}", f"p1_{step}"
            out.words = lambda person: f"Rappel pour {person}"
            out.person(name)
            out.remind(name, address=address)
            killer.at(step)
            try:
                out.courier(mortal).run_once()
            except Killed:
                self.recovered(out, killer)
                assert out.bodies().count(f"Rappel pour {name}") == 1, killer.deaths[-1]
                continue
            break
        killer.close()
        assert {row.state for row in out.rows("reminders")} == {"sent"}
        assert {row.number for row in out.rows("reminders")} | {row.number for row in out.rows("outbox")} == {""}

    def test_anywhere_in_a_call(self, out: Outgoing) -> None:
        sqlite_only(out)
        killer = Killer(out.database.engine)
        mortal = Mortal(out.carrier(), killer)
        for step in count(1):
            number = f"+331990000{step:02d}"
            out.put("", number=number, address=f"p1_{step}", kind="call")
            killer.at(step)
            try:
                out.courier(mortal).run_once()
            except Killed:
                self.recovered(out, killer)
                assert len(out.ledger.to(number, "call")) == 1, killer.deaths[-1]
                continue
            break
        killer.close()

    def test_a_real_process_and_a_real_kill(self, out: Outgoing, settings: Settings) -> None:
        """SIGKILL while the provider, which has taken the message, has not answered yet."""
        key = out.put("Une fois")
        out.faults.append(Fault("hang", done=True, seconds=20))
        line = (
            "import sys; from datetime import datetime;"
            "from assistant.storage.database import Database; from assistant.privacy.sealing import Sealer;"
            "from channels.outbox import Courier;"
            "from channels.providers.twilio import TwilioCarrier; from tests.support.outgoing import BASE, SENDER;"
            "from tests.support.carrier.ledger import ACCOUNT, TOKEN;"
            "carrier = TwilioCarrier(ACCOUNT, TOKEN, SENDER, BASE, api=sys.argv[2]);"
            "at = datetime.fromisoformat(sys.argv[3]);"
            "Courier(Database(sys.argv[1]), Sealer('k' * 40), carrier, lambda: at,"
            " words=str, allowed=lambda at: at).run_once()"
        )
        command = [sys.executable, "-W", "ignore", "-c", line, settings.database_url, out.url, NOON.isoformat()]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + 60
        while not out.bodies():
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < end
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert out.row(key).state == "sending"
        out.clock.later(seconds=LEASE.total_seconds())
        out.courier().run_once()
        assert out.bodies() == ["Une fois"]
        assert out.row(key).provider_id == out.ledger.sent[0].sid

    def test_two_workers_at_once(self, out: Outgoing, settings: Settings) -> None:
        texts = [f"Message {number}" for number in range(40)]
        for number, text in enumerate(texts):
            out.put(text, address=f"p1_{number}")

        def work() -> None:
            with closing(Database(settings.database_url)) as database:
                out.courier(out.carrier(), database).run_once()

        at_once([work] * 4)
        assert sorted(out.bodies()) == sorted(texts)

    def test_a_process_that_was_asleep_too_long_does_not_send(self, out: Outgoing) -> None:
        """Its lease ran out, another one sent; when it wakes up, it sees that the row is no longer its own."""
        key = out.put("Une fois")
        courier = out.courier()
        with out.database.transaction() as connection:
            (slow,) = outbox.claim(connection, out.clock(), LEASE)
        out.clock.later(seconds=LEASE.total_seconds())
        out.courier().run_once()
        courier._attempt(slow)
        assert out.bodies() == ["Une fois"]
        assert out.row(key).state == "sent"

    def test_the_same_words_twice_are_two_messages(self, out: Outgoing) -> None:
        """What is looked up is this row's message, not that of another one with the same words."""
        out.put("Bonjour", key="one")
        out.courier().run_once()
        out.put("Bonjour", key="two")
        with out.database.transaction() as connection:
            outbox.claim(connection, out.clock(), LEASE)  # and dies before it sends
        out.clock.later(seconds=LEASE.total_seconds())
        out.courier().run_once()
        assert out.bodies() == ["Bonjour", "Bonjour"]
        assert out.row("one").provider_id != out.row("two").provider_id


class TestProviderAway:
    def test_an_hour(self, out: Outgoing) -> None:
        """Nothing is lost; the tries are those of the plan."""
        key = out.put()
        out.faults.extend([Fault(code=20429)] * 4)
        tried: list[float] = []
        while out.row(key).state != "sent":
            before = len(out.faults)
            out.courier().run_once()
            if len(out.faults) < before or out.row(key).state == "sent":
                tried.append((out.clock() - NOON).total_seconds())
            out.clock.later(seconds=30)
        assert tried == [0, 30, 150, 750, 4350]
        assert out.bodies() == ["Bonjour"]

    def test_for_ever(self, out: Outgoing) -> None:
        key = out.put()
        out.faults.extend([Fault(code=20429)] * 20)
        for delay in (*PLAN, timedelta(0)):
            out.courier().run_once()
            out.clock.at += delay
        row = out.row(key)
        assert (row.state, row.code, row.number, row.tries) == ("failed", "429", "", len(PLAN) + 1)
        assert len(out.faults) == 20 - len(PLAN) - 1

    def test_it_is_left_alone_as_long_as_it_asks(self, out: Outgoing) -> None:
        out.put()
        out.faults.append(Fault(code=20429, retry_after=300))
        out.courier().run_once()
        out.clock.later(seconds=299)
        out.courier().run_once()
        assert out.bodies() == []
        out.clock.later(seconds=1)
        out.courier().run_once()
        assert out.bodies() == ["Bonjour"]

    @pytest.mark.parametrize("kind", ["dropped", "garbage", "error"])
    @pytest.mark.parametrize("done", [True, False], ids=["taken", "not-taken"])
    def test_an_answer_that_is_lost(self, out: Outgoing, kind: Any, done: bool) -> None:
        """Whether the message was taken or not, it goes once."""
        key = out.put()
        out.faults.append(Fault(kind, done=done))
        out.courier().run_once()
        assert out.row(key).state == "sending"
        out.clock.at += PLAN[0]
        out.courier().run_once()
        assert out.bodies() == ["Bonjour"]
        assert out.row(key).state == "sent"

    def test_an_answer_that_is_late(self, out: Outgoing) -> None:
        key = out.put()
        out.faults.append(Fault("hang", done=True, seconds=2))
        out.courier(out.carrier(timeout=0.3)).run_once()
        assert out.row(key).state == "sending"
        out.clock.at += PLAN[0]
        out.courier().run_once()
        assert (out.bodies(), out.row(key).state) == (["Bonjour"], "sent")

    def test_what_cannot_be_looked_up_is_not_sent_again(self, out: Outgoing) -> None:
        """The answer was lost, and then the whole provider: sending in the dark would be sending twice."""
        key = out.put()
        out.faults.append(Fault("dropped", done=True))
        out.courier().run_once()
        there, out.url = out.url, "http://127.0.0.1:1"
        for delay in PLAN[:3]:
            out.clock.at += delay
            out.courier().run_once()
            assert out.row(key).state == "sending"
        out.url = there
        out.clock.at += PLAN[3]
        out.courier().run_once()
        assert (out.bodies(), out.row(key).state) == (["Bonjour"], "sent")

    def test_one_that_fails_does_not_keep_the_others(self, out: Outgoing) -> None:
        out.put("un")
        out.put("deux")
        out.faults.append(Fault(code=20429))
        out.courier().run_once()
        assert out.bodies() == ["deux"]


class TestRefused:
    @pytest.mark.parametrize(
        ("number", "code", "state"),
        [("+33199000009", "21614", "failed"), ("+12025550123", "21408", "refused"), ("+33123", "21211", "failed")],
    )
    def test_what_will_never_be_taken_is_over_at_once(self, out: Outgoing, number: str, code: str, state: str) -> None:
        key = out.put(number=number)
        out.courier().run_once()
        row = out.row(key)
        assert (row.state, row.code, row.number) == (state, code, "")
        out.clock.later(days=1)
        assert out.courier().run_once() == 0

    def test_a_stop_that_the_provider_heard_is_ours(self, out: Outgoing) -> None:
        out.person()
        out.put("un")
        out.put("deux")
        out.remind()
        with out.database.transaction() as connection:
            connection.execute(update(schema.reminders).values(due_at=NEXT_MORNING))
        out.ledger.opted_out.add(MOBILE)
        out.courier().run_once()
        with out.database.transaction() as connection:
            assert consents.is_stopped(connection, "p1_a") == (True, False)
        assert [(row.state, row.number) for row in out.rows("outbox")] == [("refused", ""), ("cancelled", "")]
        assert [(row.state, row.number) for row in out.rows("reminders")] == [("cancelled", "")]
        assert out.ledger.refused == [(MOBILE, 21610)], "and nothing more is tried"

    def test_a_number_that_does_not_open_is_over(self, out: Outgoing) -> None:
        key = out.put()
        out.sealer = Sealer("another secret" * 3)
        out.courier().run_once()
        assert (out.row(key).state, out.row(key).code, out.row(key).number) == ("failed", "sealed", "")


class TestLastMoment:
    def stop(self, out: Outgoing) -> None:
        with out.database.transaction() as connection:
            consents.stop(connection, "p1_a", "sms", out.clock())

    def test_nothing_goes_after_stop(self, out: Outgoing) -> None:
        key = out.put()
        self.stop(out)
        out.courier().run_once()
        assert (out.ledger.sent, out.row(key).state, out.row(key).number) == ([], "cancelled", "")

    def test_nor_a_call(self, out: Outgoing) -> None:
        out.put("", kind="call", number=LANDLINE)
        self.stop(out)
        out.courier().run_once()
        assert out.ledger.sent == []

    @pytest.mark.parametrize("what", ["stop", "erased", "cancelled"])
    def test_what_is_said_while_an_attempt_is_looked_up_counts(self, out: Outgoing, what: str) -> None:
        key = out.put()
        with out.database.transaction() as connection:
            persons_row = {"id": "ada", "version": 1, "progress": "{}", "said": "null", "seen_at": NOON}
            connection.execute(schema.persons.insert().values(**persons_row))
            connection.execute(schema.addresses.insert().values(pseudonym="p1_a", person="ada"))
            outbox.claim(connection, out.clock(), LEASE)
        out.clock.later(seconds=LEASE.total_seconds())
        carrier, case = out.carrier(), self

        class Meanwhile:
            def send(self, number: str, text: str, key: str) -> str:
                return carrier.send(number, text, key)

            def call(self, number: str, key: str) -> str:
                return carrier.call(number, key)

            def found(self, kind: Any, number: str, text: str, since: datetime, known: Collection[str]) -> str | None:
                if what == "stop":
                    case.stop(out)
                else:
                    with out.database.transaction() as connection:
                        if what == "erased":
                            persons.forget(connection, "ada")
                        else:
                            outbox.cancel(connection, "p1_a", out.clock())
                return carrier.found(kind, number, text, since, known)

        out.courier(Meanwhile()).run_once()
        assert out.ledger.sent == []
        out.clock.later(days=1)
        out.courier().run_once()
        assert out.ledger.sent == []
        if what == "erased":
            assert out.rows("outbox") == []
        else:
            assert out.row(key).state == "cancelled"

    def test_a_reminder_that_waited_for_the_provider_does_not_come_at_night(self, out: Outgoing) -> None:
        out.person()
        out.remind()
        out.faults.append(Fault(code=20429))
        out.courier().run_once()
        out.allowed = lambda at: max(at, NEXT_MORNING)
        out.clock.later(hours=9)
        out.courier().run_once()
        assert out.bodies() == []
        assert [(row.state, row.next_at) for row in out.rows("outbox")] == [("due", NEXT_MORNING)]
        out.clock.at = NEXT_MORNING
        out.courier().run_once()
        assert out.bodies() == [WORDS]

    def test_what_was_asked_for_in_a_call_has_no_quiet_hours(self, out: Outgoing) -> None:
        out.allowed = lambda at: NEXT_MORNING
        out.put()
        out.courier().run_once()
        assert out.bodies() == ["Bonjour"]


class TestReminders:
    def test_it_goes_in_its_time_and_once(self, out: Outgoing) -> None:
        out.person()
        out.remind()
        out.clock.later(seconds=-1)
        out.courier().run_once()
        assert out.bodies() == []
        out.clock.later(seconds=1)
        out.courier().run_once()
        out.courier().run_once()
        assert out.bodies() == [WORDS]
        assert [(row.state, row.number) for row in out.rows("reminders")] == [("sent", "")]

    def test_by_a_call_to_a_landline(self, out: Outgoing) -> None:
        out.person()
        out.remind(channel="voice", number=LANDLINE)
        out.courier().run_once()
        assert [(sent.kind, sent.to) for sent in out.ledger.sent] == [("call", LANDLINE)]

    def test_quiet_hours_put_it_off(self, out: Outgoing) -> None:
        out.person()
        out.remind()
        out.allowed = lambda at: max(at, NEXT_MORNING)
        out.courier().run_once()
        assert out.rows("outbox") == []
        assert [row.due_at for row in out.rows("reminders")] == [NEXT_MORNING]

    def test_one_a_day_at_most(self, out: Outgoing) -> None:
        """Of the same telephone, whoever asked."""
        out.person("ada")
        out.person("bob")
        out.remind("ada")
        out.courier().run_once()
        out.clock.later(minutes=1)
        out.remind("bob")
        out.courier().run_once()
        assert out.bodies() == [WORDS]
        out.clock.at = datetime(2026, 11, 23, 23, 0, tzinfo=timezone.utc)  # midnight in Paris
        out.courier().run_once()
        assert out.bodies() == [WORDS, WORDS]

    def test_two_in_all_without_an_answer(self, out: Outgoing) -> None:
        out.person()
        for _ in range(3):
            out.remind()
            out.courier().run_once()
            out.clock.later(days=1)
        assert out.bodies() == [WORDS, WORDS]
        assert [row.state for row in out.rows("reminders")] == ["sent", "sent", "cancelled"]

    def test_an_answer_begins_anew(self, out: Outgoing) -> None:
        out.person()
        for _ in range(3):
            out.remind()
            out.courier().run_once()
            out.clock.later(days=1)
            with out.database.transaction() as connection:
                connection.execute(update(schema.persons).values(seen_at=out.clock()))
        assert out.bodies() == [WORDS] * 3

    def test_nobody_who_said_stop_is_reminded(self, out: Outgoing) -> None:
        out.person()
        out.remind()
        with out.database.transaction() as connection:
            consents.stop(connection, "p1_a", "sms", NOON)
        out.courier().run_once()
        assert out.ledger.sent == []
        assert [(row.state, row.number) for row in out.rows("reminders")] == [("cancelled", "")]

    def test_an_answer_cancels_it_even_while_it_waits_for_the_provider(self, out: Outgoing) -> None:
        out.person()
        out.remind()
        out.faults.append(Fault(code=20429))
        out.courier().run_once()
        with out.database.transaction() as connection:
            reminders.cancel(connection, "ada")
            outbox.cancel(connection, "p1_a", out.clock(), only=REMINDER)
        out.clock.later(days=1)
        out.courier().run_once()
        assert out.bodies() == []

    def test_without_words_it_waits(self, out: Outgoing, caplog: pytest.LogCaptureFixture) -> None:
        out.person()
        out.remind()
        out.put("autre chose")
        out.words = lambda person: str(1 / 0)
        out.courier().run_once()
        assert out.bodies() == ["autre chose"]
        assert "ZeroDivisionError" in caplog.text
        out.words = lambda person: WORDS
        out.clock.later(minutes=10)
        out.courier().run_once()
        assert out.bodies() == ["autre chose", WORDS]


class TestSilence:
    """Three messages that nobody answers, of whatever kind, are the last ones."""

    def begin(self, out: Outgoing, times: int) -> list[str]:
        keys = []
        for _ in range(times):
            out.clock.later(days=31)
            keys.append(out.put("Invitation", key=f"{INVITE}{out.clock()}"))
            out.courier().run_once()
        return keys

    def test_a_fourth_invitation_does_not_leave(self, out: Outgoing) -> None:
        *_, last = self.begin(out, 4)
        assert out.bodies() == ["Invitation"] * 3
        row = out.row(last)
        assert (row.state, row.code, row.number, row.body) == ("cancelled", "unanswered", "", "")

    def test_nor_a_reminder_after_two_reminders_and_an_invitation(self, out: Outgoing) -> None:
        out.person()
        for _ in range(2):
            out.remind()
            out.courier().run_once()
            out.clock.later(days=1)
        self.begin(out, 1)
        out.person("bob")  # of the same telephone
        out.clock.later(days=1)
        out.remind("bob")
        out.courier().run_once()
        assert out.bodies() == [WORDS, WORDS, "Invitation"]

    def test_nor_a_call(self, out: Outgoing) -> None:
        self.begin(out, 3)
        out.person()
        out.remind(channel="voice", number=LANDLINE)
        out.courier().run_once()
        assert [sent.kind for sent in out.ledger.sent] == ["sms"] * 3

    def test_what_was_asked_for_leaves_all_the_same(self, out: Outgoing) -> None:
        self.begin(out, 3)
        out.put("Votre étape", key="text:voice:CA1")
        out.courier().run_once()
        assert out.bodies()[-1] == "Votre étape"

    def test_an_answer_begins_anew(self, out: Outgoing) -> None:
        self.begin(out, 3)
        with out.database.transaction() as connection:
            unanswered.answered(connection, "p1_a")
        self.begin(out, 4)
        assert out.bodies() == ["Invitation"] * 6

    def test_another_telephone_is_written_to(self, out: Outgoing) -> None:
        self.begin(out, 4)
        out.put("Invitation", key=f"{INVITE}other", number="+33639980002", address="p1_b")
        out.courier().run_once()
        assert len(out.bodies()) == 4


class TestBudget:
    """Once a month's SMS cost what they may, what Camille begins stops, and nothing else."""

    def spend(self, out: Outgoing, *, budget: str = "1") -> None:
        """Ten segments at ten cents."""
        out.budget = Budget(Decimal(budget), Decimal("0.10"))
        with out.database.transaction() as connection:
            tallies.count(connection, "sms", "out", 10, out.clock())

    def test_an_invitation_waits_and_uses_no_try_up(self, out: Outgoing) -> None:
        self.spend(out)
        key = out.put("Invitation", key=f"{INVITE}1")
        assert out.courier().run_once() == 0
        assert (out.row(key).state, out.row(key).tries) == ("due", 0)

    def test_a_reminder_waits_as_a_reminder(self, out: Outgoing) -> None:
        self.spend(out)
        out.person()
        out.remind()
        out.courier().run_once()
        assert out.rows("outbox") == []
        assert [row.state for row in out.rows("reminders")] == ["due"]

    def test_one_that_was_on_its_way_waits_in_the_outbox(self, out: Outgoing) -> None:
        out.person()
        out.remind()
        out.faults.append(Fault(code=20429))
        out.courier().run_once()
        self.spend(out)
        out.clock.later(hours=1)
        assert out.courier().run_once() == 0
        assert out.bodies() == []

    def test_what_was_asked_for_leaves_and_so_does_a_call(self, out: Outgoing) -> None:
        self.spend(out)
        out.put("Votre étape", key="text:voice:CA1")
        out.person()
        out.remind(channel="voice", number=LANDLINE)
        out.courier().run_once()
        assert sorted(sent.kind for sent in out.ledger.sent) == ["call", "sms"]

    def test_more_money_lets_it_go(self, out: Outgoing) -> None:
        self.spend(out)
        out.put("Invitation", key=f"{INVITE}1")
        out.person()
        out.remind(address="p1_b", number="+33639980002")
        out.courier().run_once()
        assert out.bodies() == []
        out.budget = Budget(Decimal(2), Decimal("0.10"))
        out.courier().run_once()
        assert sorted(out.bodies()) == sorted(["Invitation", WORDS])

    def test_the_message_that_reaches_it_is_the_last(self, out: Outgoing) -> None:
        self.spend(out, budget="1.20")
        for number in range(5):
            out.put("Invitation", key=f"{INVITE}{number}", address=f"p1_{number}")
        out.courier().run_once()
        assert len(out.bodies()) == 2

    def test_another_month_has_its_own(self, out: Outgoing) -> None:
        out.clock.at = datetime(2026, 11, 30, 22, tzinfo=timezone.utc)
        self.spend(out)
        out.put("Invitation", key=f"{INVITE}1")
        out.person()
        out.remind(address="p1_b", number="+33639980002")
        out.courier().run_once()
        assert out.bodies() == []
        out.clock.at = datetime(2026, 12, 1, 10, tzinfo=timezone.utc)
        out.courier().run_once()
        assert sorted(out.bodies()) == sorted(["Invitation", WORDS])

    def test_without_a_budget_nothing_stops(self, out: Outgoing) -> None:
        self.spend(out)
        out.budget = None
        out.put("Invitation", key=f"{INVITE}1")
        out.courier().run_once()
        assert out.bodies() == ["Invitation"]


class TestTooLate:
    """Whatever kept it: a pause, a budget, a worker that did not run."""

    @pytest.mark.parametrize(("more", "sent"), [(0, [WORDS]), (1, [])], ids=["in time", "too late"])
    def test_a_reminder_waits_three_days(self, out: Outgoing, more: int, sent: list[str]) -> None:
        out.person()
        out.remind()
        out.clock.later(seconds=REMINDER_WAITS.total_seconds() + more)
        out.courier().run_once()
        assert out.bodies() == sent
        assert [(row.state, row.number) for row in out.rows("reminders")] == [("sent" if sent else "cancelled", "")]

    def test_and_no_longer_once_it_is_on_its_way(self, out: Outgoing) -> None:
        out.person()
        out.remind()
        out.faults.append(Fault(code=20429))
        out.courier().run_once()
        out.clock.later(seconds=REMINDER_WAITS.total_seconds())
        out.courier().run_once()
        assert out.bodies() == []
        assert [(row.state, row.code, row.number) for row in out.rows("outbox")] == [("cancelled", "old", "")]

    def test_its_number_is_erased_while_the_channel_is_still_paused(self, out: Outgoing) -> None:
        out.person()
        out.remind()
        with out.database.transaction() as connection:
            switches.switch_off(connection, "sms", out.clock())
        out.clock.later(seconds=REMINDER_WAITS.total_seconds() + 1)
        out.courier().run_once()
        assert [(row.state, row.number) for row in out.rows("reminders")] == [("cancelled", "")]

    def test_what_was_put_off_waits_anew(self, out: Outgoing) -> None:
        """Over a Sunday and holidays, it leaves later than was asked for."""
        out.person()
        out.remind()
        out.allowed = lambda at: max(at, NOON + timedelta(days=4))
        out.courier().run_once()
        out.clock.later(days=4)
        out.courier().run_once()
        assert out.bodies() == [WORDS]


class TestSwitchedOff:
    """While those who run the service have switched a channel off, what would leave by it waits where it is."""

    def switch(self, out: Outgoing, face: switches.Face, *, on: bool = False) -> None:
        with out.database.transaction() as connection:
            if on:
                switches.switch_on(connection, face)
            else:
                switches.switch_off(connection, face, out.clock())

    def test_messages_wait_and_go_once_afterwards(self, out: Outgoing) -> None:
        key = out.put("Bonjour")
        self.switch(out, "sms")
        assert out.courier().run_once() == 0
        row = out.row(key)
        assert (row.state, row.tries) == ("due", 0), "no try is used up"
        assert row.number, "the number is still there"
        self.switch(out, "sms", on=True)
        assert out.courier().run_once() == 1
        assert out.bodies() == ["Bonjour"]

    def test_reminders_wait_as_reminders(self, out: Outgoing) -> None:
        out.person()
        out.remind()
        self.switch(out, "sms")
        out.courier().run_once()
        assert out.bodies() == []
        with out.database.transaction() as connection:
            assert reminders.pending(connection, "ada") != []
        self.switch(out, "sms", on=True)
        out.courier().run_once()
        assert out.bodies() == [WORDS]

    def test_a_stop_meanwhile_wins(self, out: Outgoing) -> None:
        out.put("Bonjour")
        self.switch(out, "sms")
        with out.database.transaction() as connection:
            consents.stop(connection, "p1_a", "sms", out.clock())
        self.switch(out, "sms", on=True)
        out.courier().run_once()
        assert out.bodies() == []

    @pytest.mark.parametrize("face", ["voice", "web", "practice"])
    def test_other_channels_hold_no_message_back(self, out: Outgoing, face: switches.Face) -> None:
        out.put("Bonjour")
        self.switch(out, face)
        assert out.courier().run_once() == 1


def test_no_number_is_ever_written_in_the_log(out: Outgoing, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for fault in (Fault("dropped", done=True), Fault("garbage"), Fault(code=20429), Fault(code=21610), Fault()):
        out.faults.append(fault)
        out.put(f"Bonjour {fault.kind}")
        out.courier().run_once()
        out.clock.later(days=1)
        out.courier().run_once()
    out.put(number="+33199000009")
    out.courier().run_once()
    assert "39980001" not in caplog.text
    assert "99000009" not in caplog.text
    assert "Bonjour" not in caplog.text

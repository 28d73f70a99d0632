"""`camille worker`, the courier of `camille serve`, and what `camille doctor` says of both."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from assistant.clock import now
from assistant.conversation import Conversation
from assistant.errors import SettingError
from assistant.guide import Guide
from assistant.lexicon import Lexicon
from assistant.privacy.purposes import TURN_TRACE
from assistant.privacy.retention import purge_all
from assistant.settings import ROOT, Settings
from assistant.storage import outbox, schema, tallies
from assistant.storage.database import Database
from channels.cli import carrying
from channels.cli.carrying import carrier_of, carry
from channels.cli.doctor import BAD, NOTE, examine
from channels.cli.serve import work_here
from channels.providers.twilio import TwilioCarrier
from tests.support.faces import NoWords
from tests.support.outgoing import Outgoing, outgoing
from tests.support.postgres import server
from tests.support.purged import purged
from tests.support.redis_server import redis_server

ACCOUNT = {"twilio_account_sid": "AC" + "0" * 32, "twilio_auth_token": "z" * 32}


class TestWhatIsMissing:
    @pytest.mark.parametrize(
        ("given", "named"), [({}, "TWILIO_ACCOUNT_SID"), (ACCOUNT, "TWILIO_SENDER")], ids=["account", "sender"]
    )
    def test_is_told_in_one_sentence(self, settings: Settings, given: dict[str, str], named: str) -> None:
        with pytest.raises(SettingError) as refused:
            carrier_of(replace(settings, **given))  # type: ignore[arg-type]
        assert named in str(refused.value)
        assert "\n" not in str(refused.value)

    def test_nothing_is_missing(self, settings: Settings) -> None:
        assert isinstance(carrier_of(replace(settings, **ACCOUNT, twilio_sender="38123")), TwilioCarrier)  # type: ignore[arg-type]


class TestLoop:
    def test_a_database_that_is_away_is_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(carrying, "EVERY", 0.01)
        stopped, tries = Event(), iter(range(3))

        class Away:
            def run_once(self, going: Any) -> int:
                if next(tries) == 2:
                    stopped.set()
                raise OperationalError("SELECT", {}, Exception())

        carry(Away(), stopped)  # type: ignore[arg-type]
        assert next(tries, None) is None

    def test_it_ends_with_its_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(carrying, "EVERY", 0.01)
        done: list[int] = []

        class Idle:
            def run_once(self, going: Any) -> int:
                done.append(1)
                return 0

        carry(Idle(), Event(), 0.1)  # type: ignore[arg-type]
        assert len(done) > 1


@pytest.fixture
def out(database: Database) -> Iterator[Outgoing]:
    with outgoing(database) as found:
        found.clock.at = now()
        yield found


@contextmanager
def working(out: Outgoing, settings: Settings, ahead: Path, **given: str) -> Iterator[subprocess.Popen[str]]:
    """The real command, with the variables `given` beside the secrets, against the pretend Twilio."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "CAMILLE_VAR": str(settings.var),
        "SECRET_KEY": "k" * 40,
        "PSEUDONYM_PEPPER": "p" * 40,
        **given,
    }
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.nearby_worker", out.url, str(ahead)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(process: subprocess.Popen[str], done: Callable[[], bool]) -> None:
    end = time.monotonic() + 90
    while not done():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end
        time.sleep(0.1)


def ended(process: subprocess.Popen[str], how: signal.Signals) -> str:
    """What it printed, once it has ended cleanly and soon."""
    begun = time.monotonic()
    process.send_signal(how)
    said, errors = process.communicate(timeout=40)
    assert time.monotonic() - begun < 15
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    return said


ENDS = pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "term"])


@pytest.mark.parametrize("queue", ["file", "redis"])
@ENDS
def test_a_whole_worker(out: Outgoing, settings: Settings, tmp_path: Path, queue: str, ends: signal.Signals) -> None:
    """It sends, purges besides, and ends cleanly when it is told to."""
    for number in range(3):
        out.put(f"Message {number}", address=f"p1_{number}")
    account = {name.upper(): value for name, value in ACCOUNT.items()}
    with ExitStack() as stack:
        url = stack.enter_context(redis_server(tmp_path)).url if queue == "redis" else ""
        given = {**account, "TWILIO_SENDER": "09 37 00 00 01", "REDIS_URL": url}
        process = stack.enter_context(working(out, settings, tmp_path / "ahead", **given))
        until(process, lambda: len(out.bodies()) == 3 and purged(out.database) is not None)
        ended(process, ends)
    assert sorted(out.bodies()) == ["Message 0", "Message 1", "Message 2"]
    assert {row.state for row in out.rows("outbox")} == {"sent"}


@ENDS
@pytest.mark.parametrize("given", [{}, ACCOUNT], ids=["no account", "no sender"])
def test_without_anything_to_send_with_it_purges(
    out: Outgoing, settings: Settings, tmp_path: Path, given: dict[str, str], ends: signal.Signals
) -> None:
    """A page alone promises as well that what is too old goes each night; there is nobody else to do it."""
    an_old_trace(out)
    account = {name.upper(): value for name, value in given.items()}
    with working(out, settings, tmp_path / "ahead", **account) as process:
        until(process, lambda: purged(out.database) is not None)
        said = ended(process, ends)
    assert "efface chaque nuit" in said
    assert "il manque TWILIO_" in said
    assert out.rows("events") == []


def an_old_trace(out: Outgoing) -> None:
    row = {"person": out.person(), "channel": "web", "intent": "cout", "step": "", "status": "none"}
    with out.database.transaction() as connection:
        connection.execute(insert(schema.events).values(**row, at=now() - TURN_TRACE - timedelta(days=1)))


class TestDoctor:
    def said(self, settings: Settings) -> dict[str, str]:
        """What is said of what goes out, by mark and sentence."""
        return {
            sentence: mark
            for mark, sentence in examine(settings)
            if sentence.startswith(("Expéditeur", "À envoyer", "Effacement", "SMS sur"))
        }

    @pytest.mark.parametrize(
        ("sender", "told"),
        [("", "n'est pas réglé"), ("38123", "court 38123"), ("+33937000001", "appeler"), ("Camille", "Personne")],
    )
    def test_the_sender(self, settings: Settings, database: Database, sender: str, told: str) -> None:
        assert any(told in sentence for sentence in self.said(replace(settings, twilio_sender=sender)))

    def test_it_looks_at_the_tables_of_a_service_and_does_not_make_them(self, settings: Settings) -> None:
        with server().database() as url:
            found = dict(map(reversed, examine(replace(settings, database_url=url, local=False))))  # type: ignore[arg-type]
            (told,) = (sentence for sentence in found if sentence.startswith("Base de données"))
            with closing(Database(url)) as looked_at:
                assert looked_at.revision() == ""
        assert found[told] == BAD
        assert told.endswith("Lancez : camille migrate")

    def test_nothing_waits(self, settings: Settings, database: Database) -> None:
        assert "À envoyer : rien n'attend." in self.said(settings)

    def test_something_waits_too_long(self, settings: Settings, database: Database) -> None:
        long_ago = now() - timedelta(minutes=31)
        with database.transaction() as connection:
            row: dict[str, Any] = {"key": "k", "kind": "sms", "address": "p1_a", "number": "s1.x", "body": "Bonjour"}
            outbox.put(connection, **row, due_at=long_ago, at=long_ago)
        (told,) = [sentence for sentence in self.said(settings) if sentence.startswith("À envoyer")]
        assert "31 minutes" in told
        assert self.said(settings)[told] == NOTE

    @pytest.mark.parametrize(
        ("ago", "told", "alarm"),
        [
            pytest.param(None, "pas encore fait", True, id="never"),
            pytest.param(timedelta(hours=47), "effacé le", False, id="lately"),
            pytest.param(timedelta(hours=49), "« camille worker » tourne-t-il ?", True, id="long ago"),
        ],
    )
    def test_the_purge_is_watched(
        self, settings: Settings, database: Database, ago: timedelta | None, told: str, alarm: bool
    ) -> None:
        if ago is not None:
            purge_all(database, now() - ago)
        (sentence,) = [sentence for sentence in self.said(settings) if sentence.startswith("Effacement")]
        assert told in sentence
        assert (self.said(settings)[sentence] == NOTE) is alarm

    @pytest.mark.parametrize(
        ("received", "sent", "told", "alarm"),
        [
            (0, 0, "aucun", False),
            (10, 11, "1,10 envoyé", False),
            (10, 12, "1,20 envoyé", True),
            (0, 1, "beaucoup", True),
        ],
    )
    def test_the_ratio_is_watched(
        self, settings: Settings, database: Database, received: int, sent: int, told: str, alarm: bool
    ) -> None:
        with database.transaction() as connection:
            for way, times in (("in", received), ("out", sent)):
                for _ in range(times):
                    tallies.count(connection, "sms", way, 1, now())  # type: ignore[arg-type]
            tallies.count(connection, "sms", "in", 1, datetime(2020, 1, 1, tzinfo=timezone.utc))
        (sentence,) = [sentence for sentence in self.said(settings) if sentence.startswith("SMS sur")]
        assert told in sentence
        assert (self.said(settings)[sentence] == NOTE) is alarm


def test_on_one_machine_the_service_does_the_work_of_the_worker(
    out: Outgoing, settings: Settings, guide: Guide, lexicon: Lexicon, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make run` needs one command: the courier runs in the service, and prints; what is too old goes."""
    mind: Any = NoWords()
    conversation = Conversation(settings, out.database, mind, guide=guide, lexicon=lexicon)
    an_old_trace(out)
    key, stopped = out.put("Bonjour à vous"), Event()
    work_here(conversation, Console(), stopped)
    end = time.monotonic() + 10
    while (out.row(key).state != "sent" or purged(out.database) is None) and time.monotonic() < end:
        time.sleep(0.05)
    stopped.set()
    assert "Bonjour à vous" in capsys.readouterr().out
    assert out.ledger.sent == []
    assert out.rows("events") == []

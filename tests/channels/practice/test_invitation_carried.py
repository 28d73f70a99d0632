"""An invitation by SMS on its way: carried like anything else, by day only, for a day at most, never after STOP."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

import pytest

from assistant.inviting_by_sms import InvitingBySms
from assistant.mobiles import Mobile
from assistant.privacy.pseudonyms import pseudonym
from assistant.privacy.purposes import TYPED_NUMBER
from assistant.privacy.sealing import Sealer
from assistant.settings import Settings
from assistant.storage import consents, outbox, practices, tallies
from assistant.storage.database import Database
from assistant.storage.tallies import Tally
from channels.outbox import LEASE, PLAN
from channels.providers.statuses import SMS
from channels.sms.segments import Segments
from tests.support.carrier import Fault
from tests.support.killing import Killed, Killer
from tests.support.outgoing import MOBILE, NOON, Mortal, Outgoing, outgoing
from tests.support.postgres import KINDS, on

WORDS = "Une aide gratuite, par un robot: {link} Refus: STOP"
# At 20:59 in Paris, and the next morning at 7.
LATE = datetime(2026, 11, 23, 19, 59, tzinfo=timezone.utc)
MORNING = datetime(2026, 11, 24, 6, tzinfo=timezone.utc)


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Settings]:
    """The usual settings, over each kind of database."""
    with on(request.param, settings) as changed:
        yield changed


@pytest.fixture
def out(database: Database, settings: Settings) -> Iterator[Outgoing]:
    with outgoing(database) as found:
        found.sealer = Sealer(settings.secret_key)
        yield found


@pytest.fixture
def address(settings: Settings) -> str:
    return pseudonym("phone", MOBILE, settings.pseudonym_pepper)


def invite(settings: Settings, out: Outgoing, *, form: str = "f", number: str = MOBILE) -> str:
    """An invitation made now. Returns the key of its row."""
    at = out.clock()
    with out.database.transaction() as connection:
        here = practices.practice_of(connection, "here", "Cabinet des Tilleuls", at)
        who: Any = practices.member(connection, practices.physician_of(connection, here, "1", "Le docteur Martin", at))
    inviting = InvitingBySms(settings, out.database, lambda: WORDS)
    assert inviting.send(who, Mobile(number), physician=who.id, aim="activer", form=form, at=at) == "sent"
    return str(out.rows("outbox")[-1].key)


def test_it_goes_once_and_leaves_nothing_behind(settings: Settings, out: Outgoing) -> None:
    key = invite(settings, out)
    assert (out.courier().run_once(), out.courier().run_once()) == (1, 0)
    (sent,) = out.ledger.sent
    assert sent.to == MOBILE
    start, end = WORDS.split("{link}")
    assert sent.body.startswith(f"{start}{settings.public_base_url}/i/")
    assert sent.body.endswith(end)
    row = out.row(key)
    assert (row.state, row.number, row.body) == ("sent", "", "")
    with out.database.transaction() as connection:
        assert tallies.told(connection, NOON) == [Tally("sms", "out", 1, Segments.of(sent.body).count)]


def test_its_words_are_made_cheap_and_keep_the_link(settings: Settings, out: Outgoing) -> None:
    invite(settings, out)
    out.courier().run_once()
    (body,) = out.bodies()
    assert Segments.of(body).encoding == "GSM-7"
    assert len(body.split("/i/")[1].split()[0]) == 22


def test_nobody_who_said_stop_long_ago_is_written_to(settings: Settings, out: Outgoing, address: str) -> None:
    with out.database.transaction() as connection:
        consents.stop(connection, address, "sms", NOON)
    key = invite(settings, out)
    out.courier().run_once()
    assert out.ledger.sent == []
    row = out.row(key)
    assert (row.state, row.code, row.number, row.body) == ("cancelled", "stop", "", "")


def test_nor_who_says_it_while_the_message_waits(settings: Settings, out: Outgoing, address: str) -> None:
    key = invite(settings, out)
    with out.database.transaction() as connection:
        consents.stop(connection, address, "sms", NOON)
        assert outbox.cancel(connection, address, NOON) == 1
    out.courier().run_once()
    assert out.ledger.sent == []
    assert (out.row(key).number, out.row(key).body) == ("", "")


def test_a_stop_that_the_provider_heard_is_ours(settings: Settings, out: Outgoing, address: str) -> None:
    key = invite(settings, out)
    out.ledger.opted_out.add(MOBILE)
    out.courier().run_once()
    assert (out.row(key).state, out.row(key).number, out.row(key).body) == ("refused", "", "")
    with out.database.transaction() as connection:
        assert consents.is_stopped(connection, address)[0]


def test_what_did_not_leave_in_the_evening_waits_for_the_morning(settings: Settings, out: Outgoing) -> None:
    out.clock.at = LATE
    key = invite(settings, out)
    out.clock.later(minutes=1)
    out.courier().run_once()
    out.clock.at = MORNING - timedelta(seconds=1)
    out.courier().run_once()
    assert out.ledger.sent == []
    assert out.row(key).state == "due"
    out.clock.at = MORNING
    out.courier().run_once()
    assert len(out.ledger.sent) == 1


def test_after_a_day_it_does_not_go_any_more(settings: Settings, out: Outgoing) -> None:
    """The patient has left, and what a practice types is kept for a day at most."""
    key = invite(settings, out)
    out.clock.at = NOON + TYPED_NUMBER
    out.courier().run_once()
    assert out.ledger.sent == []
    row = out.row(key)
    assert (row.state, row.code, row.number, row.body) == ("cancelled", "old", "", "")


def test_within_the_day_it_does(settings: Settings, out: Outgoing) -> None:
    invite(settings, out)
    out.clock.at = NOON + TYPED_NUMBER - timedelta(microseconds=1)
    out.courier().run_once()
    assert len(out.ledger.sent) == 1


def test_whatever_dies_on_the_way_it_is_one_message(settings: Settings, out: Outgoing) -> None:
    """The words are sealed, and still what the provider is asked for by the next process."""
    if out.database.engine.dialect.name != "sqlite":
        pytest.skip("the same code; once is enough for so many")
    killer = Killer(out.database.engine)
    for step in count(1):
        out.ledger.sent.clear()
        key = invite(settings, out, form=f"form {step}", number=f"+3363998{step:04d}")
        killer.at(step)
        try:
            out.courier(Mortal(out.carrier(), killer)).run_once()
        except Killed:
            killer.revive()
            out.clock.later(seconds=LEASE.total_seconds() + 1)
            out.courier().run_once()
            assert (len(out.ledger.sent), out.row(key).state) == (1, "sent"), killer.deaths[-1]
            assert (out.row(key).number, out.row(key).body) == ("", "")
            continue
        break
    killer.close()
    assert {"before sending", "after sending", "before commit", "after commit"} <= set(killer.deaths)


@pytest.mark.parametrize("done", [True, False], ids=["taken", "not-taken"])
def test_an_answer_that_is_lost_is_looked_up_by_its_words(settings: Settings, out: Outgoing, done: bool) -> None:
    key = invite(settings, out)
    out.faults.append(Fault("dropped", done=done))
    out.courier().run_once()
    assert out.row(key).state == "sending"
    out.clock.at += PLAN[0]
    out.courier().run_once()
    assert (len(out.ledger.sent), out.row(key).state) == (1, "sent")


def test_it_does_not_open_once_the_secret_is_another(
    settings: Settings, out: Outgoing, caplog: pytest.LogCaptureFixture
) -> None:
    key = invite(replace(settings, secret_key="z" * 40), out)
    with caplog.at_level(logging.INFO):
        out.courier().run_once()
    assert (out.row(key).state, out.row(key).code) == ("failed", "sealed")
    assert MOBILE not in caplog.text


def test_what_the_provider_tells_of_it_is_taken(settings: Settings, out: Outgoing) -> None:
    key = invite(settings, out)
    out.courier().run_once()
    (sent,) = out.ledger.sent
    with out.database.transaction() as connection:
        outbox.progress(connection, sent.sid, SMS["delivered"], "", out.clock())
    assert out.row(key).state == "delivered"

"""A reminder by SMS, from the sentence that asks for it to the place found again: webhook, outbox, courier, carrier.

Everything is the service's own but the clock, which a test turns, and Twilio, which is pretended over real HTTP. The
words are understood without a model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.privacy.sealing import Sealer
from assistant.reminders.hours import PARIS, allowed
from channels.app import create_app
from channels.outbox import Courier
from channels.sms.segments import Segments
from tests.support.carrier import Fault, Line, Mishaps, Phone, Served, over_http
from tests.support.carrier.phone import tell_status
from tests.support.faces import BASE, Face, open_face
from tests.support.outgoing import MOBILE, SENDER, Clock, Outgoing, outgoing
from tests.support.transcripts import everything_stored


@dataclass
class Story:
    """One mobile, one service, and the days that go by."""

    face: Face
    out: Outgoing
    phone: Phone

    @property
    def courier(self) -> Courier:
        return self.out.courier()

    def at(self, said: str) -> None:
        """It is `said` in Paris: « 2026-11-24 09:00 »."""
        self.out.clock.at = datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=PARIS)

    def rounds(self, until: str) -> None:
        """The courier looks every half hour, until `until` in Paris."""
        end = datetime.strptime(until, "%Y-%m-%d %H:%M").replace(tzinfo=PARIS)
        while self.out.clock.at < end:
            self.courier.run_once()
            self.out.clock.later(minutes=30)
        self.out.clock.at = end
        self.courier.run_once()

    def states(self, table: str = "reminders") -> list[tuple[str, bool]]:
        """Each row: its state, and whether it still holds a number."""
        return [(row.state, bool(row.number)) for row in self.out.rows(table)]

    def stored(self) -> Any:
        return everything_stored(self.face.conversation)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A Monday at 10; a mobile in the middle of the activation."""
    face = open_face(tmp_path, twilio_sender=SENDER.text)
    with outgoing(face.conversation.database) as out:
        out.sealer, out.allowed, out.words = Sealer(face.settings.secret_key), allowed, face.conversation.reminder
        with Served(create_app(face.settings, face.conversation, out.clock)) as served:
            line = Line(out.ledger, over_http(served.url), BASE, Mishaps(3, doubled=0.5, late=0.2))
            told = Story(face, out, Phone(line, MOBILE, service=SENDER.text))
            told.at("2026-11-23 10:00")
            told.phone.text("Bonjour")
            told.phone.text("1")
            yield told
    face.close()


def test_from_the_sentence_to_the_place_found_again(story: Story) -> None:
    phone, out = story.phone, story.out
    step = phone.text("répéter")
    assert "Étape 1/" in step
    # Nine in the evening is no hour to write to anybody: the next permitted one is read back.
    assert "mercredi 25 novembre vers 9 heures" in phone.text("rappelez-moi demain soir à 21h")
    assert story.states() == []
    assert "PAS DE RAPPEL" in phone.text("oui")
    assert story.states() == [("due", True)]
    assert MOBILE[-9:] not in story.stored()
    story.rounds("2026-11-25 08:59")
    assert phone.arrived() == []
    story.at("2026-11-25 09:00")
    out.faults.append(Fault(code=20429))
    story.courier.run_once()
    assert phone.arrived() == []
    out.clock.later(minutes=1)
    story.courier.run_once()
    (reminder,) = phone.arrived()
    assert "Camille, assistant automatique" in reminder
    assert "STOP" in reminder
    assert (Segments.of(reminder).encoding, Segments.of(reminder).count) == ("GSM-7", 1)
    # From now on nothing knows the number any more; what the carrier tells later comes in any order.
    assert story.states() == [("sent", False)]
    assert story.states("outbox") == [("sent", False)]
    (sent,) = out.ledger.to(MOBILE)
    tell_status(phone.line, sent, ["delivered", "sent", "queued"])
    assert story.states("outbox") == [("delivered", False)]
    assert phone.text("1") == step
    story.rounds("2026-11-30 12:00")
    assert phone.arrived() == [reminder]


@pytest.mark.parametrize(
    "words", ["rappelle moi jeudi vers 10h", "rappelez-moi jeudi matin", "envoyez moi un sms jeudi"]
)
def test_asked_for_in_other_words(story: Story, words: str) -> None:
    assert "jeudi 26 novembre" in story.phone.text(words)
    story.phone.text("1")
    story.rounds("2026-11-26 09:00")
    assert story.phone.arrived() == []
    story.rounds("2026-11-26 10:30")
    assert len(story.phone.arrived()) == 1


@pytest.mark.parametrize(
    ("said", "silent"), [("STOP", True), ("stop svp", True), ("PAS DE RAPPEL", False), ("ne me rappelez pas", False)]
)
def test_called_off_in_between(story: Story, said: str, silent: bool) -> None:
    """PAS DE RAPPEL takes back one promise; STOP ends all writing until a plain yes."""
    phone = story.phone
    step = phone.text("répéter")
    phone.text("rappelez-moi demain matin")
    phone.text("oui")
    assert phone.text(said)
    assert story.states() == [("cancelled", False)]
    story.rounds("2026-11-26 12:00")
    assert phone.arrived() == []
    assert story.states("outbox") == []
    if silent:
        assert "OUI" in phone.text("bonjour")
        assert phone.text("bonjour") == ""
        assert step in phone.text("oui")
    else:
        assert phone.text("reprendre") == step


def test_the_way_back_that_is_told_is_one_that_the_carrier_lets_through(story: Story) -> None:
    """Its own STOP holds back every answer of ours until its own word; « REPRENDRE » would be answered to nobody."""
    phone = story.phone
    step = phone.text("répéter")
    assert "écrivez START" in phone.text("STOP")
    before = len(phone.received)
    phone.text("bonjour")
    assert (len(phone.received), len(phone.blocked)) == (before, 1)
    assert step in phone.text("START")
    assert step in phone.received[-1]
    assert phone.text("rappelez-moi demain matin")
    phone.text("oui")
    story.rounds("2026-11-24 12:00")
    assert len(phone.arrived()) == 1


def test_a_stop_that_only_twilio_heard_ends_it_too(story: Story) -> None:
    """A word of its own list, which never came to us."""
    story.phone.text("rappelez-moi demain matin")
    story.phone.text("oui")
    story.out.ledger.heard(MOBILE, "UNSUBSCRIBE")
    story.rounds("2026-11-24 12:00")
    assert story.phone.arrived() == []
    assert story.states("outbox") == [("refused", False)]
    story.phone.text("bonjour")
    assert story.states() == [("sent", False)]
    assert story.phone.arrived() == []


def test_who_goes_on_by_herself_is_not_reminded(story: Story) -> None:
    story.phone.text("rappelez-moi demain matin")
    story.phone.text("oui")
    story.at("2026-11-23 18:00")
    story.phone.text("continuer")
    story.rounds("2026-11-25 12:00")
    assert story.phone.arrived() == []
    assert story.states() == [("cancelled", False)]


@pytest.mark.parametrize("day", ["dimanche", "le 25 décembre", "samedi à 20 heures"])
def test_never_on_a_day_of_rest(story: Story, day: str) -> None:
    story.phone.text(f"rappelez-moi {day}")
    story.phone.text("oui")
    (row,) = story.out.rows("reminders")
    due = row.due_at.astimezone(PARIS)
    assert (due.hour, allowed(due)) == (9, row.due_at)
    story.rounds(f"{due - timedelta(minutes=1):%Y-%m-%d %H:%M}")
    assert story.phone.arrived() == []
    story.rounds(f"{due:%Y-%m-%d %H:%M}")
    assert len(story.phone.arrived()) == 1


def test_erased_in_between_nothing_comes_and_nothing_is_left(story: Story) -> None:
    story.phone.text("rappelez-moi demain matin")
    story.phone.text("oui")
    story.phone.text("effacez mes données")
    story.phone.line.forgetting(MOBILE)
    story.phone.text("Oui, effacer")
    story.phone.line.flush()
    assert (story.states(), story.states("outbox"), story.out.rows("persons")) == ([], [], [])
    story.rounds("2026-11-25 12:00")
    assert story.phone.arrived() == []


def test_without_an_answer_two_are_all(story: Story) -> None:
    """A third promise is not even made in the meantime: who asks again has answered, and the count begins anew."""
    story.phone.text("rappelez-moi demain matin")
    story.phone.text("oui")
    story.rounds("2026-11-24 12:00")
    (person,) = (row.person for row in story.out.rows("reminders"))
    (address,) = {row.address for row in story.out.rows("reminders")}
    for day in ("2026-11-25", "2026-11-26"):
        story.at(f"{day} 10:00")
        story.out.remind(person, address=address)
        story.rounds(f"{day} 12:00")
    assert len(story.phone.arrived()) == 2
    story.phone.text("rappelez-moi samedi")
    story.phone.text("oui")
    story.rounds("2026-11-28 12:00")
    assert len(story.phone.arrived()) == 3


def test_the_clock_of_the_story_is_that_of_the_service(story: Story) -> None:
    """Else « demain » would be another day than the courier's."""
    assert isinstance(story.out.clock, Clock)
    story.at("2026-12-24 10:00")
    assert "samedi 26 décembre" in story.phone.text("rappelez-moi demain")

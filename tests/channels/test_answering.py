"""Who answers a call that Camille makes: a person is spoken to, a machine hears one thing, and of nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from assistant.privacy.pseudonyms import pseudonym
from assistant.privacy.sealing import Sealer
from assistant.reminders.hours import allowed
from assistant.storage import persons, schema
from channels.voice.answering import answered_by, is_there
from tests.support.carrier import Caller, Fault, Line, within_process
from tests.support.carrier.phone import tell_status
from tests.support.faces import BASE, Face, call_form, open_face
from tests.support.outgoing import LANDLINE, NOON, SENDER, Outgoing, outgoing

MACHINES = ["machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other"]
# What nobody but her may hear, and what a service of health would be known by.
PRIVATE = ("tape", "santé", "vitale", "carte", "code", "medecin", "médecin", "activer", "mot secret", "sms")


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    """A service of its own for each test, with a number that it calls from."""
    opened = open_face(tmp_path, twilio_sender=SENDER.text)
    yield opened
    opened.close()


@pytest.fixture
def out(face: Face) -> Iterator[Outgoing]:
    with outgoing(face.conversation.database) as found:
        found.sealer = Sealer(face.settings.secret_key)
        found.allowed, found.words = allowed, face.conversation.reminder
        found.clock.at = NOON + timedelta(hours=1)  # as late as the clock of the face
        yield found


@pytest.fixture
def line(face: Face, out: Outgoing) -> Line:
    return Line(out.ledger, within_process(face.app), BASE)


def promised(line: Line) -> str:
    """Somebody on a landline begins, and asks to be rung the next morning. Her first step, as she heard it."""
    call = Caller(line, LANDLINE, service=SENDER.text)
    call.ring()
    step = call.press("1")
    call.speak("rappelez-moi demain matin")
    call.press("1")
    assert call.ended
    return step


def rung(out: Outgoing, line: Line, answered: str) -> Caller:
    """The reminder has come, and somebody or something answers."""
    out.clock.later(hours=22)
    assert out.courier().run_once() == 1
    (sent,) = out.ledger.to(LANDLINE, "call")[-1:]
    assert sent.detects["MachineDetection"] == "DetectMessageEnd"
    call = Caller.of(line, sent, answered)
    call.ring()
    return call


def row(out: Outgoing) -> Any:
    return out.rows("outbox")[-1]


def seen(face: Face) -> Any:
    with face.conversation.database.transaction() as connection:
        return persons.find(connection, pseudonym("phone", LANDLINE, face.settings.pseudonym_pepper))


def test_a_person_is_told_who_rings_and_where_she_stands(out: Outgoing, line: Line) -> None:
    step = promised(line)
    call = rung(out, line, "human")
    assert "Vous vouliez cet appel." in call.heard[-1]
    assert "étape 1 sur" in call.heard[-1]
    assert call.press("1") == step


@pytest.mark.parametrize("answered", MACHINES)
def test_a_machine_hears_who_called_and_nothing_of_anybody(
    face: Face, out: Outgoing, line: Line, answered: str
) -> None:
    promised(line)
    before = seen(face)
    call = rung(out, line, answered)
    (told,) = call.heard
    assert call.ended
    assert "Camille, un assistant automatique" in told
    assert told.count("09, 37, 00, 00, 01") == 2
    assert not any(word in told.casefold() for word in PRIVATE)
    assert call.seconds < 25
    # It was no answer of hers: the place, and when she was last heard, are what they were.
    assert seen(face) == before
    assert (row(out).state, row(out).code, row(out).number) == ("delivered", "machine", "")


def test_what_follows_from_twilio_does_not_unsay_it(out: Outgoing, line: Line) -> None:
    promised(line)
    rung(out, line, "machine_end_beep")
    (sent,) = out.ledger.to(LANDLINE, "call")
    tell_status(line, sent, ["ringing", "in-progress", "completed"])
    assert (row(out).state, row(out).code) == ("delivered", "machine")


def test_a_process_that_died_learns_it_from_the_status(out: Outgoing, line: Line) -> None:
    """It had not noted Twilio's name of the call; the status brings the key of the row."""
    promised(line)
    out.clock.later(hours=22)
    out.faults.append(Fault("dropped", done=True))
    out.courier().run_once()
    (sent,) = out.ledger.to(LANDLINE, "call")
    Caller.of(line, sent, "machine_end_beep").ring()
    assert row(out).state == "sending"
    form = call_form(sid=sent.sid, CallStatus="completed", Direction="outbound-api", AnsweredBy="machine_end_beep")
    assert line.post(sent.callback.removeprefix(BASE), form) is None
    assert (row(out).state, row(out).code) == ("delivered", "machine")


def test_two_machines_are_two_reminders_and_the_last(out: Outgoing, line: Line, face: Face) -> None:
    """It counts as what it is: one of the two that may go without an answer."""
    promised(line)
    rung(out, line, "machine_end_beep")
    person = seen(face)
    for _ in range(2):
        address = pseudonym("phone", LANDLINE, face.settings.pseudonym_pepper)
        out.clock.later(days=1)
        out.remind(person.id, number=LANDLINE, address=address, channel="voice")
        out.courier().run_once()
    assert len(out.ledger.to(LANDLINE, "call")) == 2
    assert [one.state for one in out.rows("reminders")] == ["sent", "sent", "cancelled"]


def test_a_fax_hears_nothing(out: Outgoing, line: Line, face: Face) -> None:
    promised(line)
    before = seen(face)
    call = rung(out, line, "fax")
    assert (call.heard, call.ended) == ([""], True)
    assert (row(out).state, row(out).code) == ("failed", "fax")
    assert seen(face) == before


class TestNobodyKnows:
    """A silence, or a greeting without end: it is asked who is there before anything is told."""

    def test_somebody_answers(self, out: Outgoing, line: Line) -> None:
        step = promised(line)
        call = rung(out, line, "unknown")
        assert "Vous m'entendez" in call.heard[0]
        assert "étape" not in call.heard[0]
        assert "étape 1 sur" in call.press("1")
        assert call.press("1") == step

    @pytest.mark.parametrize("words", ["oui", "allô oui j'écoute", "oui je vous entends très bien"])
    def test_in_words(self, out: Outgoing, line: Line, words: str) -> None:
        promised(line)
        assert "étape 1 sur" in rung(out, line, "unknown").speak(words)

    @pytest.mark.parametrize("words", ["", "laissez un message après le bip", "bonjour nous sommes absents"])
    def test_nobody_does(self, out: Outgoing, line: Line, face: Face, words: str) -> None:
        promised(line)
        before = seen(face)
        call = rung(out, line, "unknown")
        told = call.speak(words) if words else call.wait()
        assert call.ended
        assert "comme prévu" in told
        assert not any(word in told.casefold() for word in PRIVATE)
        assert seen(face) == before

    def test_the_webhook_again_is_the_same(self, out: Outgoing, line: Line, face: Face) -> None:
        promised(line)
        call = rung(out, line, "unknown")
        call.press("1")
        with face.conversation.database.transaction() as connection:
            turns = len(connection.execute(select(schema.events)).all())
        form = call_form(number=SENDER.text, sid=call.sid, To=LANDLINE, Direction="outbound-api", Digits="1")
        assert "étape 1 sur".encode() in (line.post("/voice/there?n=1", form) or b"")
        with face.conversation.database.transaction() as connection:
            assert len(connection.execute(select(schema.events)).all()) == turns


def test_without_a_number_to_ring_back_nothing_is_left(tmp_path: Path) -> None:
    mute = open_face(tmp_path)
    form = call_form(number="+33937000001", To=LANDLINE, Direction="outbound-api", AnsweredBy="machine_end_beep")
    assert mute.post("/voice", form).get_data().endswith(b"<Response><Hangup /></Response>")
    mute.close()


@pytest.mark.parametrize(
    ("form", "by"),
    [
        ({}, "person"),
        ({"Direction": "outbound-api"}, "person"),
        ({"Direction": "outbound-api", "AnsweredBy": "human"}, "person"),
        ({"Direction": "inbound", "AnsweredBy": "machine_end_beep"}, "person"),
        ({"Direction": "outbound-api", "AnsweredBy": " Machine_End_Other"}, "machine"),
        ({"Direction": "outbound-api", "AnsweredBy": "fax"}, "fax"),
        ({"Direction": "outbound-api", "AnsweredBy": "unknown"}, "unsure"),
        ({"Direction": "outbound-api", "AnsweredBy": "what comes next"}, "unsure"),
    ],
)
def test_who_answered(form: dict[str, str], by: str) -> None:
    assert answered_by(form) == by


def test_a_key_is_somebody() -> None:
    assert is_there("0", "")
    assert not is_there("", "hum")


def test_the_pretend_twilio_refuses_what_twilio_would(out: Outgoing) -> None:
    from tests.support.carrier.faults import Refusal

    for asked in ({"MachineDetection": "Maybe"}, {"MachineDetectionTimeout": "60"}, {"MachineDetectionTimeout": "x"}):
        with pytest.raises(Refusal):
            out.ledger.call(LANDLINE, SENDER.text, f"{BASE}/voice", detects=asked)

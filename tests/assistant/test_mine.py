"""« Mes données »: told on every channel, from every place, before the model; to a telephone, the place and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert

from assistant.conversation import Conversation
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.lexicon import Lexicon
from assistant.privacy.purposes import PURPOSES
from assistant.privacy.sealing import Sealer
from assistant.settings import Settings
from assistant.storage import consents, holdings, persons, reminders, schema, unanswered
from assistant.storage.database import Database
from assistant.telling import SMS_ROOM, Outcome
from assistant.turns import Channel, Reply, Turn
from channels.sms.segments import Segments
from channels.sms.text import written

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
PHONE = "p1_telephone"
CHANNELS: tuple[Channel, ...] = ("web", "sms", "voice")
ASKED = [
    "MES DONNÉES",
    "mes donnees",
    "Bonjour, mes données svp",
    "Que gardez-vous de moi ?",
    "vous savez quoi sur moi",
]


class NoMind:
    """Fails the test that reaches it: this is decided before the model."""

    ready = True
    state = "ready"

    def take(self, text: str, place: Progress, channel: Channel) -> Outcome:
        raise AssertionError(text)

    def close(self) -> None:
        pass


@pytest.fixture
def conversation(settings: Settings, database: Database, guide: Guide, lexicon: Lexicon) -> Iterator[Conversation]:
    mind: Any = NoMind()
    made = Conversation(settings, database, mind, guide=guide, lexicon=lexicon)
    yield made
    made.close()


class Person:
    def __init__(self, conversation: Conversation, channel: Channel = "sms") -> None:
        self.conversation, self.channel, self.turns = conversation, channel, 0

    def says(self, text: str = "", key: str = "", **more: Any) -> Reply:
        self.turns += 1
        heard = {"confidence": 0.95} if self.channel == "voice" else {}
        turn = Turn(PHONE, self.channel, "test", f"m{self.turns}", AT, text=text, key=key, **heard | more)
        return self.conversation.take(turn)

    def starts(self) -> Person:
        self.says("bonjour")
        self.says("activer mon espace")
        self.says("pour moi")
        return self


def words(reply: Reply) -> str:
    return " ".join(message.text for message in reply.messages)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("asked", ASKED)
def test_it_is_told_before_the_model(conversation: Conversation, channel: Channel, asked: str) -> None:
    reply = Person(conversation, channel).starts().says(asked)
    assert "votre étape, 1 sur 6, le sujet de vos demandes" in words(reply)
    assert reply.intent == "donnees_assistant"


@pytest.mark.parametrize("channel", CHANNELS)
def test_of_whom_nothing_was_held_that_is_told(conversation: Conversation, channel: Channel) -> None:
    reply = Person(conversation, channel).says("mes données")
    assert "je ne gardais rien de vous" in words(reply)
    assert "assistant automatique" in words(reply)  # who speaks is said first, here as elsewhere


def test_from_every_step_and_the_place_is_kept(conversation: Conversation, guide: Guide) -> None:
    person = Person(conversation).starts()
    for journey in guide.book.journeys.values():
        for step in journey.steps:
            with conversation.database.transaction() as connection:
                stored = persons.find(connection, PHONE)
                place = replace(Progress(journey.name, step, "going"), met=CHANNELS, last=(f"step:{step}",))
                persons.save(connection, stored, PHONE, place, Reply((), ""), AT)
            # One step asks what the doubt is about, and « mes données » is a choice of its own there.
            asked = "que gardez-vous de moi" if step == "autre_doute" else "MES DONNEES"
            assert "Je garde de vous" in words(person.says(asked)), step
            with conversation.database.transaction() as connection:
                after = persons.find(connection, PHONE).progress
            assert (after.journey, after.step) == (journey.name, step)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_reminder_is_told_with_its_day(conversation: Conversation, channel: Channel) -> None:
    person = Person(conversation, channel).starts()
    _remind(conversation)
    assert "un rappel demain, mardi 24 novembre, vers 10 heures, avec votre numéro caché" in words(
        person.says("mes données")
    )


def test_after_a_stop_it_is_still_a_right(conversation: Conversation) -> None:
    person = Person(conversation).starts()
    person.says("STOP")
    assert person.says("coucou").messages  # asked once whether to come back
    assert person.says("bidule") == Reply((), "silence")
    assert "votre STOP" in words(person.says("MES DONNEES"))
    with conversation.database.transaction() as connection:
        assert consents.is_stopped(connection, PHONE)[0]


@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_a_telephone_is_told_no_topic_and_nobody_who_invited(conversation: Conversation, channel: Channel) -> None:
    """Its number authenticates nobody: somebody else may hold it, and numbers are imitated."""
    person = Person(conversation, channel).starts()
    with conversation.database.transaction() as connection:
        who = persons.find(connection, PHONE).id
        practice = {"id": "cabinet", "key": "k", "name": "Cabinet des Tilleuls", "made_at": AT}
        connection.execute(insert(schema.practices).values(**practice))
        member = {"id": "m", "practice": "cabinet", "role": "physician", "shown_as": "Le docteur Martin", "secret": ""}
        connection.execute(insert(schema.members).values(**member, made_at=AT))
        row = {"id": 1, "token": "t", "word": "w", "digits": "d", "practice": "cabinet", "physician": "m", "way": "sms"}
        row |= {"aim": "activer", "most": 1, "taken": 1, "made_at": AT, "expires_at": AT + timedelta(days=7)}
        connection.execute(insert(schema.invitations).values(**row))
        guest = {"person": who, "invitation": 1, "counted": True, "finished": False, "came_at": AT}
        connection.execute(insert(schema.guests).values(**guest))
    told = words(person.says("mes données"))
    for secret in ("Martin", "Tilleuls", "cabinet", "médecin", "invit"):
        assert secret not in told


def test_on_a_bad_line_it_is_told_without_being_read_back(conversation: Conversation) -> None:
    person = Person(conversation, "voice").starts()
    assert "Je garde de vous" in words(person.says("mes données", confidence=0.2))


def test_all_of_it_fits_in_two_segments(conversation: Conversation) -> None:
    person = Person(conversation).starts()
    _remind(conversation, timedelta(days=9, minutes=35))
    with conversation.database.transaction() as connection:
        consents.stop(connection, PHONE, "sms", AT)
    reply = person.says("MES DONNEES")
    assert "votre STOP" in words(reply)
    assert "un rappel" in words(reply)
    assert Segments.of(written(reply)).count <= 2
    assert len(words(reply)) < SMS_ROOM


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_proof_comes_with_the_erasure(conversation: Conversation, channel: Channel) -> None:
    person = Person(conversation, channel).starts()
    person.says("supprimer")
    reply = person.says("oui")
    assert reply.intent == "effacer_fait"
    (proof,) = set(re.findall(r"23 novembre 2026, ((?:\d\d ){5}\d\d)", words(reply)))
    assert conversation.proofs.is_genuine(AT.date(), proof)
    assert channel != "sms" or Segments.of(written(reply)).count <= 2


def test_two_erased_on_one_day_have_two_proofs(conversation: Conversation) -> None:
    proofs = set()
    for _ in range(5):
        person = Person(conversation, "web")
        person.turns = len(proofs) * 100
        person.starts().says("supprimer")
        proofs.add(words(person.says("oui")))
    assert len(proofs) == 5


class TestHoldings:
    def test_every_purpose_about_a_person_is_counted(self, conversation: Conversation) -> None:
        _, held = conversation.held(PHONE)
        assert set(held.rows) == {purpose.name for purpose in PURPOSES if purpose.about == "person"}

    def test_of_a_stranger_nothing(self, conversation: Conversation) -> None:
        _, held = conversation.held(PHONE)
        assert (held.anything, held.reminder, held.stopped, held.seen_at) == (False, None, False, None)

    def test_each_is_counted_and_nobody_elses(self, conversation: Conversation) -> None:
        Person(conversation).starts()
        _remind(conversation)
        other = Turn("p1_autre", "sms", "test", "other", AT, text="bonjour")
        conversation.take(other)
        conversation.resume_code(PHONE, AT)
        with conversation.database.transaction() as connection:
            consents.stop(connection, PHONE, "sms", AT)
            for address in (PHONE, "p1_autre"):
                connection.execute(insert(schema.guesses).values(address=address, at=AT, kind="resume"))
                row = {"address": address, "practice": "x", "member": "y", "at": AT}
                connection.execute(insert(schema.invited).values(**row))
                unanswered.note(connection, address, AT)
        _, held = conversation.held(PHONE)
        assert held.rows == {
            "place": 1,
            "trace": 3,
            "once": 3,
            "resume": 1,
            "guesses": 1,
            "sending": 1,
            "invited": 0,
            "limits": 1,
            "unanswered": 1,
            "refusal": 2,
        }
        assert held.reminder == AT + timedelta(hours=21)

    def test_after_an_erasure_nothing(self, conversation: Conversation) -> None:
        person = Person(conversation).starts()
        _remind(conversation)
        person.says("effacer")
        person.says("oui")
        _, held = conversation.held(PHONE)
        assert held.rows == dict.fromkeys(held.rows, 0)

    def test_asking_what_is_held_stores_nothing(self, conversation: Conversation) -> None:
        conversation.held(PHONE)
        with conversation.database.transaction() as connection:
            assert persons.find(connection, PHONE).version == 0
            assert not holdings.of(connection, persons.find(connection, PHONE), PHONE).anything


def _remind(conversation: Conversation, after: timedelta = timedelta(hours=21)) -> None:
    with conversation.database.transaction() as connection:
        person = persons.find(connection, PHONE)
        number = Sealer(conversation.settings.secret_key).seal("+33639980001", PHONE)
        reminders.put(
            connection, person=person.id, address=PHONE, channel="sms", number=number, due_at=AT + after, at=AT
        )

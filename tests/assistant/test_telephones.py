"""What only telephones need: reminders, a step by SMS, several persons, a bad line, a hidden number, a long call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select

from assistant.conversation import Conversation
from assistant.folding import fold
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.lexicon import Lexicon
from assistant.privacy.sealing import Sealer
from assistant.settings import Settings
from assistant.storage import outbox, persons, reminders, schema, tallies
from assistant.storage.database import Database
from assistant.telling import Outcome
from assistant.turns import Channel, Reply, Turn
from tests.support.transcripts import everything_stored

MONDAY = datetime(2026, 11, 23, 9, tzinfo=timezone.utc)  # 10:00 in Paris
MOBILE, LANDLINE = "+33639980001", "+33199000050"


class Deaf:
    """A mind that understands no sentence, or every one as `topic`."""

    ready = True
    state = "ready"

    def __init__(self, guide: Guide) -> None:
        self.guide, self.topic = guide, ""

    def take(self, text: str, place: Progress, channel: Channel) -> Outcome:
        return self.guide.hear(place, channel, self.topic) if self.topic else self.guide.miss(place, channel)


@dataclass
class Phone:
    """One telephone in somebody's hand. `hidden`: its number is not shown, so each call is a new address."""

    conversation: Conversation
    number: str = MOBILE
    reach: tuple[Any, ...] = ("sms", "voice")
    hidden: bool = False
    clock: datetime = MONDAY
    count: int = 0
    last: Reply = field(default_factory=lambda: Reply((), ""))

    def __post_init__(self) -> None:
        self.address = "p1_cache" if self.hidden else f"p1_{self.number[-8:]}"

    def sms(self, text: str, **more: Any) -> str:
        return self.take(replace(self._turn("sms"), text=text, **more))

    def call(self, **more: Any) -> str:
        return self.take(replace(self._turn("voice"), opens=True, **more))

    def say(self, text: str, confidence: float | None = 0.9) -> str:
        return self.take(replace(self._turn("voice"), text=text, confidence=confidence))

    def press(self, key: str) -> str:
        return self.take(replace(self._turn("voice"), key=key))

    def take(self, turn: Turn) -> str:
        """What was said, with its choices, as one folded text."""
        self.last = self.conversation.take(turn)
        said = [message.text for message in self.last.messages] + [choice.label for choice in self.last.choices]
        return fold(" / ".join(said))

    def label(self, words: str) -> str:
        """The key of the choice that holds `words`."""
        return next(choice.key for choice in self.last.choices if fold(words) in fold(choice.label))

    @property
    def place(self) -> Progress:
        with self.conversation.database.transaction() as connection:
            return persons.find(connection, self.address).progress

    def rows(self, table: str) -> list[Any]:
        with self.conversation.database.transaction() as connection:
            return list(connection.execute(select(schema.metadata.tables[table])))

    def _turn(self, channel: Channel) -> Turn:
        self.count, self.clock = self.count + 1, self.clock + timedelta(minutes=1)
        number = "" if self.hidden else self.number
        reach = () if self.hidden else self.reach
        return Turn(
            self.address,
            channel,
            "test",
            f"{self.address}-{self.count}",
            self.clock,
            number=number,
            reach=reach,
            lasting=not self.hidden,
        )


@pytest.fixture
def conversation(settings: Settings, database: Database, guide: Guide, lexicon: Lexicon) -> Iterator[Conversation]:
    mind: Any = Deaf(guide)
    made = Conversation(settings, database, mind, guide=guide, lexicon=lexicon)
    yield made
    made.close()


@pytest.fixture
def phone(conversation: Conversation) -> Phone:
    """A mobile, in the middle of the activation."""
    held = Phone(conversation)
    held.sms("activer")
    held.sms("1")
    return held


class TestReminders:
    def test_asked_read_back_and_promised(self, phone: Phone) -> None:
        assert "quand voulez vous" in phone.sms("rappelez moi")
        assert "vendredi 27 novembre vers 14 heures 30 c est bien cela" in phone.sms("vendredi après-midi")
        assert phone.rows("reminders") == []
        assert "c est note" in phone.sms("oui")
        (row,) = phone.rows("reminders")
        assert (row.channel, row.state) == ("sms", "due")
        assert row.due_at == datetime(2026, 11, 27, 13, 30, tzinfo=timezone.utc)
        assert Sealer(phone.conversation.settings.secret_key).open(row.number, row.address) == MOBILE
        assert phone.place.status == "paused"

    def test_the_number_is_nowhere_in_clear(self, phone: Phone) -> None:
        for words in ("rappelez moi", "demain matin", "oui"):
            phone.sms(words)
        assert phone.rows("reminders")
        assert MOBILE[-9:] not in everything_stored(phone.conversation)

    def test_said_at_once_it_is_read_back_at_once(self, phone: Phone) -> None:
        mind: Any = phone.conversation.mind
        mind.topic = "rappelez_moi"
        assert "mardi 24 novembre vers 9 heures 30" in fold(phone.sms("vous pourriez me faire signe demain matin ?"))

    @pytest.mark.parametrize(
        ("words", "moment"),
        [
            ("rappelez-moi demain matin", "mardi 24 novembre vers 9 heures 30"),
            ("rappelle moi jeudi vers 10h", "jeudi 26 novembre vers 10 heures"),
            ("envoyez moi un sms demain", "mardi 24 novembre vers 10 heures"),
        ],
    )
    def test_in_one_sentence_without_a_model(self, phone: Phone, words: str, moment: str) -> None:
        assert f"{moment} c est bien cela" in fold(phone.sms(words))
        assert phone.rows("reminders") == []
        phone.sms("oui")
        assert [row.state for row in phone.rows("reminders")] == ["due"]

    @pytest.mark.parametrize("words", ["dimanche", "le 25 décembre à 10 heures", "demain à 23 heures", "à 5h du matin"])
    def test_the_hours_are_decent(self, phone: Phone, words: str) -> None:
        from assistant.reminders.hours import allowed

        phone.sms("rappelez moi")
        phone.sms(words)
        phone.sms("oui")
        (row,) = phone.rows("reminders")
        assert allowed(row.due_at) == row.due_at

    def test_an_event_has_no_date(self, phone: Phone) -> None:
        phone.sms("rappelez moi")
        assert "dans combien de jours" in phone.sms("quand j'aurai ma carte")
        assert "mercredi 2 decembre" in phone.sms("dans neuf jours")

    def test_too_far_and_not_understood_are_asked_again(self, phone: Phone) -> None:
        phone.sms("rappelez moi")
        assert "trop loin" in phone.sms("dans deux ans")
        assert "par exemple" in phone.sms("le truc machin bidule")
        assert phone.rows("reminders") == []

    def test_no_is_another_day(self, phone: Phone) -> None:
        phone.sms("rappelez moi")
        phone.sms("demain")
        assert "quand voulez vous" in phone.sms("non")
        assert phone.rows("reminders") == []

    def test_a_guess_is_no_yes(self, phone: Phone) -> None:
        phone.sms("rappelez moi")
        phone.sms("demain")
        mind: Any = phone.conversation.mind
        mind.topic = "confirmer"
        assert "c est bien cela" in phone.sms("bah ma foi pourquoi pas hein")
        assert phone.rows("reminders") == []

    def test_going_on_calls_it_off(self, phone: Phone) -> None:
        for words in ("rappelez moi", "demain", "oui", "merci"):
            phone.sms(words)
        assert [row.state for row in phone.rows("reminders")] == ["due"]
        phone.sms("continuer")
        assert [(row.state, row.number) for row in phone.rows("reminders")] == [("cancelled", "")]

    @pytest.mark.parametrize(("words", "kept"), [("pas de rappel", True), ("STOP", False)])
    def test_called_off(self, phone: Phone, words: str, kept: bool) -> None:
        for each in ("rappelez moi", "demain", "oui", words):
            phone.sms(each)
        assert [(row.state, row.number) for row in phone.rows("reminders")] == [("cancelled", "")]
        phone.sms("bonjour")
        assert bool(phone.last.choices) is kept  # after STOP, one question without choices

    def test_one_at_a_time(self, phone: Phone) -> None:
        for words in ("rappelez moi", "demain", "oui", "rappelez moi", "jeudi", "oui"):
            phone.sms(words)
        assert sorted(row.state for row in phone.rows("reminders")) == ["cancelled", "due"]

    def test_a_landline_is_rung(self, conversation: Conversation) -> None:
        phone = Phone(conversation, LANDLINE, ("voice",))
        phone.call()
        phone.press("1")
        assert "voulez vous que je vous rappelle" in phone.say("plus tard")
        phone.press("1")
        phone.press("1")
        assert "je vous appelle" in phone.press("1")
        assert phone.last.ending == "goodbye"
        assert [row.channel for row in phone.rows("reminders")] == ["voice"]

    def test_who_cannot_be_reached_is_told_how_to_come_back(self, conversation: Conversation) -> None:
        phone = Phone(conversation, reach=())
        phone.sms("activer")
        assert "notez un jour" in phone.sms("rappelez moi")
        assert phone.rows("reminders") == []

    def test_a_call_that_was_asked_for_says_so(self, phone: Phone) -> None:
        said = phone.call(asked_for=True)
        assert "assistant automatique" in said
        assert "vous vouliez cet appel" in said
        assert "nous en etions a l etape 1" in said

    def test_the_words_of_a_reminder(self, phone: Phone) -> None:
        with phone.conversation.database.transaction() as connection:
            person = persons.find(connection, phone.address)
        words = phone.conversation.reminder(person.id)
        assert "STOP" in words
        assert "Camille" in words
        with pytest.raises(LookupError):
            phone.conversation.reminder("nobody")


class TestByText:
    def test_offered_once_where_something_is_to_be_copied(self, conversation: Conversation) -> None:
        phone = Phone(conversation)
        phone.call()
        phone.press("1")
        assert "recevoir cela par sms" in phone.press("1")
        assert "c est envoye" in phone.press(phone.label("par SMS"))
        (row,) = phone.rows("outbox")
        assert (row.kind, row.state) == ("sms", "due")
        assert "Camille, assistant automatique" in row.body
        assert "carte Vitale" in row.body
        assert "recevoir cela par sms" not in phone.press("1")

    def test_the_same_turn_again_sends_nothing_more(self, conversation: Conversation) -> None:
        phone = Phone(conversation)
        phone.call()
        phone.press("1")
        phone.press("1")
        turn = replace(phone._turn("voice"), key=phone.label("par SMS"))
        assert phone.take(turn) == phone.take(turn)
        assert len(phone.rows("outbox")) == 1

    def test_a_landline_is_promised_nothing(self, conversation: Conversation) -> None:
        phone = Phone(conversation, LANDLINE, ("voice",))
        phone.call()
        phone.press("1")
        assert "par sms" not in phone.press("1")
        assert "je ne peux pas envoyer de sms" in phone.say("envoyez-le-moi par SMS")
        assert phone.last.slow
        assert phone.rows("outbox") == []

    def test_nor_is_whoever_said_stop(self, conversation: Conversation) -> None:
        phone = Phone(conversation)
        phone.sms("activer")
        phone.sms("STOP")
        phone.call()
        phone.press("1")
        phone.press("1")
        assert "je ne peux pas envoyer de sms" in phone.say("par sms")
        assert phone.rows("outbox") == []


class TestSeveralPersons:
    def test_each_has_her_place(self, phone: Phone) -> None:
        where = phone.place.step
        assert "premiere personne" in phone.sms("une autre personne")
        assert "la place de l autre personne est gardee" in phone.sms(phone.label("nouvelle"))
        assert phone.place.step == ""
        phone.sms("utile")
        phone.sms("autre personne")
        phone.sms(phone.label("première"))
        assert phone.place.step == where

    def test_after_hours_it_is_asked_who_it_is(self, phone: Phone) -> None:
        phone.sms("autre personne")
        phone.sms(phone.label("nouvelle"))
        phone.sms("activer")
        phone.clock += timedelta(hours=7)
        assert "qui tient le telephone" in phone.call()
        assert len(phone.last.choices) == 3
        assert "retrouve votre place" in phone.press("1")
        assert "qui tient" not in phone.sms("bonjour")

    def test_danger_is_answered_whoever_it_is(self, phone: Phone) -> None:
        phone.sms("autre personne")
        phone.sms(phone.label("nouvelle"))
        phone.clock += timedelta(hours=7)
        phone.sms("je veux mourir")
        assert phone.last.intent == "detresse"

    def test_erasing_one_leaves_the_other(self, phone: Phone) -> None:
        where = phone.place.step
        phone.sms("autre personne")
        phone.sms(phone.label("nouvelle"))
        phone.sms("supprimer")
        phone.sms("oui")
        assert phone.place.step == where
        assert len(phone.rows("persons")) == 1

    def test_three_are_as_many_as_there_may_be(self, phone: Phone) -> None:
        for _ in range(2):
            phone.sms("autre personne")
            phone.sms(phone.label("nouvelle"))
        assert "nouvelle" not in phone.sms("autre personne")
        assert len(phone.last.choices) == 3

    def test_alone_nobody_is_asked(self, phone: Phone) -> None:
        phone.clock += timedelta(days=3)
        assert "qui tient" not in phone.call()


class TestABadLine:
    def test_what_was_hardly_heard_is_read_back(self, conversation: Conversation) -> None:
        phone = Phone(conversation)
        phone.call()
        phone.press("1")
        assert "j ai entendu pour moi c est bien cela" in phone.say("pour moi", 0.3)
        assert phone.place.step == "depart"
        phone.say("oui", 0.2)
        assert phone.place.step == "preparer"

    def test_no_leaves_things_as_they_were(self, conversation: Conversation) -> None:
        phone = Phone(conversation)
        phone.call()
        phone.press("1")
        offered = phone.last.choices
        phone.say("pour moi", 0.3)
        assert "dites le autrement" in phone.press("2")
        assert [choice.goes for choice in phone.last.choices] == [choice.goes for choice in offered]
        assert phone.place.step == "depart"

    @pytest.mark.parametrize(
        ("words", "confidence"), [("répétez", 0.1), ("pour moi", 0.5), ("au secours je meurs", 0.0)]
    )
    def test_what_is_not_doubted(self, conversation: Conversation, words: str, confidence: float) -> None:
        phone = Phone(conversation)
        phone.call()
        phone.press("1")
        assert "j ai entendu" not in phone.say(words, confidence)

    @pytest.mark.parametrize("confidence", [0.2, None])
    def test_a_moment_is_read_back_once(self, conversation: Conversation, confidence: float | None) -> None:
        phone = Phone(conversation, LANDLINE, ("voice",))
        phone.call()
        phone.press("1")
        assert "je repete" in phone.say("rappelez-moi jeudi matin", confidence)
        assert "jeudi 26 novembre" in fold(" ".join(message.text for message in phone.last.messages))
        assert "j ai entendu" in phone.say("oui", confidence)
        assert phone.rows("reminders") == []
        phone.press("1")
        assert [row.state for row in phone.rows("reminders")] == ["due"]

    def test_without_a_confidence_only_what_moves_is(self, conversation: Conversation) -> None:
        phone = Phone(conversation)
        phone.call()
        phone.press("1")
        assert "j ai entendu" in phone.say("pour moi", None)
        phone.press("2")
        assert "j ai entendu" not in phone.say("plus lentement", None)

    def test_danger_is_never_doubted(self, conversation: Conversation) -> None:
        phone = Phone(conversation)
        phone.call()
        phone.say("je veux mourir", 0.05)
        assert phone.last.intent == "detresse"


class TestAHiddenNumber:
    def test_a_code_is_told_once_there_is_a_place_to_lose(self, conversation: Conversation) -> None:
        phone = Phone(conversation, hidden=True)
        said = phone.call()
        for _ in range(4):
            if "votre numero est cache" in said:
                break
            said = phone.press("1")
        assert "votre numero est cache" in said
        code = "".join(filter(str.isdigit, phone.last.messages[-1].text.split("code :")[1].split(".")[0]))
        assert len(code) == 4
        assert "votre numero est cache" not in phone.press("*")
        other = Phone(conversation, "+33639980002")
        other.sms("bonjour")
        assert "retrouve votre place" in other.sms(f"reprise {code}")

    def test_no_number_is_there_to_be_rung(self, conversation: Conversation) -> None:
        phone = Phone(conversation, hidden=True)
        phone.call()
        phone.press("1")
        assert "voulez vous que je vous rappelle" not in phone.say("plus tard")

    def test_a_shown_number_needs_none(self, conversation: Conversation) -> None:
        phone = Phone(conversation)
        said = [phone.call(), *(phone.press("1") for _ in range(5))]
        assert not any("numero est cache" in each for each in said)


def test_a_call_that_lasted_too_long_ends_kindly(phone: Phone) -> None:
    said = phone.take(replace(phone._turn("voice"), ends=True))
    assert "votre etape est gardee" in said
    assert (phone.last.ending, phone.place.status) == ("goodbye", "paused")


def test_a_picture_is_not_seen(phone: Phone) -> None:
    assert "je ne vois pas les photos" in phone.sms("", media=True)
    said = phone.sms("je suis bloqué", media=True)
    assert said.startswith("je ne vois pas les photos")
    assert phone.last.intent == "etape_bloquee"


def test_another_name_of_the_same_event_has_one_effect(phone: Phone) -> None:
    turn = replace(phone._turn("sms"), text="c'est fait", aliases=("try:1",))
    first = phone.take(turn)
    where = phone.place
    again = replace(turn, message_id="another", at=turn.at + timedelta(seconds=16))
    assert phone.take(again) == first
    assert phone.place == where


def test_what_carriage_costs_is_counted_of_nobody(phone: Phone) -> None:
    turn = replace(phone._turn("sms"), text="bonjour", parts=2)
    phone.conversation.take(turn, lambda reply: 3)
    phone.conversation.take(turn, lambda reply: 3)  # a retry is not billed to us twice
    with phone.conversation.database.transaction() as connection:
        told = {(each.channel, each.way): (each.messages, each.segments) for each in tallies.told(connection, MONDAY)}
    assert told == {("sms", "in"): (1, 2), ("sms", "out"): (1, 3)}


def test_stop_empties_the_outbox(conversation: Conversation) -> None:
    phone = Phone(conversation)
    phone.call()
    phone.press("1")
    phone.press("1")
    phone.press(phone.label("par SMS"))
    phone.sms("STOP")
    assert [(row.state, row.number) for row in phone.rows("outbox")] == [("cancelled", "")]
    with conversation.database.transaction() as connection:
        assert outbox.claim(connection, phone.clock + timedelta(days=1), timedelta(minutes=2)) == []
        assert reminders.due(connection, phone.clock + timedelta(days=99)) == []


def test_a_refusal_in_a_longer_sentence_is_no_request(phone: Phone) -> None:
    for words in ("rappelez moi", "demain", "oui"):
        phone.sms(words)
    mind: Any = phone.conversation.mind
    mind.topic = "rappelez_moi"
    phone.sms("finalement ne me rappelez pas, j'ai réussi")
    assert [row.state for row in phone.rows("reminders")] == ["cancelled"]


def test_who_speaks_of_something_else_is_not_asked_for_a_day_for_ever(phone: Phone) -> None:
    phone.sms("rappelez moi")
    assert "par exemple jeudi matin" in phone.sms("bidule machin")
    assert "jeudi" not in phone.sms("truc chose")
    assert phone.place.asks == ""


@pytest.mark.parametrize(("words", "back"), [("oui", True), ("ok merci", False), ("bonjour", False)])
def test_only_a_plain_yes_brings_messages_back(phone: Phone, words: str, back: bool) -> None:
    phone.sms("STOP")
    assert "je peux vous ecrire de nouveau" in phone.sms("bonjour")
    assert bool(phone.sms(words)) is back


def test_after_stop_one_question_is_asked_and_no_more(phone: Phone) -> None:
    for words in ("STOP", "bonjour", "STOP"):
        phone.sms(words)
    assert [phone.sms(words) for words in ("bonjour", "merci", "ok", "STOP")] == ["", "", "", ""]
    assert phone.sms("oui")


def test_what_comes_late_after_an_erasure_finds_nobody(phone: Phone) -> None:
    early = replace(phone._turn("sms"), text="bonjour", aliases=("try:2",))
    phone.take(early)
    phone.sms("supprimer")
    phone.sms("oui")
    assert phone.take(early) == ""
    assert phone.take(replace(early, message_id="other")) == ""
    assert phone.rows("persons") == []
    assert {row.address for row in phone.rows("inbox")} <= {"", phone.address}

"""The one door: one effect for each provider's id, nothing half stored, and a kind word when something breaks."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from assistant.conversation import Conversation
from assistant.errors import ModelError
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.lexicon import Lexicon
from assistant.settings import Settings
from assistant.storage import consents, events, inbox, persons, resume_codes, schema, unclear
from assistant.storage.database import Database
from assistant.storage.guesses import ALL, RESUME
from assistant.storage.resume_codes import LIFE
from assistant.telling import Outcome
from assistant.turns import Channel, Reply, Turn
from tests.support.at_once import at_once
from tests.support.postgres import KINDS, on
from tests.support.transcripts import everything_stored

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
PHONE, WEB, OTHER = "p1_telephone", "p1_page", "p1_autre"
TOGETHER = 8
T = TypeVar("T")


class TinyMind:
    """Understands every sentence as `topic`; `before` runs while it thinks."""

    ready = True
    state = "ready"

    def __init__(self, guide: Guide, topic: str = "cout") -> None:
        self.guide, self.topic = guide, topic
        self.heard: list[str] = []
        self.before: Callable[[], object] = lambda: None

    def take(self, text: str, place: Progress, channel: Channel) -> Outcome:
        self.heard.append(text)
        self.before()
        return self.guide.hear(place, channel, self.topic)


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Settings]:
    with on(request.param, settings) as changed:
        yield changed


@pytest.fixture
def tiny(guide: Guide) -> TinyMind:
    return TinyMind(guide)


@pytest.fixture
def conversation(
    settings: Settings, database: Database, tiny: TinyMind, guide: Guide, lexicon: Lexicon
) -> Iterator[Conversation]:
    mind: Any = tiny
    made = Conversation(settings, database, mind, guide=guide, lexicon=lexicon)
    yield made
    made.close()


class Person:
    """Somebody who speaks to Camille; each thing said has an id of its own unless one is given."""

    def __init__(self, conversation: Conversation, address: str = PHONE, channel: Channel = "sms") -> None:
        self.conversation, self.address, self.channel = conversation, address, channel
        self.clock = AT
        self.count = 0

    def turn(self, text: str = "", key: str = "", message_id: str = "", opens: bool = False) -> Turn:
        self.count += 1
        own = message_id or f"{self.address}-{self.count}"
        return Turn(self.address, self.channel, "test", own, self.clock, text, key, opens=opens)

    def says(self, text: str, message_id: str = "") -> Reply:
        return self.conversation.take(self.turn(text, message_id=message_id))

    def presses(self, key: str, message_id: str = "") -> Reply:
        return self.conversation.take(self.turn(key=key, message_id=message_id))

    @property
    def stored(self) -> persons.Person:
        with self.conversation.database.transaction() as connection:
            return persons.find(connection, self.address)


@pytest.fixture
def person(conversation: Conversation) -> Person:
    return Person(conversation)


def counts(conversation: Conversation) -> dict[str, int]:
    """How many rows each table holds; empty tables left out, and the row that says which pepper is in force."""
    with conversation.database.transaction() as connection:
        found = {
            table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for table in schema.metadata.tables.values()
            if table is not schema.peppers
        }
    return {name: count for name, count in found.items() if count}


def said(reply: Reply) -> str:
    return "\n".join(message.text for message in reply.messages)


def text(conversation: Conversation, name: str, channel: Channel = "sms") -> str:
    return conversation.book.answers[name].say.on(channel)


class TestOneEffectForEachId:
    def test_a_repeat_gets_the_same_reply_and_has_no_effect(self, person: Person) -> None:
        first = person.presses("1", "m1")
        before = everything_stored(person.conversation)
        assert person.presses("1", "m1") == first
        assert everything_stored(person.conversation) == before
        assert counts(person.conversation) == {"persons": 1, "addresses": 1, "inbox": 1, "events": 1}

    def test_a_repeat_is_known_whatever_came_in_between(self, person: Person) -> None:
        first = person.presses("1", "m1")
        person.presses("1", "m2")
        place = person.stored
        assert person.presses("1", "m1") == first
        assert person.stored == place

    def test_a_repeat_does_not_think_again(self, person: Person, tiny: TinyMind) -> None:
        person.says("est-ce payant ?", "m1")
        person.says("est-ce payant ?", "m1")
        assert len(tiny.heard) == 1

    def test_the_same_id_of_another_provider_is_another_message(self, person: Person) -> None:
        person.presses("1", "m1")
        person.conversation.take(Turn(PHONE, "sms", "other", "m1", AT, key="1"))
        assert person.stored.version == 2

    @pytest.mark.parametrize("known", [False, True], ids=["a-new-person", "a-known-person"])
    def test_eight_deliveries_at_once_are_one_turn(self, person: Person, known: bool) -> None:
        if known:
            person.says("bonjour")
        before = person.stored.version
        turn = person.turn(key="1", message_id="m1")
        replies = at_once([lambda: person.conversation.take(turn)] * TOGETHER)
        assert [reply == replies[0] for reply in replies] == [True] * TOGETHER
        assert replies[0].intent != person.conversation.sorry("sms").intent
        assert person.stored.version == before + 1
        found = counts(person.conversation)
        assert (found["inbox"], found["events"]) == (before + 1, before + 1)

    def test_eight_deliveries_at_once_of_a_sentence_are_one_turn(self, person: Person, tiny: TinyMind) -> None:
        """All of them think at the same time; one of them counts."""
        together = threading.Barrier(TOGETHER)
        tiny.before = lambda: together.wait(5) if len(tiny.heard) <= TOGETHER else None
        turn = person.turn("est-ce payant ?", message_id="m1")
        replies = at_once([lambda: person.conversation.take(turn)] * TOGETHER)
        assert {reply.intent for reply in replies} == {"cout"}
        assert counts(person.conversation)["events"] == 1


class TestTurnsThatCross:
    @pytest.mark.parametrize("known", [False, True], ids=["a-new-person", "a-known-person"])
    def test_eight_turns_of_one_person_at_once_are_all_kept(self, person: Person, known: bool) -> None:
        if known:
            person.says("bonjour")
        before = person.stored.version
        turns = [person.turn("est-ce payant ?", message_id=f"m{index}") for index in range(TOGETHER)]
        replies = at_once([lambda turn=turn: person.conversation.take(turn) for turn in turns])  # type: ignore[misc]
        assert Counter(reply.intent for reply in replies) == {"cout": TOGETHER}
        assert person.stored.version == before + TOGETHER
        with person.conversation.database.transaction() as connection:
            kept = [inbox.recorded(connection, "test", turn.message_id) for turn in turns]
        assert kept == replies

    def test_eight_turns_that_think_at_the_same_time_are_all_kept(self, person: Person, tiny: TinyMind) -> None:
        """The worst case: each of the eight read the same place before any was stored."""
        person.says("bonjour")
        together = threading.Barrier(TOGETHER)
        tiny.before = lambda: together.wait(5) if len(tiny.heard) <= TOGETHER else None
        turns = [person.turn("est-ce payant ?", message_id=f"m{index}") for index in range(TOGETHER)]
        replies = at_once([lambda turn=turn: person.conversation.take(turn) for turn in turns])  # type: ignore[misc]
        assert Counter(reply.intent for reply in replies) == {"cout": TOGETHER}
        assert person.stored.version == 1 + TOGETHER
        assert counts(person.conversation)["inbox"] == 1 + TOGETHER

    def test_turns_of_different_persons_do_not_meet(self, conversation: Conversation) -> None:
        eight = [Person(conversation, f"p1_{index}") for index in range(TOGETHER)]
        at_once([lambda one=one: one.presses("1") for one in eight])  # type: ignore[misc]
        assert {one.stored.progress.step for one in eight} == {"depart"}
        assert counts(conversation)["persons"] == TOGETHER

    def test_a_turn_that_crosses_an_erasure_does_not_bring_the_person_back(
        self, person: Person, tiny: TinyMind
    ) -> None:
        """« effacer » is confirmed while a question is being thought about: what was read before is gone for good."""
        person.presses("1")
        person.says("effacer")
        other = Person(person.conversation, PHONE)
        other.count = 100

        def erase() -> None:
            tiny.before = lambda: None
            assert other.says("oui").intent == "effacer_fait"

        tiny.before = erase
        person.says("est-ce payant ?")
        assert person.stored.progress.journey == ""


BREAKS = [
    pytest.param(inbox, "recorded", id="looking-in-the-inbox"),
    pytest.param(persons, "find", id="finding-the-person"),
    pytest.param(consents, "is_stopped", id="reading-consent"),
    pytest.param(inbox, "record", id="claiming-the-message"),
    pytest.param(persons, "save", id="storing-the-place"),
    pytest.param(events, "note", id="noting-the-trace"),
]


class TestWhenSomethingBreaks:
    @pytest.mark.parametrize(("module", "name"), BREAKS)
    def test_nothing_is_stored_and_the_next_try_works(
        self, person: Person, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
    ) -> None:
        person.says("bonjour")
        before = everything_stored(person.conversation)

        def broken(*_: Any, **__: Any) -> Any:
            raise OperationalError("SELECT 1", {}, Exception("the disk is full"))

        with monkeypatch.context() as patched:
            patched.setattr(module, name, broken)
            sorry = person.presses("1", "m1")
        assert said(sorry) == text(person.conversation, "panne")
        assert everything_stored(person.conversation) == before
        again = person.presses("1", "m1")
        assert person.stored.progress.step == "depart"
        assert person.presses("1", "m1") == again

    @pytest.mark.parametrize(
        ("words", "module", "name"),
        [
            pytest.param("stop", consents, "stop", id="stop"),
            pytest.param("oui", persons, "forget", id="erase"),
            pytest.param("oui", inbox, "record", id="proof-of-erasure"),
        ],
    )
    def test_what_must_not_be_half_done_is_not(
        self, person: Person, monkeypatch: pytest.MonkeyPatch, words: str, module: Any, name: str
    ) -> None:
        person.presses("1")
        person.says("effacer")
        before = everything_stored(person.conversation)

        def broken(*_: Any, **__: Any) -> Any:
            raise OperationalError("DELETE", {}, Exception("the disk is full"))

        with monkeypatch.context() as patched:
            patched.setattr(module, name, broken)
            # To a STOP nothing is said at all: « rien n'est perdu » would be untrue, and she wants no message.
            assert said(person.says(words, "m1")) == ("" if words == "stop" else text(person.conversation, "panne"))
            assert everything_stored(person.conversation) == before
        assert person.says(words, "m1").intent in ("arreter_messages", "effacer_fait")

    def test_the_mind_that_breaks_is_told_kindly_and_nothing_is_stored(self, person: Person, tiny: TinyMind) -> None:
        person.says("bonjour")
        before = everything_stored(person.conversation)

        def fail() -> None:
            raise ModelError("Une action de Rasa n'a rien répondu.")

        tiny.before = fail
        assert said(person.says("est-ce payant ?", "m1")) == text(person.conversation, "panne")
        assert everything_stored(person.conversation) == before
        tiny.before = lambda: None
        assert person.says("est-ce payant ?", "m1").intent == "cout"

    @pytest.mark.parametrize("channel", ["web", "sms", "voice"])
    def test_the_apology_ends_politely_and_is_worded_for_the_channel(
        self, conversation: Conversation, tiny: TinyMind, channel: Channel
    ) -> None:
        def fail() -> None:
            raise TimeoutError

        tiny.before = fail
        reply = Person(conversation, channel=channel).says("est-ce payant ?")
        assert said(reply) == text(conversation, "panne", channel)
        assert reply.ending == "goodbye"

    def test_the_apology_offers_nothing_that_was_not_stored(self, person: Person, tiny: TinyMind) -> None:
        """« 1 » must mean what the person read last: the apology may offer what stood before it, or nothing."""
        person.presses("1")
        before = person.stored.progress.offered

        def fail() -> None:
            raise ModelError

        tiny.before = fail
        shown = person.says("est-ce payant ?").choices
        assert [choice.goes for choice in shown] in ([], [choice.goes for choice in before])

    def test_the_failure_is_logged_without_what_the_person_wrote(
        self, person: Person, tiny: TinyMind, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail() -> None:
            raise ValueError(tiny.heard[-1])

        tiny.before = fail
        with caplog.at_level("INFO"):
            person.says("mon voisin a la goutte")
        assert "ValueError" in caplog.text
        assert "voisin" not in caplog.text

    def test_even_at_debug_level_a_failure_does_not_print_what_the_person_wrote(
        self, person: Person, tiny: TinyMind, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail() -> None:
            raise ValueError(tiny.heard[-1])

        tiny.before = fail
        with caplog.at_level("DEBUG"):
            person.says("mon voisin a la goutte")
        assert "voisin" not in caplog.text


class TestWhileTheMindIsNotReady:
    @pytest.fixture
    def unready(self, settings: Settings, database: Database, guide: Guide, lexicon: Lexicon) -> Person:
        return Person(Conversation(settings, database, guide=guide, lexicon=lexicon))

    def test_numbers_work(self, unready: Person) -> None:
        assert unready.presses("1").intent == "activer"
        assert unready.says("1").journey
        assert unready.stored.progress.step == "preparer"

    def test_closed_words_work(self, unready: Person) -> None:
        assert unready.says("bonjour").messages
        assert unready.says("stop").intent == "arreter_messages"

    def test_sentences_are_asked_to_wait_and_lose_nothing(self, unready: Person) -> None:
        unready.presses("1")
        offered = unready.stored.progress.offered
        reply = unready.says("est-ce que je dois payer quelque chose")
        assert said(reply) == text(unready.conversation, "en_preparation")
        place = unready.stored.progress
        assert (place.step, place.offered) == ("depart", offered)


class TestStopAndReturn:
    def test_stop_is_answered_once_then_silence(self, person: Person) -> None:
        person.presses("1")
        assert person.says("STOP").messages
        assert person.says("stop").messages == ()
        assert person.stored.progress.status == "paused"

    def test_who_writes_again_is_asked_once(self, person: Person) -> None:
        person.says("stop")
        assert said(person.says("et alors ?")) == text(person.conversation, "stop_revenir")
        assert person.says("et alors ?").messages == ()
        assert person.presses("1").messages == ()

    def test_only_a_yes_is_a_return(self, person: Person, tiny: TinyMind) -> None:
        person.presses("1")
        person.says("stop")
        person.says("et alors ?")
        for words in ("peut-être", "👍", "non", "1"):
            assert person.says(words).messages == (), words
        assert text(person.conversation, "stop_fini") in said(person.says("oui"))
        assert person.stored.progress.step == "depart"
        assert tiny.heard == [], "after a STOP nothing is given to Rasa"

    def test_a_yes_that_answers_no_question_is_no_return(self, person: Person) -> None:
        person.says("stop")
        assert said(person.says("oui")) == text(person.conversation, "stop_revenir")

    def test_the_rows_of_stop_and_return(self, person: Person) -> None:
        person.says("stop")
        person.says("et alors ?")
        person.says("oui")
        with person.conversation.database.transaction() as connection:
            assert consents.is_stopped(connection, PHONE) == (False, False)
            kept = select(schema.consents.c.address, schema.consents.c.kind).order_by(schema.consents.c.id)
            proofs = [tuple(row) for row in connection.execute(kept)]
        assert proofs == [(PHONE, "stop"), (PHONE, "return")]

    def test_danger_is_answered_after_a_stop(self, person: Person) -> None:
        person.says("stop")
        assert said(person.says("je vais me suicider")) == text(person.conversation, "detresse")

    def test_stop_is_about_messages_not_about_calls(self, conversation: Conversation) -> None:
        """The same number calls: she chose to, and is answered."""
        person = Person(conversation)
        person.says("stop")
        person.channel = "voice"
        assert person.presses("1").messages

    def test_stop_on_the_page_stops_no_sms(self, conversation: Conversation) -> None:
        Person(conversation, WEB, "web").says("stop")
        assert "stopped" not in counts(conversation)

    def test_stop_is_kept_by_an_erasure(self, person: Person) -> None:
        """To forget a STOP would be to write to somebody who said no."""
        person.says("stop")
        person.says("effacer")
        person.says("oui")
        with person.conversation.database.transaction() as connection:
            assert consents.is_stopped(connection, PHONE)[0]


class TestErasing:
    def erased(self, conversation: Conversation) -> Person:
        """Somebody with a history on two addresses, a code, wrong guesses, and then an erasure."""
        person, page = Person(conversation), Person(conversation, WEB, "web")
        person.presses("1")
        person.says("1")
        page.says(f"reprise {conversation.resume_code(PHONE, AT)}")
        page.says("reprise 0000")
        conversation.resume_code(PHONE, AT)
        person.says("effacer")
        person.says("oui", "the-last")
        return person

    def test_it_is_asked_back_first(self, person: Person) -> None:
        person.presses("1")
        before = person.stored.progress.step
        assert said(person.says("effacer")) == text(person.conversation, "effacer_confirmer")
        assert person.stored.progress.step == before

    @pytest.mark.parametrize("words", ["oui", "OUI", "Oui, effacer", "oui effacer", "1", "je confirme"])
    def test_a_plain_yes_or_the_words_on_offer_erase(self, person: Person, words: str) -> None:
        person.presses("1")
        person.says("effacer")
        assert person.says(words).intent == "effacer_fait"
        assert person.stored.version == 0

    @pytest.mark.parametrize("words", ["ok", "d'accord", "parfait", "peut-être", "👍"])
    def test_only_a_plain_yes_erases(self, person: Person, words: str) -> None:
        person.presses("1")
        person.says("effacer")
        person.says(words)
        assert person.stored.version

    def test_nothing_about_the_person_is_left(self, conversation: Conversation) -> None:
        person = self.erased(conversation)
        assert set(counts(conversation)) == {"inbox", "guesses"}
        with conversation.database.transaction() as connection:
            kept = connection.execute(select(schema.inbox)).all()
            guessed = connection.execute(select(schema.guesses.c.kind, schema.guesses.c.address)).all()
        # That somebody guessed wrong counts for all, or erasing oneself would give guesses back. It names nobody.
        assert set(guessed) == {(RESUME.kind + ALL, "")}
        # The erasing message itself: a repeat of it must get its reply, which says nothing of the person. Of those
        # before, only how the provider called them: a repeat finds nobody, and gets no answer. No row has an address.
        last = next(row for row in kept if row.message_id == "the-last")
        assert "activer" not in last.reply
        assert last.address == ""
        before = [row for row in kept if row.message_id != "the-last"]
        assert {(row.address, json.loads(row.reply)["messages"] == []) for row in before} == {("", True)}
        assert person.stored.version == 0

    def test_nothing_that_was_said_is_left(self, conversation: Conversation) -> None:
        """Replies tell where a person stood: of all that Camille said, only the last good-bye may stay."""
        self.erased(conversation)
        left = everything_stored(conversation)
        for trace in ("preparer", "depart", "Étape"):
            assert trace not in left, trace

    def test_the_proof_is_with_the_person_only(self, conversation: Conversation) -> None:
        """No table says that somebody was erased, let alone who."""
        self.erased(conversation)
        with conversation.database.transaction() as connection:
            assert connection.execute(select(schema.consents)).all() == []
        assert f"'{PHONE}'" not in everything_stored(conversation)  # but within the names that messages have here

    def test_a_repeat_of_the_erasing_message_gets_its_reply(self, conversation: Conversation) -> None:
        person = self.erased(conversation)
        before = everything_stored(conversation)
        again = said(person.says("oui", "the-last"))
        assert again.startswith(text(conversation, "effacer_fait"))
        (proof,) = re.findall(r"23 novembre 2026, ((?:\d\d ){5}\d\d)", again)
        assert conversation.proofs.is_genuine(AT.date(), proof)
        assert everything_stored(conversation) == before

    def test_who_comes_back_is_new(self, conversation: Conversation) -> None:
        person = self.erased(conversation)
        assert person.says("bonjour").journey is None
        assert person.stored.version == 1
        assert text(conversation, "premiers_mots") in said(Person(conversation, "p1_neuf").says("bonjour"))

    def test_erasing_reaches_the_other_addresses(self, conversation: Conversation) -> None:
        self.erased(conversation)
        assert Person(conversation, WEB, "web").stored.version == 0

    def test_others_are_left_alone(self, conversation: Conversation) -> None:
        other = Person(conversation, OTHER)
        other.presses("1")
        before = other.stored
        self.erased(conversation)
        assert other.stored == before


class TestResumeCodes:
    @pytest.fixture
    def code(self, person: Person) -> str:
        """A code of somebody who stands at « preparer »."""
        person.presses("1")
        person.says("1")
        found = person.conversation.resume_code(PHONE, AT)
        assert found
        return found

    @pytest.fixture
    def page(self, conversation: Conversation) -> Person:
        return Person(conversation, WEB, "web")

    @staticmethod
    def wrong(code: str) -> str:
        return f"{(int(code) + 1) % 10_000:04d}"

    def test_nobody_has_nothing_to_carry(self, conversation: Conversation) -> None:
        assert conversation.resume_code(PHONE, AT) is None
        assert counts(conversation) == {}

    def test_the_place_is_carried_and_shared(self, person: Person, page: Person, code: str) -> None:
        reply = page.says(f"reprise {code}")
        assert text(page.conversation, "code_trouve", "web") in said(reply)
        assert reply.intent == "reprendre"
        assert page.stored == person.stored
        page.presses("1")
        assert person.stored.progress.step == page.stored.progress.step != "preparer"

    @pytest.mark.parametrize(
        "words", ["REPRISE {}", "reprise : {}", "code {}", "mon code de reprise est {}", "code de reprise {}"]
    )
    def test_a_code_is_found_in_what_people_write(self, person: Person, page: Person, code: str, words: str) -> None:
        page.says(words.format(code))
        assert page.stored.id == person.stored.id

    def test_four_keys_are_a_code_when_it_was_asked_for(self, person: Person, page: Person, code: str) -> None:
        page.channel = "voice"
        page.presses("3")
        page.presses("2")
        page.presses(code)
        assert page.stored.id == person.stored.id

    def test_who_had_a_place_of_her_own_there_gives_it_up(self, person: Person, page: Person, code: str) -> None:
        page.says("bonjour")
        page.says(f"reprise {code}")
        assert counts(page.conversation)["persons"] == 1

    def test_the_other_telephone_keeps_its_own_stop(self, person: Person, page: Person, code: str) -> None:
        """A code carries a place, never a consent."""
        other = Person(person.conversation, OTHER)
        other.says("stop")
        assert said(other.says(f"reprise {code}")) != text(person.conversation, "code_trouve")
        with person.conversation.database.transaction() as connection:
            assert consents.is_stopped(connection, OTHER)[0]
            assert not consents.is_stopped(connection, PHONE)[0]

    def test_a_wrong_code_is_told_and_carries_nothing(self, page: Person, code: str) -> None:
        assert said(page.says(f"reprise {self.wrong(code)}")).endswith(text(page.conversation, "code_faux", "web"))
        assert page.stored.progress.journey == ""

    def test_after_too_many_guesses_the_right_code_is_refused_for_an_hour(
        self, person: Person, page: Person, code: str
    ) -> None:
        for _ in range(RESUME.most):
            page.says(f"reprise {self.wrong(code)}")
        assert text(page.conversation, "code_bloque", "web") in said(page.says(f"reprise {code}"))
        page.clock += RESUME.window
        page.says(f"reprise {code}")
        assert page.stored.id == person.stored.id

    def test_guesses_from_ever_new_visits_are_limited_too(self, conversation: Conversation, code: str) -> None:
        """A visit costs nothing: who throws the cookie away must not have ten thousand guesses."""
        guesses = 200
        for index in range(guesses):
            Person(conversation, f"p1_visite{index}", "web").says(f"reprise {self.wrong(code)}")
        last = Person(conversation, "p1_visite", "web")
        last.says(f"reprise {code}")
        assert last.stored.progress.journey == ""

    def test_a_repeated_wrong_message_is_one_guess(self, page: Person, code: str) -> None:
        for _ in range(RESUME.most + 1):
            page.says(f"reprise {self.wrong(code)}", "m1")
        assert counts(page.conversation)["guesses"] == 2, "hers, and that of all"

    def test_a_code_expires(self, page: Person, code: str) -> None:
        page.clock = AT + LIFE
        assert text(page.conversation, "code_faux", "web") in said(page.says(f"reprise {code}"))

    def test_a_code_is_good_once(self, conversation: Conversation, page: Person, code: str) -> None:
        page.says(f"reprise {code}")
        other = Person(conversation, OTHER, "web")
        other.says(f"reprise {code}")
        assert other.stored.progress.journey == ""

    def test_the_digits_of_a_code_are_stored_nowhere(self, page: Person, code: str) -> None:
        page.says(f"reprise {code}")
        conversation = page.conversation
        given = conversation.resume_code(WEB, AT)
        words = everything_stored(conversation).replace("'", " ").replace('"', " ").split()
        assert code not in words
        assert given not in words

    def test_one_code_redeemed_from_two_places_at_once_is_good_once(
        self, conversation: Conversation, code: str
    ) -> None:
        visits = [Person(conversation, f"p1_visite{index}", "web") for index in range(4)]
        at_once([lambda one=one: one.says(f"reprise {code}") for one in visits])  # type: ignore[misc]
        assert sum(bool(one.stored.progress.journey) for one in visits) == 1

    def test_a_place_that_was_erased_cannot_be_carried(self, person: Person, page: Person, code: str) -> None:
        person.says("effacer")
        person.says("oui")
        page.says(f"reprise {code}")
        assert page.stored.progress.journey == ""


class TestLookingAgain:
    @pytest.mark.parametrize("channel", ["web", "sms", "voice"])
    def test_a_stranger_is_greeted_and_not_stored(self, conversation: Conversation, channel: Channel) -> None:
        assert text(conversation, "premiers_mots", channel) in said(conversation.look_again(PHONE, channel))
        assert counts(conversation) == {}

    def test_the_last_words_are_shown_again_and_nothing_is_stored(self, conversation: Conversation) -> None:
        page = Person(conversation, WEB, "web")
        page.presses("1")
        last = page.says("1")
        before = everything_stored(conversation)
        assert conversation.look_again(WEB, "web") == last
        assert everything_stored(conversation) == before

    def test_on_another_channel_the_way_back_is_shown_and_nothing_is_stored(self, person: Person) -> None:
        person.presses("1")
        before = everything_stored(person.conversation)
        shown = person.conversation.look_again(PHONE, "web")
        assert [choice.goes for choice in shown.choices] == ["move:resume", "move:restart"]
        assert everything_stored(person.conversation) == before


def test_the_words_of_a_person_are_stored_nowhere(person: Person) -> None:
    person.says("mon voisin a la goutte")
    assert "goutte" not in everything_stored(person.conversation)


def test_an_opted_in_key_is_a_return_without_a_word(person: Person) -> None:
    """The provider answered by itself: a second message would be one too many."""
    person.says("stop")
    assert person.presses("opted_in").messages == ()
    with person.conversation.database.transaction() as connection:
        assert not consents.is_stopped(connection, PHONE)[0]


def test_a_place_is_kept_for_weeks(person: Person) -> None:
    person.presses("1")
    person.clock += timedelta(days=60)
    assert person.says("1").journey
    assert person.stored.progress.step == "preparer"


def test_four_digits_out_of_the_blue_are_no_guess(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody asked for a code and none was announced."""
    monkeypatch.setattr(resume_codes, "redeem", lambda *_: pytest.fail("that was no code"))
    person.presses("1")
    assert said(person.says("2580")) != text(person.conversation, "panne")


class TestUnclear:
    @pytest.fixture
    def lost(self, conversation: Conversation, tiny: TinyMind) -> Person:
        """Somebody whom the mind does not understand."""
        tiny.take = lambda text, place, channel: tiny.guide.miss(place, channel)  # type: ignore[method-assign]
        return Person(conversation)

    def rows(self, conversation: Conversation) -> list[tuple[str, str]]:
        with conversation.database.transaction() as connection:
            return [(one.text, one.step) for one in unclear.told(connection, AT - timedelta(days=1))]

    def test_what_was_not_understood_is_kept_without_names_or_numbers(
        self, conversation: Conversation, lost: Person
    ) -> None:
        lost.says("activer")
        lost.says("c'est Zbigniew, ma carte, 06 39 98 12 34")
        assert self.rows(conversation) == [("c'est […], ma carte, [téléphone]", "activer/depart")]

    def test_what_was_understood_is_not_kept(self, conversation: Conversation, person: Person) -> None:
        person.says("est-ce que c'est gratuit ?")
        person.says("1")
        assert self.rows(conversation) == []

    def test_nothing_tells_who_or_when(self, conversation: Conversation, lost: Person) -> None:
        lost.says("le machin de la carte")
        with conversation.database.transaction() as connection:
            (row,) = connection.execute(select(schema.unclear)).mappings()
        assert set(row) == {"id", "text", "channel", "step", "day", "share"}
        assert row["share"] in range(unclear.SHARES)  # one of a few numbers that many people have
        assert (row["day"].hour, row["day"].minute, row["day"].second) == (0, 0, 0)

"""A message that was stored although nobody could tell, and is written again, has one effect."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from assistant.again import MOST_OF_ONE, Again, NotesHere
from assistant.conversation import Conversation
from assistant.settings import Settings
from assistant.storage import consents, persons
from assistant.storage.database import Database
from assistant.turns import Reply, Turn
from tests.support.faces import NOON, NoWords

AWAY = OperationalError("COMMIT", {}, psycopg2.OperationalError("server closed the connection"))
ADDRESS = "p1_a"


def turn(name: str, text: str = "1", channel: Any = "sms", key: str = "") -> Turn:
    return Turn(ADDRESS, channel, "test", name, NOON, text, key=key)


class Lost:
    """A database that stores what is under way, and then answers nobody any more until it is back."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self._whole, self.after, self.away = database.transaction, 0, False
        monkeypatch.setattr(database, "transaction", self.transaction)

    @contextmanager
    def transaction(self, **named: Any) -> Iterator[Any]:
        if self.away:
            raise AWAY
        with self._whole(**named) as connection:
            yield connection
        self.after -= 1
        if self.after == 0:
            self.away = True
            raise AWAY


@pytest.fixture
def conversation(settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Conversation]:
    monkeypatch.setattr("assistant.outage.PATIENCE", 0.0)
    monkeypatch.setattr("assistant.outage.JUST_NOW", 0.0)
    monkeypatch.setattr("assistant.unstored.EVERY", 30.0)  # a STOP that waits is taken when the test says so
    mind: Any = NoWords()
    made = Conversation(settings, database, mind)
    mind.guide = made.guide
    yield made
    made.close()


@pytest.fixture
def lost(conversation: Conversation, database: Database, monkeypatch: pytest.MonkeyPatch) -> Lost:
    return Lost(database, monkeypatch)


def sorry(reply: Reply) -> bool:
    return "j'ai eu un ennui" in reply.messages[0].text


def place(conversation: Conversation) -> Any:
    with conversation.database.transaction() as connection:
        return persons.find(connection, ADDRESS).progress


def stopped(conversation: Conversation) -> bool:
    with conversation.database.transaction() as connection:
        return consents.is_stopped(connection, ADDRESS)[0]


def note(conversation: Conversation, noted: list[str]) -> None:
    for each in noted:
        conversation.again.notes.note(ADDRESS, each)


def away(conversation: Conversation, lost: Lost, missed: Turn) -> Reply:
    """What is told while the database is away: nothing of `missed` is stored."""
    lost.away = True
    reply = conversation.take(missed)
    lost.away = False
    return reply


def broken(conversation: Conversation, lost: Lost, missed: Turn) -> Reply:
    """`missed` is stored by its second transaction, and its answer is lost."""
    lost.after = 2
    reply = conversation.take(missed)
    lost.away = False
    return reply


@pytest.mark.parametrize("again", ["1", " 1 ", "1."])
def test_what_was_stored_counts_once(conversation: Conversation, lost: Lost, again: str) -> None:
    conversation.take(turn("a", "Bonjour"))
    assert sorry(broken(conversation, lost, turn("b")))
    stored = place(conversation)
    reply = conversation.take(turn("c", again))
    assert reply.journey is not None
    assert place(conversation) == stored
    # The provider's own tries of both find the same.
    assert conversation.take(turn("b")) == reply == conversation.take(turn("c", again))
    # And what she says now is new.
    assert conversation.take(turn("d")) != reply


def test_what_was_not_stored_counts_once_too(conversation: Conversation, lost: Lost) -> None:
    conversation.take(turn("a", "Bonjour"))
    for name in "bcd":
        assert sorry(away(conversation, lost, turn(name)))
    reply = conversation.take(turn("e"))
    assert not sorry(reply)
    assert [conversation.take(turn(name)) for name in "bcde"] == [reply] * 4


def test_a_try_that_was_answered_is_not_what_she_says_again(conversation: Conversation, lost: Lost) -> None:
    """By another face, which cannot tell this one."""
    conversation.take(turn("a", "Bonjour"))
    assert sorry(away(conversation, lost, turn("b")))
    noted = conversation.again.notes.noted(ADDRESS)
    answered = conversation.take(replace(turn("b"), at=NOON + timedelta(seconds=2)))
    note(conversation, noted)
    stored = place(conversation)
    assert conversation.take(replace(turn("c"), at=NOON + timedelta(seconds=9))) != answered
    assert place(conversation) != stored


def test_what_was_followed_by_something_is_not_said_again(conversation: Conversation, lost: Lost) -> None:
    """A note that nobody could take away swallows nothing later."""
    conversation.take(turn("a", "Bonjour"))
    broken(conversation, lost, turn("b"))
    noted = conversation.again.notes.noted(ADDRESS)
    conversation.take(replace(turn("c", "répéter"), at=NOON + timedelta(seconds=2)))
    note(conversation, noted)
    stored = place(conversation)
    conversation.take(replace(turn("d"), at=NOON + timedelta(seconds=9)))
    assert place(conversation) != stored


def test_a_stop_is_never_another_one(conversation: Conversation, lost: Lost) -> None:
    """She says STOP, then yes, then STOP: her last word stands."""
    conversation.take(turn("a", "Bonjour"))
    assert away(conversation, lost, turn("b", "STOP")).messages == ()
    assert conversation.again.notes.noted(ADDRESS) == []
    later = [replace(turn(name, text), at=NOON + timedelta(seconds=n)) for n, (name, text) in enumerate(SAID, 1)]
    for each in later:
        conversation.take(each)
    assert stopped(conversation)


SAID = (("c", "STOP"), ("d", "OUI"), ("e", "STOP"))


def test_a_yes_that_came_after_a_waiting_stop_stands(conversation: Conversation, lost: Lost) -> None:
    conversation.take(turn("a", "STOP"))
    away(conversation, lost, replace(turn("b", "STOP"), at=NOON + timedelta(seconds=1)))
    for n, text in enumerate(("bonjour", "OUI"), 2):
        conversation.take(replace(turn(f"c{n}", text), at=NOON + timedelta(seconds=n)))
    assert not stopped(conversation)
    before = place(conversation)
    conversation.unstored.close()
    assert conversation.unstored.waiting == 0
    assert not stopped(conversation)
    assert place(conversation) == before


def test_a_stop_that_waited_brings_nobody_back_who_was_erased(conversation: Conversation, lost: Lost) -> None:
    conversation.take(turn("a", "Bonjour"))
    away(conversation, lost, turn("b", "STOP"))
    for n, text in enumerate(("SUPPRIMER", "Oui, effacer"), 2):
        conversation.take(replace(turn(f"c{n}", text), at=NOON + timedelta(seconds=n)))
    conversation.unstored.close()
    assert stopped(conversation)
    with conversation.database.transaction() as connection:
        assert persons.find(connection, ADDRESS).version == 0


def test_the_page_shows_what_was_stored_and_goes_on_from_there(conversation: Conversation, lost: Lost) -> None:
    conversation.take(turn("a", "Bonjour", "web"))
    broken(conversation, lost, turn("b", "", "web", key="1"))
    stored = place(conversation)
    conversation.take(turn("c", "", "web", key="1"))
    assert place(conversation) != stored


def test_what_is_said_again_is_billed(conversation: Conversation, lost: Lost) -> None:
    conversation.take(turn("a", "Bonjour"))
    parts = list[int]()
    broken(conversation, lost, turn("b"))

    def billed(reply: Reply) -> int:
        parts.append(len(reply.messages))
        return 2

    conversation.take(turn("c"), billed)
    conversation.take(turn("c"), billed)
    assert parts == [1]


def test_something_else_is_something_else(conversation: Conversation, lost: Lost) -> None:
    conversation.take(turn("a", "Bonjour"))
    broken(conversation, lost, turn("b"))
    assert conversation.take(turn("c", "répéter")).intent == "repeter"
    stored = place(conversation)
    conversation.take(turn("d"))
    assert place(conversation) != stored


class TestAgain:
    def test_it_holds_no_words(self) -> None:
        again = Again("y" * 40)
        again.of(ADDRESS).add(turn("b", "je suis au 12 rue des Lilas"))
        assert "Lilas" not in str(again.notes.noted(ADDRESS))

    def test_it_is_of_one_address_and_one_provider(self) -> None:
        again = Again("y" * 40)
        again.of(ADDRESS).add(turn("b"))
        assert again.of("p1_b").told(turn("c")).missed == ()
        assert again.of(ADDRESS).told(replace(turn("c"), provider="other")).missed == ()
        assert again.of(ADDRESS).told(turn("c")).missed == (("b", NOON),)

    def test_the_same_words_have_another_name_for_each(self) -> None:
        """Whoever reads the notes cannot tell who says what others say."""
        again = Again("y" * 40)
        again.of(ADDRESS).add(turn("b"))
        again.of("p1_b").add(turn("b"))
        assert again.notes.noted(ADDRESS) != again.notes.noted("p1_b")

    def test_two_that_fail_at_once_are_both_known(self) -> None:
        again = Again("y" * 40)
        first, second = again.of(ADDRESS), again.of(ADDRESS)
        first.add(turn("b"))
        second.add(turn("c"))
        assert [name for name, _ in again.of(ADDRESS).told(turn("d")).missed] == ["b", "c"]

    def test_two_things_that_were_missed_are_both_known(self) -> None:
        again = Again("y" * 40)
        for name, text in (("b", "👍"), ("c", "👎")):
            again.of(ADDRESS).add(turn(name, text))
        assert again.of(ADDRESS).told(turn("d", "👍")).missed == (("b", NOON),)
        assert again.of(ADDRESS).told(turn("d", "👎")).missed == (("c", NOON),)

    def test_its_names_have_an_end(self) -> None:
        again = Again("y" * 40)
        for number in range(MOST_OF_ONE + 5):
            again.of(ADDRESS).add(turn(str(number)))
        assert len(again.of(ADDRESS).told(turn("last")).missed) == MOST_OF_ONE

    @given(st.text())
    def test_what_is_not_ours_is_nothing(self, strange: str) -> None:
        again = Again("y" * 40)
        again.notes.note(ADDRESS, strange)
        assert again.of(ADDRESS).told(turn("b")).missed == ()


class TestNotesHere:
    def test_they_are_forgotten(self) -> None:
        at = [0.0]
        notes = NotesHere(lambda: at[0])
        notes.note(ADDRESS, "a")
        notes.note(ADDRESS, "b")
        assert notes.noted(ADDRESS) == ["a", "b"]
        at[0] = 3_601.0
        assert notes.noted(ADDRESS) == []

    def test_a_flood_has_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("assistant.again.MOST_KEPT", 3)
        notes = NotesHere()
        for number in range(5):
            notes.note(str(number), "a")
        assert [number for number in range(5) if notes.noted(str(number))] == [2, 3, 4]

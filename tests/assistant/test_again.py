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

from assistant.again import MOST_KEPT_OF_ONE, Again, NotesHere
from assistant.conversation import Conversation
from assistant.settings import Settings
from assistant.storage import persons
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
    mind: Any = NoWords()
    made = Conversation(settings, database, mind)
    mind.guide = made.guide
    yield made
    made.close()


def sorry(reply: Reply) -> bool:
    return "j'ai eu un ennui" in reply.messages[0].text


def place(conversation: Conversation) -> Any:
    with conversation.database.transaction() as connection:
        return persons.find(connection, ADDRESS).progress


def broken(conversation: Conversation, lost: Lost, missed: Turn) -> Reply:
    """`missed` is stored by its second transaction, and its answer is lost."""
    lost.after = 2
    reply = conversation.take(missed)
    lost.away = False
    return reply


@pytest.mark.parametrize("again", ["1", " 1 ", "1."])
def test_what_was_stored_counts_once(
    conversation: Conversation, database: Database, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    conversation.take(turn("a", "Bonjour"))
    lost = Lost(database, monkeypatch)
    assert sorry(broken(conversation, lost, turn("b")))
    stored = place(conversation)
    reply = conversation.take(turn("c", again))
    assert reply.journey is not None
    assert place(conversation) == stored
    # The provider's own tries of both find the same.
    assert conversation.take(turn("b")) == reply == conversation.take(turn("c", again))
    # And what she says now is new.
    assert conversation.take(turn("d")) != reply


def test_what_was_not_stored_counts_once_too(
    conversation: Conversation, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation.take(turn("a", "Bonjour"))
    lost = Lost(database, monkeypatch)
    lost.away = True
    for name in "bcd":
        assert sorry(conversation.take(turn(name)))
    lost.away = False
    reply = conversation.take(turn("e"))
    assert not sorry(reply)
    assert [conversation.take(turn(name)) for name in "bcde"] == [reply] * 4


def test_a_try_that_was_answered_is_not_what_she_says_again(
    conversation: Conversation, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another face, which cannot tell this one."""
    conversation.take(turn("a", "Bonjour"))
    lost = Lost(database, monkeypatch)
    lost.away = True
    assert sorry(conversation.take(turn("b")))
    lost.away = False
    noted = conversation.again.notes.noted(ADDRESS)
    answered = conversation.take(replace(turn("b"), at=NOON + timedelta(seconds=2)))
    conversation.again.notes.note(ADDRESS, noted)
    stored = place(conversation)
    assert conversation.take(replace(turn("c"), at=NOON + timedelta(seconds=9))) != answered
    assert place(conversation) != stored


def test_something_else_is_something_else(
    conversation: Conversation, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation.take(turn("a", "Bonjour"))
    lost = Lost(database, monkeypatch)
    broken(conversation, lost, turn("b"))
    assert conversation.take(turn("c", "répéter")).intent == "repeter"
    stored = place(conversation)
    conversation.take(turn("d"))
    assert place(conversation) != stored


class TestAgain:
    def test_it_holds_no_words(self) -> None:
        again = Again("y" * 40)
        again.of(ADDRESS).add(turn("b", "je suis au 12 rue des Lilas"))
        assert "Lilas" not in again.notes.noted(ADDRESS)

    def test_a_key_is_not_a_word_and_a_call_not_an_sms(self) -> None:
        again = Again("y" * 40)
        again.of(ADDRESS).add(turn("b", "", key="1"))
        assert again.of(ADDRESS).named(turn("c", "1")).missed == ()
        assert again.of(ADDRESS).named(turn("c", "", key="1", channel="voice")).missed == ()
        assert again.of(ADDRESS).named(replace(turn("c", "", key="1"), provider="other")).missed == ()
        assert again.of(ADDRESS).named(turn("c", "", key="1")).missed == (("b", NOON),)

    def test_silence_is_never_the_same(self) -> None:
        again = Again("y" * 40)
        again.of(ADDRESS).add(turn("b", ""))
        assert again.notes.noted(ADDRESS) == ""

    def test_two_things_that_were_missed_are_both_known(self) -> None:
        again = Again("y" * 40)
        for name, text in (("b", "👍"), ("c", "👎")):
            again.of(ADDRESS).add(turn(name, text))
        assert again.of(ADDRESS).named(turn("d", "👍")).missed == (("b", NOON),)
        assert again.of(ADDRESS).named(turn("d", "👎")).missed == (("c", NOON),)

    def test_its_names_have_an_end(self) -> None:
        again = Again("y" * 40)
        for number in range(MOST_KEPT_OF_ONE + 5):
            again.of(ADDRESS).add(turn(str(number)))
        assert len(again.of(ADDRESS).named(turn("last")).missed) == MOST_KEPT_OF_ONE

    @given(st.text())
    def test_what_is_not_ours_is_nothing(self, strange: str) -> None:
        again = Again("y" * 40)
        again.notes.note(ADDRESS, strange)
        assert again.of(ADDRESS).named(turn("b")).missed == ()


class TestNotesHere:
    def test_they_are_forgotten(self) -> None:
        at = [0.0]
        notes = NotesHere(lambda: at[0])
        notes.note(ADDRESS, "a")
        assert notes.noted(ADDRESS) == "a"
        at[0] = 3_601.0
        assert notes.noted(ADDRESS) == ""

    def test_a_flood_has_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("assistant.again.MOST_KEPT", 3)
        notes = NotesHere()
        for number in range(5):
            notes.note(str(number), "a")
        assert [number for number in range(5) if notes.noted(str(number))] == [2, 3, 4]

"""The inbox: a provider's message is claimed once, with its reply."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection

from assistant.errors import TurnConflictError
from assistant.storage import inbox, schema
from assistant.storage.database import Database
from assistant.turns import Choice, Message, Position, Reply
from tests.support.at_once import at_once

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
SID = "SM" + "1" * 32
CHOICE = Choice("1", "C'est fait", "step:choix", ("fait", "c'est bon"), ("etape_faite",))
POSITION = Position("activer", "Activer Mon espace santé", "preparer", "Préparer", 1, 6, "paused")
FULL = Reply(
    (Message("Merci."), Message("Étape 1/6 : « Prêt » 👍 ?", (CHOICE,), "Et plus\nencore.", ("A01", "B16"))),
    "activer",
    confidence=0.75,
    journey=POSITION,
    listening="long",
    ending="goodbye",
    slow=True,
)
SILENCE = Reply((), "silence")


def test_a_new_message_has_no_reply(connection: Connection) -> None:
    assert inbox.recorded(connection, "twilio", SID) is None


@pytest.mark.parametrize("reply", [FULL, SILENCE], ids=["everything", "silence"])
def test_a_repeat_gets_the_same_reply(connection: Connection, reply: Reply) -> None:
    inbox.record(connection, "twilio", SID, reply, AT)
    assert inbox.recorded(connection, "twilio", SID) == reply


def test_two_providers_may_use_the_same_id(connection: Connection) -> None:
    inbox.record(connection, "twilio", SID, FULL, AT)
    assert inbox.recorded(connection, "web", SID) is None
    inbox.record(connection, "web", SID, SILENCE, AT)
    assert inbox.recorded(connection, "twilio", SID) == FULL


def test_what_was_replied_at_an_address_the_latest_first(connection: Connection) -> None:
    for minute, address in enumerate(["here", "there", "here", "here"]):
        reply = Reply((Message(f"{minute}"),), "activer")
        at = AT + timedelta(minutes=minute)
        inbox.record(connection, "web", f"{minute}", reply, at, address=address, aliases=(f"also {minute}",))
    inbox.record(connection, "twilio", SID, FULL, AT, address="here")

    def told(most: int) -> list[str]:
        return [reply.messages[0].text for reply in inbox.replied(connection, "web", "here", most)]

    assert told(20) == ["3", "2", "0"]
    assert set(told(2)) <= {"3", "2"}
    assert inbox.replied(connection, "web", "nowhere", 20) == []


def test_claiming_twice_is_a_conflict_and_keeps_the_first_reply(database: Database) -> None:
    with database.transaction() as connection:
        inbox.record(connection, "twilio", SID, FULL, AT)
    with pytest.raises(TurnConflictError), database.transaction() as connection:
        inbox.record(connection, "twilio", SID, SILENCE, AT)
    with database.transaction() as connection:
        assert inbox.recorded(connection, "twilio", SID) == FULL


def test_of_eight_workers_at_once_one_claims(database: Database) -> None:
    def claim() -> bool:
        try:
            with database.transaction() as connection:
                inbox.record(connection, "twilio", SID, FULL, AT)
        except TurnConflictError:
            return False
        return True

    assert sorted(at_once([claim] * 8)) == [False] * 7 + [True]


@pytest.mark.parametrize(
    "message_id",
    [
        pytest.param("CA" + "1" * 32 + ":99999", id="a-turn-of-a-call"),
        pytest.param("x" * 22 + ".in", id="a-form-of-the-page"),
        pytest.param("x" * 64 + ":99999", id="an-event-without-an-id"),
    ],
)
def test_every_id_of_our_faces_has_room(connection: Connection, message_id: str) -> None:
    """PostgreSQL refuses what is too long; SQLite does not care."""
    inbox.record(connection, "twilio", message_id, FULL, AT)
    assert inbox.recorded(connection, "twilio", message_id) == FULL


class TestSaidAgain:
    """What she says again was stored by a try that failed, or was not."""

    at = AT.replace(microsecond=123456)

    def test_the_try_that_was_stored_is_found_by_its_hour(self, connection: Connection) -> None:
        inbox.record(connection, "twilio", "first", FULL, self.at)
        tries = [("other", self.at), ("first", self.at)]
        assert inbox.stored_try(connection, "twilio", "again", tries, self.at + timedelta(minutes=1)) == "first"
        assert inbox.recorded(connection, "twilio", "again") == FULL

    def test_another_try_of_it_was_answered(self, connection: Connection) -> None:
        inbox.record(connection, "twilio", "first", FULL, self.at + timedelta(seconds=1))
        assert inbox.stored_try(connection, "twilio", "again", [("first", self.at)], AT) is None
        assert inbox.recorded(connection, "twilio", "again") is None

    def test_of_somebody_who_was_forgotten_nothing_comes_back(self, connection: Connection) -> None:
        """She confirmed that all goes, and says so again: the name of the message is nobody's."""
        inbox.record(connection, "twilio", "first", SILENCE, self.at, address="")
        inbox.stored_try(connection, "twilio", "again", [("first", self.at)], self.at)
        assert set(connection.execute(select(schema.inbox.c.address)).scalars()) == {""}

    def test_what_is_recorded_is_not_free(self, connection: Connection) -> None:
        inbox.record(connection, "twilio", "first", FULL, self.at)
        assert inbox.free(connection, "twilio", ["a", "first", "b"]) == ["a", "b"]
        assert inbox.free(connection, "twilio", []) == []

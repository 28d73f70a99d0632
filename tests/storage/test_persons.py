"""Persons: found by any of their addresses, stored at a version, moved, forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from assistant.errors import TurnConflictError
from assistant.journeys.progress import Progress
from assistant.storage import (
    companions,
    events,
    guesses,
    holdings,
    inbox,
    outbox,
    persons,
    reminders,
    resume_codes,
    schema,
)
from assistant.storage.database import Database
from assistant.turns import Choice, Message, Position, Reply
from tests.support.at_once import at_once

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
PHONE, WEB = "p1_telephone", "p1_page"
CHOICE = Choice("1", "C'est fait", "step:choix", ("fait",), ("etape_faite",))
PLACE = Progress("activer", "preparer", "going", trail=("depart",), offered=(CHOICE,), met=("sms",), channel="sms")
POSITION = Position("activer", "Activer", "preparer", "Préparer", 1, 6, "going")
SAID = Reply((Message("Étape 1/6. Prenez votre carte.", (CHOICE,)),), "activer", journey=POSITION)
SILENCE = Reply((), "silence")
SILENCE_FOR_EVER = Reply((), "")
LATER, SENT = AT + timedelta(minutes=1), AT + timedelta(seconds=30)
Rows = Callable[[str], int]


def known(connection: Connection, address: str = PHONE, place: Progress = PLACE) -> persons.Person:
    """Somebody stored at `address`."""
    persons.save(connection, persons.find(connection, address), address, place, SAID, AT)
    return persons.find(connection, address)


def stored(connection: Connection, person: str) -> persons.Person:
    """Whoever it is, wherever it is not her turn."""
    progress = persons.place(connection, person)
    assert progress is not None
    return persons.Person(person, 1, progress, SAID)


def test_nobody_is_somebody_new(connection: Connection, rows: Rows) -> None:
    found = persons.find(connection, PHONE)
    assert (found.version, found.progress, found.said) == (0, Progress(), None)
    assert rows("persons") == 0, "looking must not store"


def test_two_new_persons_are_not_the_same(connection: Connection) -> None:
    assert persons.find(connection, PHONE).id != persons.find(connection, PHONE).id


def test_what_was_stored_is_found_as_it_was(connection: Connection) -> None:
    found = known(connection)
    assert (found.version, found.progress, found.said) == (1, PLACE, SAID)


def test_each_turn_raises_the_version_and_the_time(connection: Connection) -> None:
    later = AT + timedelta(days=3)
    persons.save(connection, known(connection), PHONE, replace(PLACE, step="choix"), SAID, later)
    found = persons.find(connection, PHONE)
    assert (found.version, found.progress.step) == (2, "choix")
    assert connection.execute(select(schema.persons.c.seen_at)).scalar_one() == later


def test_silence_is_not_what_was_said_last(connection: Connection) -> None:
    persons.save(connection, known(connection), PHONE, PLACE, SILENCE, AT)
    assert persons.find(connection, PHONE).said == SAID


def test_somebody_who_was_only_met_with_silence_has_heard_nothing(connection: Connection) -> None:
    persons.save(connection, persons.find(connection, PHONE), PHONE, Progress(), SILENCE, AT)
    found = persons.find(connection, PHONE)
    assert (found.version, found.said) == (1, None)


def test_an_older_version_is_a_conflict(connection: Connection) -> None:
    before = known(connection)
    persons.save(connection, before, PHONE, PLACE, SAID, AT)
    with pytest.raises(TurnConflictError):
        persons.save(connection, before, PHONE, PLACE, SAID, AT)


def test_somebody_erased_meanwhile_is_a_conflict(connection: Connection, rows: Rows) -> None:
    before = known(connection)
    persons.forget(connection, before.id)
    with pytest.raises(TurnConflictError):
        persons.save(connection, before, PHONE, PLACE, SAID, AT)
    assert rows("persons") == 0


def test_two_first_turns_of_one_person_are_a_conflict(database: Database) -> None:
    """Nobody is known yet, so there is no version to compare: the address itself must tell."""
    with database.transaction() as connection:
        one, other = persons.find(connection, PHONE), persons.find(connection, PHONE)
    with database.transaction() as connection:
        persons.save(connection, one, PHONE, PLACE, SAID, AT)
    with pytest.raises(TurnConflictError), database.transaction() as connection:
        persons.save(connection, other, PHONE, PLACE, SAID, AT)
    with database.transaction() as connection:
        assert connection.execute(select(schema.persons.c.id)).scalars().all() == [one.id]


def test_of_two_turns_stored_at_once_one_wins(database: Database) -> None:
    with database.transaction() as connection:
        before = known(connection)

    def store() -> bool:
        try:
            with database.transaction() as connection:
                persons.save(connection, before, PHONE, PLACE, SAID, AT)
        except TurnConflictError:
            return False
        return True

    assert sorted(at_once([store] * 2)) == [False, True]
    with database.transaction() as connection:
        assert persons.find(connection, PHONE).version == 2


def test_a_second_address_is_the_same_person(connection: Connection, rows: Rows) -> None:
    owner = known(connection)
    persons.move(connection, WEB, owner.id)
    assert persons.find(connection, WEB) == persons.find(connection, PHONE) == owner
    assert rows("persons") == 1


def test_an_address_that_moves_leaves_nobody_behind(connection: Connection, rows: Rows) -> None:
    owner, alone = known(connection), known(connection, WEB, Progress())
    persons.move(connection, WEB, owner.id)
    assert persons.find(connection, WEB).id == owner.id
    assert rows("persons") == 1, f"{alone.id} had only that address"


def test_an_address_that_moves_leaves_a_person_who_has_another(connection: Connection) -> None:
    shared, owner = known(connection), known(connection, "p1_autre")
    persons.move(connection, WEB, shared.id)
    persons.move(connection, WEB, owner.id)
    assert persons.find(connection, PHONE).id == shared.id


def test_moving_to_oneself_forgets_nobody(connection: Connection) -> None:
    owner = known(connection)
    persons.move(connection, PHONE, owner.id)
    assert persons.find(connection, PHONE) == owner


def test_forgetting_takes_everything_that_hangs_on_a_person(connection: Connection, rows: Rows) -> None:
    """Also what was replied and guessed at each of her addresses; others keep theirs."""
    owner, other = known(connection), known(connection, "p1_autre")
    persons.move(connection, WEB, owner.id)
    for someone, address in ((owner, PHONE), (owner, WEB), (other, "p1_autre")):
        events.note(connection, someone.id, "sms", SAID, AT)
        resume_codes.give(connection, someone.id, AT, str)
        inbox.record(connection, "test", f"of {address}", SAID, AT, address=address)
        connection.execute(insert(schema.guesses).values(address=address, at=AT))
    persons.forget(connection, owner.id)
    tables = ("persons", "addresses", "events", "resume_codes", "guesses")
    assert {table: rows(table) for table in tables} == dict.fromkeys(tables, 1)
    # How the provider called her messages stays, without her: a late repeat of one finds nobody.
    kept = connection.execute(select(schema.inbox.c.message_id, schema.inbox.c.address)).all()
    assert sorted(address for _, address in kept) == ["", "", "p1_autre"]
    assert inbox.recorded(connection, "test", f"of {PHONE}") == Reply((), "")
    assert persons.find(connection, "p1_autre") == other
    assert inbox.recorded(connection, "test", "of p1_autre") == SAID


def to_send(connection: Connection, person: str, address: str) -> None:
    """A reminder, and something that waits to leave."""
    sealed = {"address": address, "number": "s1.scelle", "due_at": AT, "at": AT}
    reminders.put(connection, person=person, channel="sms", **sealed)
    outbox.put(connection, key=f"for {person} at {address}", kind="sms", body="Bonjour", **sealed)


def test_who_is_forgotten_is_never_written_to_again(connection: Connection, rows: Rows) -> None:
    owner, other = known(connection), known(connection, "p1_autre")
    to_send(connection, owner.id, PHONE)
    to_send(connection, other.id, "p1_autre")
    persons.forget(connection, owner.id)
    assert [due.address for due in outbox.claim(connection, AT, timedelta(minutes=2), 9)] == ["p1_autre"]
    assert [found.address for found in reminders.due(connection, AT)] == ["p1_autre"]
    assert (rows("outbox"), rows("reminders")) == (1, 1)


def test_nor_on_a_telephone_that_is_another_ones_as_well(connection: Connection, rows: Rows) -> None:
    """Two persons, one telephone: she is forgotten while the other one holds it."""
    holder, companion = known(connection), known(connection, WEB)
    connection.execute(insert(schema.companions).values(pseudonym=PHONE, person=companion.id, position=1))
    to_send(connection, companion.id, PHONE)
    persons.forget(connection, companion.id)
    assert (rows("outbox"), rows("reminders"), rows("companions")) == (0, 0, 0)
    assert persons.find(connection, PHONE) == holder


class TestOneTelephoneOfTwo:
    """Each with a turn of her own there, a minute apart, and all that a turn may lead to."""

    @pytest.fixture
    def two(self, connection: Connection) -> tuple[str, str]:
        """Who uses PHONE: who came first, and who holds it now."""
        first = known(connection).id
        second = companions.add(connection, PHONE, AT)
        for who, at in ((first, AT), (second, LATER)):
            events.note(connection, who, "sms", SAID, at)
            inbox.record(connection, "test", f"of {who}", SAID, at, address=PHONE, aliases=[f"again of {who}"])
            guesses.note(connection, guesses.RESUME, PHONE, "", at, of_all=False)
            sealed = {"address": PHONE, "number": "s1.scelle", "due_at": LATER, "at": at}
            outbox.put(connection, key=f"text:{who}", kind="sms", body="Bonjour", **sealed)
            reminders.put(connection, person=who, channel="sms", **sealed)
            (waiting,) = reminders.pending(connection, who)
            # Its row is made by the worker, at an instant that is nobody's turn.
            outbox.put(connection, key=f"reminder:{waiting.id}", kind="sms", body="Bonjour", **sealed | {"at": SENT})
        return first, second

    @pytest.mark.parametrize("leaves", [0, 1], ids=["whose turn it is not", "whose turn it is"])
    def test_who_is_forgotten_leaves_nothing_and_takes_nothing(
        self, connection: Connection, two: tuple[str, str], leaves: int
    ) -> None:
        gone, stays = two[leaves], two[1 - leaves]
        held = holdings.of(connection, stored(connection, stays), PHONE).rows
        persons.forget(connection, gone)
        for name in (f"of {gone}", f"again of {gone}"):
            assert inbox.recorded(connection, "test", name) == SILENCE_FOR_EVER
        for name in (f"of {stays}", f"again of {stays}"):
            assert inbox.recorded(connection, "test", name) == SAID
        assert inbox.replied(connection, "test", PHONE, 9) == [SAID]
        (waiting,) = reminders.due(connection, LATER)
        assert waiting.person == stays
        assert {due.key for due in outbox.claim(connection, LATER, timedelta(minutes=2), 9)} == {
            f"text:{stays}",
            f"reminder:{waiting.id}",
        }
        assert connection.execute(select(schema.guesses.c.at)).scalars().all() == [LATER if leaves == 0 else AT]
        assert persons.find(connection, PHONE).id == stays
        assert holdings.of(connection, stored(connection, stays), PHONE).rows == held

    @pytest.mark.parametrize("which", [0, 1])
    def test_each_is_told_of_her_own(self, connection: Connection, two: tuple[str, str], which: int) -> None:
        """Two names of one message, a text and a reminder with its row."""
        rows = holdings.of(connection, stored(connection, two[which]), PHONE).rows
        assert (rows["once"], rows["sending"], rows["guesses"]) == (2, 3, 1)

    def test_what_nobody_is_known_to_have_led_to_goes_with_who_leaves_first(
        self, connection: Connection, two: tuple[str, str]
    ) -> None:
        inbox.record(connection, "test", "of nobody", SAID, SENT, address=PHONE)
        persons.forget(connection, two[0])
        assert inbox.recorded(connection, "test", "of nobody") == SILENCE_FOR_EVER

    def test_once_both_are_forgotten_nothing_is_left(
        self, connection: Connection, rows: Rows, two: tuple[str, str]
    ) -> None:
        for who in two:
            persons.forget(connection, who)
        tables = ("persons", "addresses", "companions", "events", "guesses", "outbox", "reminders")
        assert {table: rows(table) for table in tables} == dict.fromkeys(tables, 0)
        assert set(connection.execute(select(schema.inbox.c.address)).scalars()) == {""}


def test_what_is_being_sent_when_she_is_forgotten_leaves_no_trace(connection: Connection, rows: Rows) -> None:
    owner = known(connection)
    to_send(connection, owner.id, PHONE)
    (due,) = outbox.claim(connection, AT, timedelta(minutes=2))
    persons.forget(connection, owner.id)
    assert not outbox.keep(connection, due, AT, timedelta(minutes=2))
    assert not outbox.settle(connection, due, "sent", AT, provider_id="SM1")
    assert rows("outbox") == 0


def test_forgetting_nobody_is_nothing(connection: Connection) -> None:
    persons.forget(connection, "nobody")


def test_a_trace_names_the_step_and_holds_no_words(connection: Connection) -> None:
    events.note(connection, known(connection).id, "sms", SAID, AT)
    row = connection.execute(select(schema.events)).one()
    told = (row.channel, row.intent, row.step, row.status, row.at)
    assert told == ("sms", "activer", "activer/preparer", "going", AT)


def test_a_trace_outside_a_journey_has_no_step(connection: Connection) -> None:
    events.note(connection, known(connection).id, "web", Reply((Message("Bonjour."),), "saluer"), AT)
    row = connection.execute(select(schema.events)).one()
    assert (row.step, row.status) == ("", "none")

"""The outbox: one effect a key, one holder a row, ends that stay ends, and no number once there is one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection

from assistant.storage import outbox, schema, tallies
from assistant.storage.database import Database
from assistant.storage.outbox import Due
from assistant.storage.tallies import Tally
from tests.support.at_once import at_once

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
LEASE = timedelta(minutes=2)
OVER = AT + LEASE
PHONE, OTHER = "p1_telephone", "p1_autre"
SEALED = "s1.scelle"


def put(connection: Connection, key: str = "k1", **changed: Any) -> bool:
    row: dict[str, Any] = {
        "key": key, "kind": "sms", "address": PHONE, "number": SEALED, "body": "Bonjour", "due_at": AT, "at": AT
    }  # fmt: skip
    return outbox.put(connection, **row | changed)


def row(connection: Connection, key: str = "k1") -> Any:
    return connection.execute(select(schema.outbox).where(schema.outbox.c.key == key)).one()


def claimed(connection: Connection, at: datetime = AT) -> Due:
    (due,) = outbox.claim(connection, at, LEASE)
    return due


class TestPut:
    def test_one_effect_a_key(self, connection: Connection) -> None:
        assert put(connection)
        assert not put(connection, body="Autre chose", address=OTHER)
        assert (row(connection).body, row(connection).address) == ("Bonjour", PHONE)

    def test_a_key_that_is_over_is_still_taken(self, connection: Connection) -> None:
        put(connection)
        outbox.settle(connection, claimed(connection), "sent", AT, provider_id="SM1")
        assert not put(connection)

    def test_a_key_already_there_does_not_spoil_the_transaction(self, database: Database) -> None:
        with database.transaction() as connection:
            put(connection)
            put(connection)
            put(connection, "k2")
        with database.transaction() as connection:
            assert [due.key for due in outbox.claim(connection, AT, LEASE, 9)] == ["k1", "k2"]

    def test_it_goes_with_the_transaction_it_was_put_in(self, database: Database) -> None:
        def break_off() -> None:
            with database.transaction() as connection:
                put(connection)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            break_off()
        with database.transaction() as connection:
            assert outbox.claim(connection, AT, LEASE) == []


class TestClaim:
    def test_what_is_due_is_taken_once(self, connection: Connection) -> None:
        put(connection)
        due = claimed(connection)
        assert (due.key, due.kind, due.address, due.number, due.body) == ("k1", "sms", PHONE, SEALED, "Bonjour")
        assert (due.tries, due.unsure, due.created_at) == (1, False, AT)
        assert outbox.claim(connection, AT, LEASE) == []

    def test_what_is_not_due_waits(self, connection: Connection) -> None:
        put(connection, due_at=AT + timedelta(seconds=1))
        assert outbox.claim(connection, AT, LEASE) == []
        assert claimed(connection, AT + timedelta(seconds=1)).key == "k1"

    def test_the_oldest_goes_first_and_no_more_than_asked(self, connection: Connection) -> None:
        put(connection, "young")
        put(connection, "old", due_at=AT - LEASE)
        assert [due.key for due in outbox.claim(connection, AT, LEASE, 1)] == ["old"]

    def test_what_a_dead_process_held_is_taken_again_and_unsure(self, connection: Connection) -> None:
        put(connection)
        claimed(connection)
        assert outbox.claim(connection, OVER - timedelta(microseconds=1), LEASE) == []
        again = claimed(connection, OVER)
        assert (again.tries, again.unsure) == (2, True)

    def test_a_claimed_row_shows_neither_number_nor_words(self, connection: Connection) -> None:
        put(connection)
        shown = repr(claimed(connection))
        assert SEALED not in shown
        assert "Bonjour" not in shown

    def test_two_workers_never_have_the_same(self, database: Database) -> None:
        with database.transaction() as connection:
            for number in range(40):
                put(connection, f"k{number}")
        taken: list[str] = []

        def work() -> None:
            while True:
                with database.transaction() as connection:
                    found = outbox.claim(connection, AT, LEASE)
                if not found:
                    return
                taken.extend(due.key for due in found)

        at_once([work] * 4)
        assert sorted(taken) == sorted(f"k{number}" for number in range(40))

    def test_a_worker_does_not_wait_for_the_row_of_another(self, database: Database) -> None:
        """On PostgreSQL a row that another one is taking is passed over; on SQLite there is one writer at a time."""
        if database.engine.dialect.name != "postgresql":
            pytest.skip("one writer at a time")
        with database.transaction() as connection:
            put(connection, "k1")
            put(connection, "k2")
        with database.transaction() as one, database.transaction() as two:
            assert [due.key for due in outbox.claim(one, AT, LEASE)] == ["k1"]
            assert [due.key for due in outbox.claim(two, AT, LEASE)] == ["k2"]


class TestKeep:
    def test_a_row_is_kept_for_as_long_again(self, connection: Connection) -> None:
        put(connection)
        due = claimed(connection)
        assert outbox.keep(connection, due, AT + LEASE / 2, LEASE)
        assert outbox.claim(connection, OVER, LEASE) == []

    def test_not_when_the_lease_is_over(self, connection: Connection) -> None:
        put(connection)
        assert not outbox.keep(connection, claimed(connection), OVER, LEASE)

    def test_not_when_another_one_has_it(self, connection: Connection) -> None:
        put(connection)
        slow = claimed(connection)
        claimed(connection, OVER)
        assert not outbox.keep(connection, slow, OVER, LEASE)

    @pytest.mark.parametrize(
        "end", [outbox.forget, lambda c, a, _: outbox.cancel(c, a[0], AT)], ids=["erased", "stopped"]
    )
    def test_not_when_nothing_may_go_any_more(self, connection: Connection, end: Callable[..., int]) -> None:
        put(connection)
        due = claimed(connection)
        assert end(connection, [PHONE], "ada") == 1
        assert not outbox.keep(connection, due, AT, LEASE)


class TestSettle:
    @pytest.mark.parametrize("state", ["sent", "failed", "cancelled", "refused"])
    def test_an_end_erases_the_number(self, connection: Connection, state: Any) -> None:
        put(connection)
        assert outbox.settle(connection, claimed(connection), state, AT, code="21211", segments=2)
        ended = row(connection)
        assert (ended.state, ended.number, ended.ended_at, ended.code, ended.segments) == (state, "", AT, "21211", 2)
        assert outbox.claim(connection, AT + timedelta(days=9), LEASE) == []

    def test_what_was_sent_is_counted_once(self, connection: Connection) -> None:
        put(connection)
        put(connection, "k2", kind="call")
        due, ring = outbox.claim(connection, AT, LEASE, 2)
        assert outbox.settle(connection, due, "sent", AT, provider_id="SM1", segments=2)
        assert not outbox.settle(connection, due, "sent", AT, provider_id="SM1", segments=2)
        outbox.settle(connection, ring, "sent", AT, provider_id="CA1")
        assert tallies.told(connection, AT) == [Tally("sms", "out", 1, 2), Tally("voice", "out", 1, 0)]

    def test_what_was_not_sent_is_not_counted(self, connection: Connection) -> None:
        put(connection)
        outbox.settle(connection, claimed(connection), "failed", AT)
        assert tallies.told(connection, AT) == []

    def test_who_was_overtaken_ends_nothing(self, connection: Connection) -> None:
        put(connection)
        slow = claimed(connection)
        claimed(connection, OVER)
        assert not outbox.settle(connection, slow, "failed", OVER)
        assert not outbox.retry(connection, slow, OVER, "x")
        assert row(connection).state == "sending"

    def test_unless_it_did_send(self, connection: Connection) -> None:
        put(connection)
        slow = claimed(connection)
        fast = claimed(connection, OVER)
        assert outbox.settle(connection, slow, "sent", OVER, provider_id="SM1")
        assert not outbox.keep(connection, fast, OVER, LEASE)

    def test_what_left_in_the_instant_of_a_stop_was_sent(self, connection: Connection) -> None:
        put(connection)
        due = claimed(connection)
        outbox.cancel(connection, PHONE, AT)
        assert outbox.settle(connection, due, "sent", AT, provider_id="SM1")
        assert row(connection).state == "sent"

    def test_an_erased_row_does_not_come_back(self, connection: Connection, rows: Callable[[str], int]) -> None:
        put(connection)
        due = claimed(connection)
        outbox.forget(connection, [PHONE], "ada")
        assert not outbox.settle(connection, due, "sent", AT, provider_id="SM1")
        assert rows("outbox") == 0


class TestRetry:
    def test_what_surely_did_not_go_is_due_again(self, connection: Connection) -> None:
        put(connection)
        assert outbox.retry(connection, claimed(connection), OVER, "429")
        assert outbox.claim(connection, OVER - timedelta(seconds=1), LEASE) == []
        again = claimed(connection, OVER)
        assert (again.tries, again.unsure, row(connection).number) == (2, False, SEALED)

    def test_what_may_have_gone_is_looked_up_first(self, connection: Connection) -> None:
        put(connection)
        assert outbox.retry(connection, claimed(connection), AT + timedelta(seconds=30), "unheard", unsure=True)
        assert claimed(connection, AT + timedelta(seconds=30)).unsure


class TestProgress:
    """Statuses come in any order, twice, early, late, and for what is not ours."""

    def sent(self, connection: Connection) -> None:
        put(connection, segments=1)
        outbox.settle(connection, claimed(connection), "sent", AT, provider_id="SM1", segments=1)

    @pytest.mark.parametrize(
        ("told", "kept"),
        [
            (["sent", "delivered"], "delivered"),
            (["delivered", "sent"], "delivered"),
            (["failed", "sent"], "failed"),
            (["delivered", "failed"], "delivered"),
            (["failed", "delivered"], "failed"),
            (["sent", "sent"], "sent"),
            (["delivered", "delivered", "sent"], "delivered"),
        ],
    )
    def test_never_backwards(self, connection: Connection, told: list[Any], kept: str) -> None:
        self.sent(connection)
        for state in told:
            outbox.progress(connection, "SM1", state, "", OVER)
        assert row(connection).state == kept

    def test_what_is_not_ours_is_nothing(self, connection: Connection) -> None:
        self.sent(connection)
        assert outbox.progress(connection, "SM9", "delivered", "", OVER) is None
        assert outbox.progress(connection, "SM9", "delivered", "", OVER, key="k1") is None
        assert row(connection).state == "sent"

    def test_whose_it_was_and_the_code_are_told(self, connection: Connection) -> None:
        self.sent(connection)
        assert outbox.progress(connection, "SM1", "failed", "30003", OVER) == PHONE
        assert (row(connection).code, row(connection).ended_at) == ("30003", OVER)

    def test_the_key_tells_when_the_name_was_never_noted(self, connection: Connection) -> None:
        put(connection, segments=1)
        claimed(connection)
        assert outbox.progress(connection, "SM1", "sent", "", AT, key="k1") == PHONE
        ended = row(connection)
        assert (ended.state, ended.provider_id, ended.number) == ("sent", "SM1", "")
        assert outbox.claim(connection, OVER, LEASE) == []

    def test_it_is_counted_once_all_the_same(self, connection: Connection) -> None:
        put(connection, segments=1)
        due = claimed(connection)
        outbox.progress(connection, "SM1", "sent", "", AT, key="k1")
        outbox.progress(connection, "SM1", "delivered", "", AT, key="k1")
        outbox.settle(connection, due, "sent", AT, provider_id="SM1", segments=1)
        assert tallies.told(connection, AT) == [Tally("sms", "out", 1, 1)]
        assert row(connection).state == "delivered"

    @pytest.mark.parametrize("state", ["due", "sending", "cancelled", "refused"])
    def test_a_provider_knows_no_other_state(self, connection: Connection, state: Any) -> None:
        self.sent(connection)
        assert outbox.progress(connection, "SM1", state, "", OVER) is None


class TestCancel:
    def test_all_that_waits_for_one_telephone(self, connection: Connection) -> None:
        put(connection, "k1")
        put(connection, "k2", due_at=OVER)
        put(connection, "k3", address=OTHER)
        assert outbox.cancel(connection, PHONE, AT) == 2
        assert [row(connection, key).state for key in ("k1", "k2", "k3")] == ["cancelled", "cancelled", "due"]
        assert [row(connection, key).number for key in ("k1", "k2", "k3")] == ["", "", SEALED]

    def test_reminders_only(self, connection: Connection) -> None:
        put(connection, "k1")
        put(connection, f"{outbox.REMINDER}7")
        assert outbox.cancel(connection, PHONE, AT, only=outbox.REMINDER) == 1
        assert row(connection).state == "due"

    def test_what_is_over_stays_as_it_is(self, connection: Connection) -> None:
        put(connection)
        outbox.settle(connection, claimed(connection), "sent", AT, provider_id="SM1")
        assert outbox.cancel(connection, PHONE, AT) == 0
        assert row(connection).state == "sent"


def test_age_is_that_of_the_one_that_waits_longest(connection: Connection) -> None:
    assert outbox.oldest(connection, OVER) is None
    put(connection, "later", due_at=OVER + LEASE)
    assert outbox.oldest(connection, OVER) is None
    put(connection, "k1")
    put(connection, "k2", due_at=AT + LEASE / 2)
    assert outbox.oldest(connection, OVER) == OVER - LEASE
    outbox.retry(connection, claimed(connection), OVER + LEASE, "429")
    assert outbox.oldest(connection, OVER) == OVER - LEASE, "waiting for another try is waiting"


def test_known_are_the_names_of_one_telephone(connection: Connection) -> None:
    put(connection, "k1")
    put(connection, "k2")
    put(connection, "k3", address=OTHER)
    one, _, three = outbox.claim(connection, AT, LEASE, 3)
    outbox.settle(connection, one, "sent", AT, provider_id="SM1")
    outbox.settle(connection, three, "sent", AT, provider_id="SM3")
    assert outbox.known(connection, PHONE) == {"SM1"}

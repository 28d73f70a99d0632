"""What is stored of those who run the service and for them: accounts, sessions, acts, switches, and what they count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import insert
from sqlalchemy.engine import Connection

from assistant.privacy.purposes import AUDIT, OPERATORS
from assistant.privacy.retention import purge
from assistant.storage import (
    events,
    operator_acts,
    operator_sessions,
    operators,
    outbox,
    practice_slips,
    reminders,
    schema,
    switches,
    unclear,
)
from assistant.storage.events import Stand
from assistant.storage.operators import ROLES
from assistant.storage.schema import persons
from assistant.turns import Channel, Position, Reply

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)
Rows = Callable[[str], int]


class TestAccounts:
    def test_a_name_is_the_word_and_four_signs_that_differ_each_time(self, connection: Connection) -> None:
        names = {operators.add(connection, "marie", "lecture", AT)[0] for _ in range(20)}
        assert len(names) == 20
        assert all(name.startswith("marie-") and len(name) == 10 for name in names)

    def test_taken_up_it_has_its_proofs(self, connection: Connection) -> None:
        name, token = operators.add(connection, "marie", "relecture", AT)
        assert practice_slips.look(connection, operators.GIVEN, token, AT) == name
        assert operators.proofs(connection, name) == ("", "")
        assert operators.find(connection, name) == operators.Operator(name, "relecture", False, AT)
        assert operators.take_up(connection, name, "hash", "sealed")
        assert operators.proofs(connection, name) == ("hash", "sealed")
        assert [one.taken for one in operators.every(connection)] == [True]

    def test_a_new_link_ends_the_one_before(self, connection: Connection) -> None:
        name, first = operators.add(connection, "marie", "lecture", AT)
        other, kept = operators.add(connection, "paul", "lecture", AT)
        second = operators.offer(connection, name, AT)
        found = [practice_slips.look(connection, operators.GIVEN, token, AT) for token in (first, second, kept)]
        assert found == [None, name, other]

    def test_nobody_has_none(self, connection: Connection) -> None:
        assert operators.find(connection, "marie-2222") is None
        assert operators.proofs(connection, "marie-2222") == ("", "")
        assert not operators.take_up(connection, "marie-2222", "hash", "sealed")
        assert not operators.end(connection, "marie-2222")

    def test_each_role_may_do_what_those_before_it_may(self) -> None:
        may = {role: [other for other in ROLES if operators.Operator("m", role, True, AT).may(other)] for role in ROLES}
        assert may == {
            "lecture": ["lecture"],
            "relecture": ["lecture", "relecture"],
            "exploitation": ["lecture", "relecture", "exploitation"],
        }

    def test_who_does_not_come_for_a_year_is_forgotten(self, connection: Connection, rows: Rows) -> None:
        old, _ = operators.add(connection, "jean", "lecture", AT)
        new, _ = operators.add(connection, "marie", "lecture", AT)
        operators.seen(connection, new, AT + SECOND)
        purge(connection, AT + OPERATORS + SECOND)
        assert operators.find(connection, old) is None
        assert operators.find(connection, new) is not None


class TestSessions:
    def begin(self, connection: Connection) -> str:
        name, _ = operators.add(connection, "marie", "lecture", AT)
        operator_sessions.begin(connection, "token", name, AT)
        return name

    def test_known_by_its_token_and_by_nothing_stored(self, connection: Connection) -> None:
        name = self.begin(connection)
        found = operator_sessions.who(connection, "token", AT)
        assert found
        assert found.name == name
        (key,) = connection.execute(schema.operator_sessions.select()).scalars()
        assert operator_sessions.who(connection, key, AT) is None

    @pytest.mark.parametrize("part", ["used", "not used"])
    def test_it_ends(self, connection: Connection, part: str) -> None:
        self.begin(connection)
        at, step = AT, operator_sessions.IDLE - SECOND
        if part == "not used":
            assert operator_sessions.who(connection, "token", AT + operator_sessions.IDLE) is None
            return
        while at + step < AT + operator_sessions.AT_MOST:
            at += step
            assert operator_sessions.who(connection, "token", at) is not None
        assert operator_sessions.who(connection, "token", AT + operator_sessions.AT_MOST) is None

    def test_ended_once(self, connection: Connection) -> None:
        name = self.begin(connection)
        assert operator_sessions.finish(connection, "token") == name
        assert operator_sessions.finish(connection, "token") is None

    @pytest.mark.parametrize("how", ["ended", "taken up again", "purged"])
    def test_gone_with_whose_it_was(self, connection: Connection, rows: Rows, how: str) -> None:
        name = self.begin(connection)
        if how == "ended":
            operators.end(connection, name)
        elif how == "taken up again":
            operators.take_up(connection, name, "hash", "sealed")
        else:
            purge(connection, AT + operator_sessions.IDLE + SECOND)
        assert rows("operator_sessions") == 0


class TestActs:
    def test_the_newest_first_and_no_more_than_asked_for(self, connection: Connection) -> None:
        for number in range(5):
            operator_acts.note(connection, "marie-2222", "switched_off", AT + number * SECOND, f"face {number}")
        found = operator_acts.read(connection, 3)
        assert [entry.about for entry in found] == ["face 4", "face 3", "face 2"]
        assert found[0] == operator_acts.Entry(AT + 4 * SECOND, "marie-2222", "switched_off", "face 4")

    def test_what_is_no_act_is_refused(self, connection: Connection) -> None:
        with pytest.raises(ValueError, match="no such act"):
            operator_acts.note(connection, "marie-2222", "looked", AT)  # type: ignore[arg-type]

    def test_what_the_service_does_by_itself_is_not_among_them(self, connection: Connection) -> None:
        operator_acts.note(connection, "marie-2222", "filed", AT, "cout")
        operator_acts.note(connection, operator_acts.SERVICE, "purged", AT + SECOND)
        assert [entry.act for entry in operator_acts.read(connection, 3)] == ["filed"]

    def test_the_last_time_of_one_is_found(self, connection: Connection) -> None:
        assert operator_acts.last(connection, "purged") is None
        for number in (2, 1):
            operator_acts.note(connection, operator_acts.SERVICE, "purged", AT + number * SECOND)
        operator_acts.note(connection, "marie-2222", "filed", AT + 3 * SECOND)
        assert operator_acts.last(connection, "purged") == AT + 2 * SECOND

    def test_no_operator_has_the_name_of_the_service(self, connection: Connection) -> None:
        assert operators.add(connection, operator_acts.SERVICE, "lecture", AT)[0] != operator_acts.SERVICE

    def test_kept_for_twelve_months(self, connection: Connection, rows: Rows) -> None:
        operator_acts.note(connection, "marie-2222", "filed", AT, "cout")
        purge(connection, AT + AUDIT)
        assert rows("operator_acts") == 1
        purge(connection, AT + AUDIT + SECOND)
        assert rows("operator_acts") == 0


def test_no_clock_switches_anything_on(connection: Connection) -> None:
    assert switches.switch_off(connection, "voice", AT)
    assert not switches.switch_off(connection, "voice", AT + SECOND)
    purge(connection, AT + timedelta(days=5_000))
    assert switches.off(connection) == {"voice": AT}
    assert switches.is_off(connection, "voice")
    assert not switches.is_off(connection, "sms")
    assert switches.switch_on(connection, "voice")
    assert not switches.switch_on(connection, "voice")


def come(connection: Connection, person: str, channel: Channel, step: str, at: datetime, status: str = "going") -> None:
    """One turn of `person`, made now if she is new."""
    known = connection.execute(persons.select().where(persons.c.id == person)).first()
    if known is None:
        connection.execute(insert(persons).values(id=person, version=1, progress="{}", said="null", seen_at=at))
    name, _, last = step.partition("/")
    place = Position(name, "", last, "", 1, 6, status, False) if step else None  # type: ignore[arg-type]
    events.note(connection, person, channel, Reply((), "saluer", journey=place), at)


class TestStands:
    SINCE, LATELY, UNTIL = AT - timedelta(days=28), AT - timedelta(days=7), AT

    def found(self, connection: Connection, journey: str = "activer") -> set[Stand]:
        return set(events.stands(connection, journey, self.SINCE, self.UNTIL, self.LATELY))

    def test_each_person_stands_where_she_was_last(self, connection: Connection) -> None:
        come(connection, "a", "sms", "activer/depart", AT - timedelta(days=20))
        come(connection, "a", "web", "activer/preparer", AT - timedelta(days=19))
        come(connection, "b", "web", "activer/preparer", AT - timedelta(days=2))
        come(connection, "c", "web", "activer/fin", AT - timedelta(days=2), "done")
        assert self.found(connection) == {
            Stand("web", "preparer", "going", 2, 1),
            Stand("web", "fin", "done", 1, 1),
        }

    def test_in_each_journey_apart(self, connection: Connection) -> None:
        come(connection, "a", "sms", "activer/depart", AT - timedelta(days=20))
        come(connection, "a", "sms", "documents/debut", AT - timedelta(days=19))
        come(connection, "a", "sms", "", AT - timedelta(days=18))
        assert self.found(connection) == {Stand("sms", "depart", "going", 1, 0)}
        assert self.found(connection, "documents") == {Stand("sms", "debut", "going", 1, 0)}
        assert self.found(connection, "activ") == set()
        assert self.found(connection, "%") == set()

    def test_within_the_days_that_are_asked_for(self, connection: Connection) -> None:
        come(connection, "a", "web", "activer/depart", self.SINCE - SECOND)
        come(connection, "b", "web", "activer/depart", self.SINCE)
        come(connection, "c", "web", "activer/depart", self.UNTIL - SECOND)
        come(connection, "d", "web", "activer/depart", self.UNTIL)
        assert self.found(connection) == {Stand("web", "depart", "going", 2, 1)}
        assert events.persons(connection, "web", self.SINCE, self.UNTIL) == 2
        assert events.persons(connection, "sms", self.SINCE, self.UNTIL) == 0


class TestUnclear:
    def test_counted_by_text_with_the_shares_it_came_from(self, connection: Connection) -> None:
        for share in (1, 1, 2, None):
            unclear.note(connection, "la page tourne", "sms", Reply((), "x"), AT, share)
        unclear.note(connection, "et la photo", "web", Reply((), "x"), AT, 5)
        found = unclear.said(connection, AT - timedelta(days=1), AT + timedelta(days=1))
        assert found == [
            unclear.Said("la page tourne", 4, frozenset({1, 2})),
            unclear.Said("et la photo", 1, frozenset({5})),
        ]
        assert unclear.said(connection, AT + timedelta(days=1), AT + timedelta(days=2)) == []

    def test_what_was_dealt_with_is_not_kept(self, connection: Connection, rows: Rows) -> None:
        for text in ("la page tourne", "la page tourne", "et la photo"):
            unclear.note(connection, text, "sms", Reply((), "x"), AT, 1)
        assert unclear.settle(connection, ["la page tourne"]) == 2
        assert rows("unclear") == 1


def test_who_waits_for_a_reminder_is_one_however_many_there_are(connection: Connection) -> None:
    come(connection, "a", "sms", "", AT)
    come(connection, "b", "sms", "", AT)
    for person, days in (("a", 1), ("a", 2), ("b", 9)):
        due = AT + timedelta(days=days)
        reminders.put(connection, person=person, address="p", channel="sms", number="n", due_at=due, at=AT)
    assert reminders.waiting(connection, AT, AT + timedelta(days=5), AT + timedelta(seconds=1)) == {"sms": 1}
    assert reminders.waiting(connection, AT, AT + timedelta(days=10), AT + timedelta(seconds=1)) == {"sms": 2}
    assert reminders.waiting(connection, AT, AT, AT + timedelta(seconds=1)) == {}


def test_what_is_of_a_kind_that_is_off_is_left_where_it_is(connection: Connection) -> None:
    for key, kind in (("k1", "sms"), ("k2", "call")):
        outbox.put(connection, key=key, kind=kind, address="p", number="n", body="b", due_at=AT, at=AT)  # type: ignore[arg-type]
    lease = timedelta(minutes=2)
    assert [due.key for due in outbox.claim(connection, AT, lease, 9, but=["sms"])] == ["k2"]
    assert [due.key for due in outbox.claim(connection, AT, lease, 9)] == ["k1"]

"""Practices, who acts for them, who is signed in, slips of one use, and the audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from assistant.settings import Settings
from assistant.storage import accesses, audit, journal, practice_sessions, practice_slips, practices, schema
from assistant.storage.database import Database
from tests.support.at_once import at_once

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
INSTANT = timedelta(microseconds=1)
Rows = Callable[[str], int]


@pytest.fixture
def physician(connection: Connection) -> str:
    """A physician in force."""
    return practices.physician_of(connection, practices.practice_of(connection, "k1", "Parc", NOW), "s1", "A", NOW)


class TestMembers:
    def test_a_practice_is_made_once_and_keeps_its_name_up_to_date(self, connection: Connection, rows: Rows) -> None:
        first = practices.practice_of(connection, "k1", "Parc", NOW)
        assert practices.practice_of(connection, "k1", "Port", NOW) == first
        assert practices.practice_of(connection, "k2", "Port", NOW) != first
        assert rows("practices") == 2
        assert connection.execute(select(schema.practices.c.name)).scalars().all() == ["Port", "Port"]

    def test_a_physician_of_two_practices_is_two_members(self, connection: Connection, rows: Rows) -> None:
        here, there = (practices.practice_of(connection, key, key, NOW) for key in ("k1", "k2"))
        one = practices.physician_of(connection, here, "s1", "Le docteur Martin", NOW)
        assert practices.physician_of(connection, here, "s1", "Le docteur Bernard", NOW) == one
        assert practices.physician_of(connection, there, "s1", "Le docteur Bernard", NOW) != one
        assert rows("members") == 2
        (found,) = practices.physicians(connection, here)
        assert found == practices.Member(one, here, "k1", "physician", "Le docteur Bernard")

    def test_physicians_and_delegates_are_told_apart_by_name(self, connection: Connection) -> None:
        here = practices.practice_of(connection, "k1", "Parc", NOW)
        for name in ("Le docteur Martin", "Le docteur Bernard"):
            practices.physician_of(connection, here, name, name, NOW)
        given = accesses.give(connection, here, "Accueil", NOW)
        assert given
        assert [one.shown_as for one in practices.physicians(connection, here)] == [
            "Le docteur Bernard",
            "Le docteur Martin",
        ]
        (listed,) = accesses.of(connection, here)
        delegate = practices.member(connection, listed.name)
        assert delegate
        assert (delegate.shown_as, delegate.role) == ("Accueil", "delegate")
        assert accesses.take_up(connection, delegate.id, "s1.sealed")
        assert accesses.secret_of(connection, delegate.id) == "s1.sealed"
        assert not accesses.take_up(connection, delegate.id, "s1.other")
        assert accesses.secret_of(connection, delegate.id) == "s1.sealed"

    def test_who_is_ended_acts_no_more_and_is_signed_out(self, connection: Connection, rows: Rows) -> None:
        here = practices.practice_of(connection, "k1", "Parc", NOW)
        given = accesses.give(connection, here, "Accueil", NOW)
        assert given
        delegate = given[0].name
        assert accesses.take_up(connection, delegate, "s1.sealed")
        practice_sessions.begin(connection, "token", delegate, "", NOW)
        assert practices.end(connection, here, delegate, NOW)
        assert practice_sessions.who(connection, "token", NOW) is None
        assert rows("practice_sessions") == 0
        assert practices.member(connection, delegate) is None
        assert accesses.of(connection, here) == []
        assert accesses.secret_of(connection, delegate) == ""
        assert not practices.end(connection, here, delegate, NOW)

    def test_nobody_is_ended_by_another_practice(self, connection: Connection, physician: str) -> None:
        other = practices.practice_of(connection, "k2", "Port", NOW)
        assert not practices.end(connection, other, physician, NOW)
        assert practices.member(connection, physician) is not None

    def test_a_physician_who_signs_in_again_acts_again(self, connection: Connection, physician: str) -> None:
        here = practices.practice_of(connection, "k1", "Parc", NOW)
        practices.end(connection, here, physician, NOW)
        assert practices.physician_of(connection, here, "s1", "A", NOW) == physician
        assert practices.member(connection, physician) is not None

    def test_long_names_fit(self, connection: Connection) -> None:
        here = practices.practice_of(connection, "k1", "P" * 500, NOW)
        practices.physician_of(connection, here, "s1", "A" * 500, NOW)
        practices.physician_of(connection, here, "s1", "B" * 500, NOW)
        (found,) = practices.physicians(connection, here)
        assert (len(found.practice_name), len(found.shown_as)) == (120, 120)

    def test_the_same_physician_twice_at_the_same_instant_is_one(self, settings: Settings, database: Database) -> None:
        others = [Database(settings.database_url) for _ in range(4)]

        def sign_in(one: Database) -> str:
            with one.transaction() as connection:
                here = practices.practice_of(connection, "k1", "Parc", NOW)
                return practices.physician_of(connection, here, "s1", "A", NOW)

        found = at_once([lambda one=one: sign_in(one) for one in others])  # type: ignore[misc]
        for one in others:
            one.close()
        assert len(set(found)) == 1, found
        assert len(found) == 4


class TestSessions:
    def test_only_its_token_opens_it_and_the_table_does_not_hold_it(
        self, connection: Connection, physician: str
    ) -> None:
        token = practice_sessions.new_token()
        practice_sessions.begin(connection, token, physician, "", NOW)
        found = practice_sessions.who(connection, token, NOW)
        assert found is not None
        assert found.id == physician
        assert practice_sessions.who(connection, practice_sessions.new_token(), NOW) is None
        (row,) = connection.execute(select(schema.practice_sessions)).all()
        assert token not in str(row)
        assert practice_sessions.who(connection, row.id, NOW) is None, "a stolen table opens nothing"

    def test_tokens_are_long_and_different(self) -> None:
        made = {practice_sessions.new_token() for _ in range(1000)}
        assert len(made) == 1000
        assert {len(token) for token in made} == {43}

    def test_half_an_hour_without_a_request(self, connection: Connection, physician: str) -> None:
        practice_sessions.begin(connection, "t", physician, "", NOW)
        almost = NOW + practice_sessions.IDLE - INSTANT
        assert practice_sessions.who(connection, "t", almost) is not None
        assert practice_sessions.who(connection, "t", almost + practice_sessions.IDLE - INSTANT) is not None
        assert practice_sessions.who(connection, "t", almost + 2 * practice_sessions.IDLE) is None

    def test_a_working_day_at_most_however_busy(self, connection: Connection, physician: str) -> None:
        practice_sessions.begin(connection, "t", physician, "", NOW)
        seen = NOW
        while seen + timedelta(minutes=20) < NOW + practice_sessions.AT_MOST:
            seen += timedelta(minutes=20)
            assert practice_sessions.who(connection, "t", seen) is not None
        assert practice_sessions.who(connection, "t", NOW + practice_sessions.AT_MOST - INSTANT) is not None
        assert practice_sessions.who(connection, "t", NOW + practice_sessions.AT_MOST) is None

    def test_it_is_finished_once(self, connection: Connection, physician: str) -> None:
        practice_sessions.begin(connection, "t", physician, "s1.sealed", NOW)
        ended = practice_sessions.finish(connection, "t")
        assert ended is not None
        assert ended.member is not None
        assert (ended.member.id, ended.id_token) == (physician, "s1.sealed")
        assert practice_sessions.finish(connection, "t") is None
        assert practice_sessions.who(connection, "t", NOW) is None


class TestSlips:
    def test_it_is_taken_once(self, connection: Connection) -> None:
        practice_slips.put(connection, "a", "name", "value", NOW + INSTANT, NOW)
        assert practice_slips.look(connection, "a", "name", NOW) == "value"
        assert practice_slips.look(connection, "b", "name", NOW) is None
        assert practice_slips.take(connection, "a", "name", NOW) == "value"
        assert practice_slips.take(connection, "a", "name", NOW) is None

    def test_it_expires_to_the_instant(self, connection: Connection, rows: Rows) -> None:
        practice_slips.put(connection, "a", "name", "value", NOW, NOW - INSTANT)
        assert practice_slips.look(connection, "a", "name", NOW - INSTANT) == "value"
        assert practice_slips.take(connection, "a", "name", NOW) is None
        assert rows("practice_slips") == 0

    def test_the_table_does_not_hold_the_name(self, connection: Connection) -> None:
        practice_slips.put(connection, "a", "very-secret-name", "value", NOW + INSTANT, NOW)
        (row,) = connection.execute(select(schema.practice_slips)).all()
        assert "very-secret-name" not in str(row)

    def test_what_is_past_its_time_goes_when_another_comes(self, connection: Connection, rows: Rows) -> None:
        for number in range(5):
            practice_slips.put(connection, "a", str(number), "v", NOW, NOW - INSTANT)
        practice_slips.put(connection, "a", "new", "v", NOW + INSTANT, NOW)
        assert rows("practice_slips") == 1

    def test_of_several_who_come_at_once_one_has_it(self, settings: Settings, database: Database) -> None:
        with database.transaction() as connection:
            practice_slips.put(connection, "a", "name", "value", NOW + INSTANT, NOW)
        others = [Database(settings.database_url) for _ in range(4)]

        def take(one: Database) -> str | None:
            with one.transaction() as connection:
                return practice_slips.take(connection, "a", "name", NOW)

        found = at_once([lambda one=one: take(one) for one in others])  # type: ignore[misc]
        for one in others:
            one.close()
        assert sorted(map(str, found)) == ["None", "None", "None", "value"]


class TestAudit:
    def test_the_latest_first_of_one_practice(self, connection: Connection, physician: str) -> None:
        here = practices.member(connection, physician)
        assert here is not None
        other = practices.Member("m9", "p9", "Port", "physician", "B")
        audit.note(connection, here, "signed_in", NOW)
        audit.note(connection, here, "shown", NOW + INSTANT)
        audit.note(connection, other, "signed_in", NOW)
        assert [(line.act, line.shown_as) for line in journal.read(connection, here.practice, NOW)] == [
            ("shown", "A"),
            ("signed_in", "A"),
        ]
        assert [(line.act, line.shown_as) for line in journal.read(connection, "p9", NOW)] == [("signed_in", "")]

    def test_only_acts_that_have_a_name(self, connection: Connection, physician: str) -> None:
        here = practices.member(connection, physician)
        assert here is not None
        with pytest.raises(ValueError, match="0639980001"):
            audit.note(connection, here, "0639980001", NOW)  # type: ignore[arg-type]

    def test_it_outlives_its_member(self, connection: Connection, physician: str) -> None:
        connection.execute(insert(schema.audit).values(practice="p", member="gone", act="shown", at=NOW))
        assert [line.shown_as for line in journal.read(connection, "p", NOW)] == [""]

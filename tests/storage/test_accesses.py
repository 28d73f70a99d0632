"""Accesses given by a physician, and the one-time codes they are used with: once each, and not by guessing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection

from assistant.one_time_codes import STEP, Key, OneTimeCodes, new_key
from assistant.settings import Settings
from assistant.storage import accesses, guesses, practice_slips, practices, schema
from assistant.storage.accesses import LIFE, MOST, SIGNS
from assistant.storage.database import Database
from assistant.storage.guesses import ACCESS, RESUME
from tests.support.at_once import at_once

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
INSTANT = timedelta(microseconds=1)
STEPS = timedelta(seconds=STEP)


@pytest.fixture
def practice(connection: Connection) -> str:
    return practices.practice_of(connection, "here", "Cabinet des Tilleuls", AT)


@pytest.fixture
def oracle(settings: Settings) -> OneTimeCodes:
    return OneTimeCodes(settings)


def given(connection: Connection, practice: str, label: str = "Accueil") -> tuple[str, str]:
    """The short name of a new access and the token of its link."""
    found = accesses.give(connection, practice, label, AT)
    assert found
    return found[0].name, found[1]


def taken(connection: Connection, practice: str, oracle: OneTimeCodes) -> Key:
    """The key of a new access that is taken up."""
    key = new_key(given(connection, practice)[0])
    assert accesses.take_up(connection, key.name, oracle.seal(key))
    return key


def code(key: Key, at: datetime = AT) -> str:
    return pyotp.TOTP(key.secret).at(at)


def wrong(key: Key, at: datetime = AT) -> str:
    """Six digits that are no code of around `at`."""
    near = {code(key, at + STEPS * off) for off in range(-2, 3)}
    return next(digits for digits in ("000000", "111111", "222222", "333333", "444444", "555555") if digits not in near)


class TestGiven:
    @pytest.mark.parametrize(
        ("label", "word"),
        [
            ("Accueil", "accueil"),
            ("Secrétariat", "secretariat"),
            ("Remplaçant d'août", "remplacant"),
            ("Secrétariat-du-deuxième-étage", "secretariat"),
            ("Mme Z.", "mme"),
            ("日本", "acces"),
            ("!", "acces"),
        ],
    )
    def test_a_short_name_that_can_be_said(self, connection: Connection, practice: str, label: str, word: str) -> None:
        name, _ = given(connection, practice, label)
        said, _, signs = name.rpartition("-")
        assert said.startswith(word[:12])
        assert said.isascii()
        assert len(signs) == 4
        assert set(signs) <= set(SIGNS)
        assert accesses.typed(f" {name.upper().replace('-', ' ')} ") == name

    def test_it_is_a_member_who_may_act_and_has_no_codes_yet(self, connection: Connection, practice: str) -> None:
        name, token = given(connection, practice)
        found = practices.member(connection, name)
        assert found
        assert (found.role, found.practice, found.shown_as) == ("delegate", practice, "Accueil")
        assert accesses.secret_of(connection, name) == ""
        (listed,) = accesses.of(connection, practice)
        assert (listed.name, listed.taken, listed.waits(AT)) == (name, False, True)
        assert listed.waits(AT + LIFE) is False
        assert len(token) == 22

    def test_only_a_hash_of_the_link_is_kept(self, connection: Connection, practice: str) -> None:
        _, token = given(connection, practice)
        told = repr(connection.execute(select(schema.practice_slips)).all())
        assert token not in told

    def test_a_link_is_good_for_a_day_and_once(self, connection: Connection, practice: str) -> None:
        name, token = given(connection, practice)
        assert practice_slips.look(connection, accesses.GIVEN, token, AT + LIFE - INSTANT) == name
        assert practice_slips.look(connection, accesses.GIVEN, token, AT + LIFE) is None
        assert practice_slips.take(connection, accesses.GIVEN, token, AT) == name
        assert practice_slips.take(connection, accesses.GIVEN, token, AT) is None

    def test_so_many_and_no_more(self, connection: Connection, practice: str) -> None:
        names = [given(connection, practice)[0] for _ in range(MOST)]
        assert accesses.give(connection, practice, "Accueil", AT) is None
        assert practices.end(connection, practice, names[0], AT)
        assert accesses.give(connection, practice, "Accueil", AT) is not None
        there = practices.practice_of(connection, "there", "Cabinet du Port", AT)
        assert accesses.give(connection, there, "Accueil", AT) is not None

    def test_it_is_taken_up_once(self, connection: Connection, practice: str, oracle: OneTimeCodes) -> None:
        key = taken(connection, practice, oracle)
        other = Key(key.name, pyotp.random_base32())
        assert accesses.take_up(connection, key.name, oracle.seal(other)) is False
        assert oracle.check(connection, key.name, code(key), AT) is None

    def test_not_when_it_was_ended_before(self, connection: Connection, practice: str, oracle: OneTimeCodes) -> None:
        name, _ = given(connection, practice)
        practices.end(connection, practice, name, AT)
        assert accesses.take_up(connection, name, oracle.seal(new_key(name))) is False
        assert accesses.of(connection, practice) == []

    def test_a_physician_has_none(self, connection: Connection, practice: str, oracle: OneTimeCodes) -> None:
        number = practices.physician_of(connection, practice, "1", "Le docteur Martin", AT)
        assert accesses.find(connection, number) is None
        assert accesses.take_up(connection, number, oracle.seal(new_key(number))) is False


class TestCodes:
    @pytest.mark.parametrize("off", [-1, 0, 1])
    def test_a_clock_may_be_half_a_minute_off(
        self, connection: Connection, practice: str, oracle: OneTimeCodes, off: int
    ) -> None:
        key = taken(connection, practice, oracle)
        assert oracle.check(connection, key.name, code(key, AT + STEPS * off), AT) is None

    @pytest.mark.parametrize("off", [-2, 2, -10, 100])
    def test_and_no_more(self, connection: Connection, practice: str, oracle: OneTimeCodes, off: int) -> None:
        key = taken(connection, practice, oracle)
        given_code = code(key, AT + STEPS * off)
        if given_code not in {code(key, AT + STEPS * near) for near in (-1, 0, 1)}:
            assert oracle.check(connection, key.name, given_code, AT) == "wrong"

    def test_each_is_good_once(self, connection: Connection, practice: str, oracle: OneTimeCodes) -> None:
        key = taken(connection, practice, oracle)
        assert oracle.check(connection, key.name, code(key), AT) is None
        assert oracle.check(connection, key.name, code(key), AT) == "wrong"
        assert oracle.check(connection, key.name, code(key), AT + STEPS) == "wrong", "as long as it would be taken"
        assert oracle.check(connection, key.name, code(key, AT + STEPS), AT + STEPS) is None

    @pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "é" * 6, "\ud800" * 6, "0" * 999])
    def test_what_is_no_code_is_wrong(
        self, connection: Connection, practice: str, oracle: OneTimeCodes, typed: str
    ) -> None:
        assert oracle.check(connection, taken(connection, practice, oracle).name, typed, AT) == "wrong"

    def test_blanks_between_the_digits_are_nothing(
        self, connection: Connection, practice: str, oracle: OneTimeCodes
    ) -> None:
        key = taken(connection, practice, oracle)
        digits = code(key)
        assert oracle.check(connection, key.name, f" {digits[:3]}\u202f{digits[3:]} ", AT) is None

    def test_an_ended_access_opens_nothing(self, connection: Connection, practice: str, oracle: OneTimeCodes) -> None:
        key = taken(connection, practice, oracle)
        practices.end(connection, practice, key.name, AT)
        assert oracle.check(connection, key.name, code(key), AT) == "wrong"

    def test_a_secret_moved_to_another_access_opens_nothing(
        self, connection: Connection, practice: str, oracle: OneTimeCodes
    ) -> None:
        key = taken(connection, practice, oracle)
        other, _ = given(connection, practice)
        assert accesses.take_up(connection, other, accesses.secret_of(connection, key.name))
        assert oracle.check(connection, other, code(key), AT) == "wrong"

    def test_nor_does_any_once_the_secret_key_is_another(
        self, connection: Connection, practice: str, oracle: OneTimeCodes, settings: Settings
    ) -> None:
        key = taken(connection, practice, oracle)
        changed = OneTimeCodes(replace(settings, secret_key="z" * 40))
        assert changed.check(connection, key.name, code(key), AT) == "wrong"

    def test_the_secret_is_sealed_and_not_in_a_repr(
        self, connection: Connection, practice: str, oracle: OneTimeCodes
    ) -> None:
        key = taken(connection, practice, oracle)
        told = "\n".join(repr(connection.execute(select(table)).all()) for table in schema.metadata.tables.values())
        assert key.secret not in told
        assert key.secret not in repr(key)

    def test_what_an_application_reads(self, connection: Connection, practice: str, oracle: OneTimeCodes) -> None:
        key = taken(connection, practice, oracle)
        read = pyotp.parse_uri(key.uri)
        assert isinstance(read, pyotp.TOTP)
        assert (read.secret, read.name, read.issuer) == (key.secret, key.name, "Camille")
        assert "".join(key.groups) == key.secret
        assert read.at(AT) == code(key)


class TestGuessing:
    def test_five_tries_in_a_quarter_of_an_hour(
        self, connection: Connection, practice: str, oracle: OneTimeCodes
    ) -> None:
        key = taken(connection, practice, oracle)
        tries = [oracle.check(connection, key.name, wrong(key), AT) for _ in range(ACCESS.most + 3)]
        assert tries == ["wrong"] * ACCESS.most + ["too_many"] * 3
        late = AT + ACCESS.window - INSTANT
        assert oracle.check(connection, key.name, code(key, late), late) == "too_many", "even with the right one"
        assert oracle.check(connection, key.name, code(key, AT + ACCESS.window), AT + ACCESS.window) is None

    def test_the_door_of_another_stays_open(self, connection: Connection, practice: str, oracle: OneTimeCodes) -> None:
        key, other = taken(connection, practice, oracle), taken(connection, practice, oracle)
        for _ in range(ACCESS.most + 1):
            oracle.check(connection, key.name, wrong(key), AT)
        assert oracle.check(connection, other.name, code(other), AT) is None

    def test_fifty_for_all(self, connection: Connection, practice: str, oracle: OneTimeCodes) -> None:
        key = taken(connection, practice, oracle)
        for number in range(ACCESS.most_of_all):
            assert oracle.check(connection, f"accueil-{number:04d}", "123456", AT) == "wrong"
        assert oracle.check(connection, key.name, code(key), AT) == "too_many_of_all"
        assert oracle.check(connection, key.name, code(key, AT + ACCESS.window), AT + ACCESS.window) is None

    def test_whoever_tries_names_from_one_network_shuts_out_nobody_elsewhere(
        self, connection: Connection, practice: str, oracle: OneTimeCodes
    ) -> None:
        key = taken(connection, practice, oracle)
        tries = [oracle.check(connection, f"accueil-{n:04d}", "123456", AT, "p1_here") for n in range(100)]
        assert tries.count("wrong") == ACCESS.most_of_network
        assert oracle.check(connection, key.name, code(key), AT, "p1_here") == "too_many_of_network"
        assert oracle.check(connection, key.name, code(key), AT, "p1_there") is None

    def test_a_name_that_is_none_is_answered_for_as_one_that_is(
        self, connection: Connection, practice: str, oracle: OneTimeCodes
    ) -> None:
        key = taken(connection, practice, oracle)
        told = {
            name: [oracle.check(connection, name, wrong(key), AT) for _ in range(ACCESS.most + 1)]
            for name in (key.name, "personne-2222", given(connection, practice)[0])
        }
        assert len({tuple(verdicts) for verdicts in told.values()}) == 1

    def test_guesses_at_something_else_close_nothing_here(
        self, connection: Connection, practice: str, oracle: OneTimeCodes
    ) -> None:
        key = taken(connection, practice, oracle)
        for _ in range(ACCESS.most_of_all + 1):
            guesses.note(connection, RESUME, "p1_x", "p1_here", AT)
        assert oracle.check(connection, key.name, code(key), AT) is None

    def test_and_ours_close_nothing_elsewhere(
        self, connection: Connection, practice: str, oracle: OneTimeCodes
    ) -> None:
        for number in range(ACCESS.most_of_all):
            oracle.check(connection, f"accueil-{number:04d}", "123456", AT)
        assert guesses.shut(connection, ACCESS, "p1_x", "", AT) == "too_many_of_all"
        assert guesses.shut(connection, RESUME, "p1_x", "", AT) is None


class TestAtOnce:
    @pytest.fixture
    def key(self, settings: Settings, database: Database) -> Key:
        with database.transaction() as connection:
            here = practices.practice_of(connection, "here", "Cabinet des Tilleuls", AT)
            return taken(connection, here, OneTimeCodes(settings))

    def tried(self, settings: Settings, key: Key, digits: str, times: int) -> list[Any]:
        opened = [Database(settings.database_url) for _ in range(times)]

        def one(database: Database) -> Any:
            with database.transaction() as connection:
                return OneTimeCodes(settings).check(connection, key.name, digits, AT)

        told = at_once([lambda database=database: one(database) for database in opened])  # type: ignore[misc]
        for database in opened:
            database.close()
        return told

    def test_one_code_lets_one_in(self, settings: Settings, key: Key) -> None:
        told = self.tried(settings, key, code(key), 6)
        assert told.count(None) == 1

    def test_tries_at_the_same_instant_are_counted_each(self, settings: Settings, key: Key) -> None:
        told = self.tried(settings, key, wrong(key), 12)
        assert sorted(told) == ["too_many"] * 7 + ["wrong"] * ACCESS.most

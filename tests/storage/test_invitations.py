"""Invitations: known by keyed hashes only, good to the last instant and for so many persons, on both databases."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from assistant.folding import fold
from assistant.inviting import LIVES, STACK, STACK_LIFE, Given, Inviting, drawn, kept
from assistant.journeys.progress import Progress
from assistant.settings import Settings
from assistant.storage import guests, invitations, persons, practice_months, schema
from assistant.storage.database import Database
from assistant.storage.invitations import Aim, Way
from assistant.turns import Reply
from tests.support.at_once import at_once

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
INSTANT = timedelta(microseconds=1)
MANY = 1_000_000
Rows = Callable[[str], int]


@pytest.fixture
def inviting(settings: Settings, database: Database) -> Inviting:
    """Over a database with one practice and two physicians."""
    with database.transaction() as connection:
        connection.execute(insert(schema.practices).values(id="cabinet", key="k", name="Cabinet", made_at=AT))
        for name in ("Martin", "Petit"):
            row = {"id": name, "practice": "cabinet", "subject": name, "role": "physician", "secret": "", "made_at": AT}
            connection.execute(insert(schema.members).values(**row, shown_as=f"Le docteur {name}"))
    return Inviting(settings, database)


def made(inviting: Inviting, way: Way = "show", aim: Aim = "activer", at: datetime = AT, **more: Any) -> Given:
    return inviting.make(practice="cabinet", physician="Martin", way=way, aim=aim, at=at, **more)


def end(database: Database, practice: str, invitation: int, at: datetime) -> None:
    with database.transaction() as connection:
        invitations.end(connection, practice, invitation, at)


def stored(connection: Connection, name: str) -> str:
    connection.execute(insert(schema.persons).values(id=name, version=1, progress="{}", said="null", seen_at=AT))
    return name


class TestKeys:
    def test_what_leads_to_it_has_the_promised_shape(self, inviting: Inviting) -> None:
        given = made(inviting)
        word, number = given.word.split()
        assert (len(given.token), len(number), len(given.digits)) == (22, 3, 6)
        assert (word, number.isdigit(), given.digits.isdigit()) == (fold(word).upper(), True, True)
        assert given.digits[0] in "456789"

    def test_only_keyed_hashes_are_stored(self, inviting: Inviting, database: Database, settings: Settings) -> None:
        given = made(inviting)
        with database.transaction() as connection:
            row = connection.execute(select(schema.invitations)).one()
            everything = "\n".join(map(str, row))
        word = given.word.split()[0].lower()
        assert [secret for secret in (given.token, word, given.digits) if secret in everything.lower()] == []
        assert row.digits == kept("digits", given.digits, settings.pseudonym_pepper)
        assert row.digits != kept("digits", given.digits, "another pepper" * 3)

    @pytest.mark.parametrize("key", ["token", "word", "digits"])
    def test_each_leads_to_the_same(self, inviting: Inviting, database: Database, settings: Settings, key: Any) -> None:
        given = made(inviting, aim="ecrire")
        values = {"token": given.token, "word": given.word.lower().replace(" ", ""), "digits": given.digits}
        with database.transaction() as connection:
            hashed = kept(key, values[key], settings.pseudonym_pepper)
            found = invitations.good(connection, key, hashed, AT)
        assert found
        assert (found.id, found.practice, found.shown_as, found.aim) == (
            given.id,
            "cabinet",
            "Le docteur Martin",
            "ecrire",
        )

    def test_a_million_addresses_are_a_million(self) -> None:
        words = ("tulipe",)
        assert len({drawn(words)[0] for _ in range(MANY)}) == MANY

    def test_words_and_digits_that_are_taken_are_drawn_again(
        self, inviting: Inviting, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whichever of the two it is; also those of an invitation that is over, until it is purged."""
        draws = iter(
            [
                ("a" * 22, "tulipe", "428", "483920"),
                ("b" * 22, "tulipe", "428", "483921"),
                ("c" * 22, "cerise", "428", "483920"),
                ("d" * 22, "cerise", "428", "483921"),
            ]
        )
        monkeypatch.setattr("assistant.inviting.drawn", lambda _: next(draws))
        first = made(inviting)
        end(database, "cabinet", first.id, AT)
        second = made(inviting)
        assert (second.word, second.digits) == ("CERISE 428", "483921")
        with database.transaction() as connection:
            assert len(connection.execute(select(schema.invitations.c.id)).all()) == 2

    def test_thousands_at_once_share_nothing(self, inviting: Inviting, database: Database) -> None:
        with database.transaction() as connection:
            given = [made(inviting, connection=connection) for _ in range(1_000)]
        for key in ("token", "word", "digits", "id"):
            assert len({getattr(one, key) for one in given}) == len(given)


class TestLife:
    @pytest.mark.parametrize("way", LIVES)
    def test_good_to_the_last_instant(self, inviting: Inviting, way: Way) -> None:
        given, (life, _) = made(inviting, way), LIVES[way]
        assert given.expires_at == AT + life
        assert inviting.peek(given.token, AT + life - INSTANT)
        assert inviting.peek(given.token, AT + life) is None

    def test_the_lives_that_were_promised(self, inviting: Inviting) -> None:
        days = {way: life.days for way, (life, _) in LIVES.items()}
        assert days == {"show": 1, "sms": 7, "print": 30, "poster": 365}
        assert made(inviting, "print", stack=True).expires_at == AT + STACK_LIFE == AT + timedelta(days=365)

    def test_nobody_takes_it_up_at_the_second_of_its_end(self, inviting: Inviting, database: Database) -> None:
        given = made(inviting)
        with database.transaction() as connection:
            assert not invitations.take(connection, given.id, given.expires_at)
            assert invitations.take(connection, given.id, given.expires_at - INSTANT)

    def test_looking_uses_nothing_up(self, inviting: Inviting, database: Database) -> None:
        given = made(inviting)
        for _ in range(50):
            assert inviting.peek(given.token, AT)
        with database.transaction() as connection:
            assert connection.execute(select(schema.invitations.c.taken)).scalar_one() == 0

    def test_ended_by_its_practice_only(self, inviting: Inviting, database: Database) -> None:
        given = made(inviting)
        end(database, "another", given.id, AT)
        assert inviting.peek(given.token, AT)
        end(database, "cabinet", given.id, AT)
        assert inviting.peek(given.token, AT) is None

    def test_ending_twice_keeps_the_first_end(self, inviting: Inviting, database: Database) -> None:
        given = made(inviting)
        end(database, "cabinet", given.id, AT)
        end(database, "cabinet", given.id, AT + timedelta(days=1))
        with database.transaction() as connection:
            assert connection.execute(select(schema.invitations.c.ended_at)).scalar_one() == AT

    @pytest.mark.parametrize(("way", "more", "most"), [("show", {}, 1), ("print", {"stack": True}, STACK)])
    def test_for_so_many_persons(
        self, inviting: Inviting, database: Database, way: Way, more: dict[str, Any], most: int
    ) -> None:
        given = made(inviting, way, **more)
        with database.transaction() as connection:
            taken = [invitations.take(connection, given.id, AT) for _ in range(most + 2)]
        assert taken == [True] * most + [False, False]

    def test_a_poster_is_for_as_many_as_come(self, inviting: Inviting, database: Database) -> None:
        given = made(inviting, "poster")
        with database.transaction() as connection:
            assert all(invitations.take(connection, given.id, AT) for _ in range(500))

    @pytest.mark.parametrize("places", [1, 3])
    def test_of_many_who_come_at_once_as_many_are_in_as_there_are_places(
        self, inviting: Inviting, database: Database, places: int
    ) -> None:
        given = made(inviting)
        with database.transaction() as connection:
            connection.execute(update(schema.invitations).values(most=places))

        def take() -> bool:
            with database.transaction() as connection:
                return invitations.take(connection, given.id, AT)

        assert sum(at_once([take] * 8)) == places


class TestGuests:
    def test_a_guest_once_an_invitation(self, inviting: Inviting, database: Database) -> None:
        given = made(inviting, "poster")
        with database.transaction() as connection:
            person = stored(connection, "someone")
            assert not guests.came(connection, person, given.id)
            guests.add(connection, person, given.id, AT, counted=True)
            assert guests.came(connection, person, given.id)
            assert [one.shown_as for one in guests.unfinished(connection, person, "activer")] == ["Le docteur Martin"]
            assert guests.unfinished(connection, person, "ecrire", "partager") == []
            assert [guests.finish(connection, person, given.id) for _ in range(3)] == [True, False, False]
            assert guests.unfinished(connection, person, "activer") == []

    def test_who_refuses_finishes_without_being_counted(self, inviting: Inviting, database: Database) -> None:
        given = made(inviting)
        with database.transaction() as connection:
            person = stored(connection, "someone")
            guests.add(connection, person, given.id, AT, counted=True)
            guests.refuse(connection, person)
            assert guests.unfinished(connection, person, "activer")
            assert not guests.finish(connection, person, given.id)

    def test_erasing_a_person_erases_who_invited_her(self, inviting: Inviting, database: Database) -> None:
        given = made(inviting, "poster")
        with database.transaction() as connection:
            for name in ("one", "other"):
                guests.add(connection, stored(connection, name), given.id, AT, counted=True)
            persons.forget(connection, "one")
            assert connection.execute(select(schema.guests.c.person)).scalars().all() == ["other"]
            assert connection.execute(select(schema.invitations.c.id)).scalars().all() == [given.id]

    @pytest.mark.parametrize("refused", [True, False])
    def test_she_who_is_found_again_elsewhere_keeps_it(
        self, inviting: Inviting, database: Database, refused: bool
    ) -> None:
        """By a resume code her visit becomes the person of her telephone, who may have the same leaflet."""
        both, visit_only = made(inviting, "poster"), made(inviting, "poster")
        with database.transaction() as connection:
            owner, visit = persons.find(connection, "p1_phone"), persons.find(connection, "p1_web")
            for person, address in ((owner, "p1_phone"), (visit, "p1_web")):
                persons.save(connection, person, address, Progress(), Reply((), ""), AT)
            guests.add(connection, owner.id, both.id, AT, counted=True)
            for given in (both, visit_only):
                guests.add(connection, visit.id, given.id, AT, counted=not refused)
            persons.move(connection, "p1_web", owner.id)
            kept_rows = connection.execute(select(schema.guests)).all()
        assert {(row.person, row.invitation, row.counted) for row in kept_rows} == {
            (owner.id, both.id, not refused),
            (owner.id, visit_only.id, not refused),
        }

    def test_whoever_shares_a_telephone_keeps_her_own(self, inviting: Inviting, database: Database) -> None:
        given = made(inviting)
        with database.transaction() as connection:
            owner = persons.find(connection, "p1_phone")
            persons.save(connection, owner, "p1_phone", Progress(), Reply((), ""), AT)
            guests.add(connection, owner.id, given.id, AT, counted=True)
            connection.execute(insert(schema.companions).values(pseudonym="p1_phone", person=owner.id, position=1))
            persons.move(connection, "p1_phone", stored(connection, "other"))
            assert connection.execute(select(schema.guests.c.person)).scalars().all() == [owner.id]


class TestMonths:
    def test_counts_add_up_by_month(self, inviting: Inviting, database: Database) -> None:
        made(inviting)
        made(inviting, "print", stack=True)
        made(inviting, "poster", at=AT + timedelta(days=30))
        with database.transaction() as connection:
            practice_months.count(connection, "cabinet", "started", AT)
            practice_months.count(connection, "cabinet", "finished", AT + timedelta(days=10))
            found = practice_months.of(connection, "cabinet")
        november, december = (datetime(2026, month, 1, tzinfo=timezone.utc) for month in (11, 12))
        assert found == [
            practice_months.Month(november, 1 + STACK, 1, 0),
            practice_months.Month(december, 1, 0, 1),
        ]

    def test_nothing_but_the_month_is_kept(self, inviting: Inviting, database: Database) -> None:
        made(inviting, at=AT + timedelta(hours=random.Random(7).randrange(24)))
        with database.transaction() as connection:
            row = connection.execute(select(schema.practice_months)).one()
        assert set(row._mapping) == {"practice", "month", "what", "times"}
        assert row.month == datetime(2026, 11, 1, tzinfo=timezone.utc)

    def test_many_who_are_counted_at_once_are_all_counted(self, inviting: Inviting, database: Database) -> None:
        def count() -> None:
            with database.transaction() as connection:
                practice_months.count(connection, "cabinet", "started", AT)

        at_once([count] * 12)
        with database.transaction() as connection:
            assert [month.started for month in practice_months.of(connection, "cabinet")] == [12]

"""A change of SECRET_KEY: nothing that is sealed is lost, whoever works or dies meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone

import pytest
from sqlalchemy import Text, select
from sqlalchemy.engine import Connection

from assistant.errors import SealError
from assistant.journeys.progress import Progress
from assistant.one_time_codes import Key, OneTimeCodes, new_key
from assistant.privacy import resealing
from assistant.privacy.peppers import current
from assistant.privacy.pseudonyms import pseudonym
from assistant.privacy.resealing import reseal, sealed
from assistant.privacy.sealing import VERSION, Sealer
from assistant.settings import Settings
from assistant.storage import accesses, operators, outbox, persons, practices, reminders
from assistant.storage.database import Database
from assistant.storage.schema import metadata
from assistant.turns import Reply
from tests.support.killing import Killed, Killer

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
OLD, NEW = "k" * 40, "n" * 40
MOBILE, TEXT = "+33639980001", "Bonjour, c'est l'invitation."
PHONE = pseudonym("phone", MOBILE, "p" * 40)


def fill(database: Database, settings: Settings, secret: str = OLD) -> list[Key]:
    """What waits to be sent, plain and sealed, and two keys of one-time codes. The keys."""
    sealer, codes = Sealer(secret), OneTimeCodes(replace(settings, secret_key=secret, older_secret_keys=()))
    with database.transaction() as connection:
        person = persons.find(connection, PHONE)
        persons.save(connection, person, PHONE, Progress(), Reply((), "saluer"), AT)
        number = sealer.seal(MOBILE, current(PHONE))
        row = {"person": person.id, "address": PHONE, "number": number, "due_at": AT, "at": AT}
        for channel in ("sms", "voice", "sms"):
            reminders.put(connection, **row, channel=channel)  # type: ignore[arg-type]
        for key in range(4):
            for name, body in ((f"text:{key}", TEXT), (f"{outbox.INVITE}{key}", sealer.seal(TEXT, current(PHONE)))):
                sending = {"key": f"{name}:{secret[0]}", "kind": "sms", "address": PHONE, "number": number}
                outbox.put(connection, **sending, body=body, due_at=AT, at=AT)  # type: ignore[arg-type]
        return [_access(connection, codes), _operator(connection, codes)]


def _access(connection: Connection, codes: OneTimeCodes) -> Key:
    practice = practices.practice_of(connection, "here", "Cabinet des Tilleuls", AT)
    given = accesses.give(connection, practice, "Accueil", AT)
    assert given
    key = new_key(given[0].name)
    assert accesses.take_up(connection, key.name, codes.seal(key))
    return key


def _operator(connection: Connection, codes: OneTimeCodes) -> Key:
    name, _ = operators.add(connection, "relire", "relecture", AT)
    key = new_key(name)
    assert operators.take_up(connection, name, "hash", codes.seal(key))
    return key


def opened(database: Database, *secrets: str) -> Counter[str]:
    """How many sealed values of each column open under `secrets`; those that do not are of "shut"."""
    found: Counter[str] = Counter()
    with database.transaction() as connection:
        for column in sealed():
            beside = column.table.c[column.type.beside]
            for value, name in connection.execute(select(column, beside).where(column.startswith(VERSION))):
                found[str(column) if opens(value, name, secrets) else "shut"] += 1
    return found


def opens(value: str, name: str, secrets: Sequence[str]) -> bool:
    try:
        Sealer(*secrets).open(value, name)
    except SealError:
        return False
    return True


ALL = {"outbox.number": 8, "outbox.body": 4, "reminders.number": 3, "members.secret": 1, "operators.secret": 1}


def test_all_of_it_opens_under_the_new_secret_alone(database: Database, settings: Settings) -> None:
    access, _ = fill(database, settings)
    assert opened(database, OLD) == ALL
    done = reseal(database, Sealer(NEW, OLD))
    assert done.tables == {"outbox": 12, "reminders": 3, "members": 1, "operators": 1}
    assert not done.shut
    assert opened(database, NEW) == ALL
    assert opened(database, OLD) == {"shut": sum(ALL.values())}
    codes = OneTimeCodes(replace(settings, secret_key=NEW))
    with database.transaction() as connection:
        assert codes.opened(access.name, accesses.secret_of(connection, access.name)) == access
        plain = connection.execute(select(outbox.outbox.c.body).where(outbox.outbox.c.key.startswith("text:")))
        assert set(plain.scalars()) == {TEXT}


def test_while_both_are_given_either_opens_and_the_first_seals(database: Database, settings: Settings) -> None:
    fill(database, settings)
    both = Sealer(NEW, OLD)
    number = both.seal(MOBILE, PHONE)
    assert Sealer(NEW).open(number, PHONE) == MOBILE
    assert Sealer(OLD, NEW).open(number, PHONE) == MOBILE
    assert both.open(Sealer(OLD).seal(MOBILE, PHONE), PHONE) == MOBILE


def test_twice_is_once(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resealing, "AT_A_TIME", 2)
    fill(database, settings)
    reseal(database, Sealer(NEW, OLD))
    before = everything(database)
    assert not reseal(database, Sealer(NEW, OLD)).tables
    assert everything(database) == before


def test_a_number_that_is_taken_away_meanwhile_stays_away(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message is called off between the reading and the writing of its row."""
    if settings.database_url.startswith("sqlite"):
        pytest.skip("one transaction at a time")
    fill(database, settings)
    other, anew = Database(settings.database_url), Sealer.sealed_anew
    other.recognise(settings.peppers)

    def meanwhile(self: Sealer, value: str, name: str) -> str:
        with other.transaction() as connection:
            outbox.cancel(connection, PHONE, AT)
        return anew(self, value, name)

    monkeypatch.setattr(Sealer, "sealed_anew", meanwhile)
    done = reseal(database, Sealer(NEW, OLD))
    other.close()
    assert "outbox" not in +done.tables
    assert opened(database, NEW) == {name: count for name, count in ALL.items() if not name.startswith("outbox")}


def test_killed_at_any_step_the_next_one_does_the_rest(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "AT_A_TIME", 3)
    fill(database, settings)
    killer, steps = Killer(database.engine), 0
    while True:
        steps += 1
        killer.at(steps)
        try:
            reseal(database, Sealer(NEW, OLD))
            break
        except Killed:
            killer.revive()
            killer.spare()
            assert "shut" not in opened(database, NEW, OLD)
        finally:
            killer.spare()
    killer.close()
    assert steps > 10
    assert opened(database, NEW) == ALL


def test_what_opens_under_none_is_told_and_left(database: Database, settings: Settings) -> None:
    fill(database, settings, "lost" * 10)
    before = everything(database)
    done = reseal(database, Sealer(NEW, OLD))
    assert (done.shut, sum(done.tables.values())) == (17, 0)
    assert everything(database) == before


def everything(database: Database) -> list[str]:
    with database.transaction() as connection:
        return [repr(connection.execute(select(table)).all()) for table in metadata.sorted_tables]


def test_every_column_of_text_is_known_here() -> None:
    """Who adds one that is sealed gives it its type, or says here that it lasts hours only."""
    texts = {str(column) for table in metadata.sorted_tables for column in table.c if type(column.type) is Text}
    hours = {"practice_sessions.id_token", "practice_slips.value"}
    assert texts - hours == {"persons.progress", "persons.said", "inbox.reply", "operators.password"}

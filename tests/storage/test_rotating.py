"""A change of pepper: nobody is lost, no STOP is, whoever works or dies meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from assistant.errors import PepperError, SettingError
from assistant.journeys.progress import Progress
from assistant.privacy import rotating
from assistant.privacy.peppers import NAME, Peppers, current
from assistant.privacy.pseudonyms import pseudonym
from assistant.privacy.rotating import Rotated, named, rotate
from assistant.privacy.sealing import Sealer
from assistant.settings import Settings, read_settings
from assistant.storage import consents, database, outbox, persons, reminders, schema
from assistant.storage.database import Database
from assistant.turns import Reply
from tests.support.at_once import at_once
from tests.support.killing import Killed, Killer

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
OLD, NEW, NEWEST = "p" * 40, "q" * 40, "r" * 40
MOBILE, OTHER = "+33639980001", "+33639980002"
SEALER = Sealer("k" * 40)
INVITATION = f"{outbox.INVITE}1"

Open = Callable[..., Database]


def name(number: str = MOBILE) -> str:
    """What the faces call a telephone, whatever pepper is in force."""
    return pseudonym("phone", number, OLD)


@pytest.fixture
def open_it(settings: Settings) -> Iterator[Open]:
    """Another process over the same database, which knows these peppers."""
    opened: list[Database] = []

    def one(*peppers: str) -> Database:
        made = Database(settings.database_url)
        if not opened:
            made.upgrade()
        opened.append(made)
        made.recognise(peppers)
        return made

    yield one
    for each in opened:
        each.close()


def fill(made: Database) -> None:
    """One person with a place, a reminder and an SMS to come; another one who said STOP and was invited since."""
    with made.transaction() as connection:
        person = persons.find(connection, name())
        persons.save(connection, person, name(), Progress(), Reply((), "saluer"), AT)
        sealed = SEALER.seal(MOBILE, current(name()))
        row = {"person": person.id, "address": name(), "channel": "sms", "number": sealed, "due_at": AT, "at": AT}
        reminders.put(connection, **row)  # type: ignore[arg-type]
        consents.stop(connection, name(OTHER), "sms", AT)
        for key, number in (("text:1", MOBILE), (INVITATION, OTHER)):
            beside = current(name(number))
            body = SEALER.seal("Bonjour", beside) if key == INVITATION else "Bonjour"
            sending = {"key": key, "kind": "sms", "address": name(number), "number": SEALER.seal(number, beside)}
            outbox.put(connection, **sending, body=body, due_at=AT, at=AT)  # type: ignore[arg-type]


def change(made: Database, *peppers: str) -> Rotated | None:
    return rotate(made, made.know(peppers), SEALER)


def versions(made: Database) -> set[str]:
    """Under which peppers anything is kept: the beginnings of all names."""
    with made.transaction() as connection:
        kept = {value for column in named() for value in connection.execute(select(column)).scalars() if value}
    assert all(NAME.fullmatch(value) for value in kept)
    return {value.partition("_")[0] for value in kept}


def check(made: Database) -> None:
    """What `fill` put there is found, opens, and is held back from who said STOP."""
    with made.transaction() as connection:
        assert persons.find(connection, name()).version == 1
        assert not consents.is_stopped(connection, name())[0]
        assert consents.is_stopped(connection, name(OTHER))[0]
        due = {one.key: one for one in outbox.claim(connection, AT, timedelta(minutes=2), most=9)}
        (waiting,) = reminders.due(connection, AT)
    assert SEALER.open(waiting.number, waiting.address) == MOBILE
    assert {SEALER.open(one.number, one.address) for one in due.values()} == {MOBILE, OTHER}
    assert SEALER.open(due[INVITATION].body, due[INVITATION].address) == "Bonjour"


def test_everybody_is_found_under_the_new_pepper(open_it: Open) -> None:
    made = open_it(OLD, NEW)
    fill(made)
    assert versions(made) == {"p1"}
    done = change(made, OLD, NEW)
    assert done
    assert (done.before, done.after, done.shut) == (1, 2, 0)
    assert {table: done.tables[table] for table in ("addresses", "stopped", "consents", "outbox", "peppers")} == {
        "addresses": 1,
        "stopped": 1,
        "consents": 1,
        "outbox": 2,
        "peppers": 1,
    }
    assert versions(made) == {"p2"}
    check(made)


def test_the_old_pepper_says_nothing_of_the_new_names(open_it: Open) -> None:
    """Whoever has the old pepper and a new copy of the database finds no number in it."""
    made = open_it(OLD, NEW)
    fill(made)
    change(made, OLD, NEW)
    with made.engine.begin() as connection:
        kept = set(connection.execute(select(schema.addresses.c.pseudonym)).scalars())
    assert kept == {Peppers((OLD, NEW)).newest(name())}
    assert kept.isdisjoint({name(), Peppers((OLD, OLD)).newest(name()), Peppers((NEW, OLD)).newest(name())})


def test_twice_is_once_and_two_at_once_are_one(open_it: Open) -> None:
    fill(open_it(OLD, NEW))
    both = [open_it(OLD, NEW) for _ in range(2)]
    done = at_once([lambda made=made: change(made, OLD, NEW) for made in both])  # type: ignore[misc]
    assert sorted(found is None for found in done) == [False, True]
    assert change(both[0], OLD, NEW) is None
    check(both[1])


def test_no_process_holds_all_names_at_once(open_it: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker has 384 MB, and a hundred million names are many times that."""
    monkeypatch.setattr(rotating, "AT_A_TIME", 2)
    made = open_it(OLD, NEW)
    fill(made)
    numbers = [f"+3363999{index:04d}" for index in range(7)]
    with made.transaction() as connection:
        for number in numbers:
            sealed = SEALER.seal(number, current(name(number)))
            sending = {"key": number, "kind": "sms", "address": name(number), "number": sealed, "body": "Bonjour"}
            outbox.put(connection, **sending, due_at=AT + timedelta(days=1), at=AT)  # type: ignore[arg-type]
    read, put = dict[str, object](), list[int]()

    def look(_c: object, cursor: object, statement: str, given: object, _x: object, many: bool) -> None:
        if "EXCEPT" in statement:
            read[statement] = getattr(cursor, "name", "a file hands its rows over one by one")
        if many and "INTO renamed" in statement:
            put.append(len(given))  # type: ignore[arg-type]

    event.listen(made.engine, "before_cursor_execute", look)
    done = change(made, OLD, NEW)
    assert done
    assert done.shut == 0
    assert versions(made) == {"p2"}
    check(made)
    assert read
    assert all(read.values()), "PostgreSQL hands over by a cursor of its own only what does not come all at once"
    assert max(put) == 2
    with made.transaction() as connection:
        kept = connection.execute(select(schema.outbox.c.number, schema.outbox.c.address)).all()
    assert {SEALER.open(number, address) for number, address in kept} == {MOBILE, OTHER, *numbers}


def test_several_changes_in_one_go_and_one_after_the_other(open_it: Open) -> None:
    made = open_it(OLD, NEW)
    fill(made)
    change(made, OLD, NEW)
    change(made, OLD, NEW, NEWEST)
    with made.transaction() as connection:
        step_by_step = set(connection.execute(select(schema.stopped.c.address)).scalars())
    assert step_by_step == {Peppers((OLD, NEW, NEWEST)).newest(name(OTHER))}
    check(made)


def test_what_a_process_holds_from_before_is_found_after(open_it: Open) -> None:
    """The worker has claimed an invitation; the pepper is changed; then it asks, a last time, whether she said STOP."""
    worker, other = open_it(OLD, NEW), open_it(OLD, NEW)
    fill(worker)
    with worker.transaction() as connection:
        held = {one.key: one for one in outbox.claim(connection, AT, timedelta(minutes=2), most=9)}
    change(other, OLD, NEW)
    with worker.transaction() as connection:
        assert outbox.keep(connection, held[INVITATION], AT, timedelta(minutes=2))
        assert consents.is_stopped(connection, held[INVITATION].address)[0]
        assert outbox.settle(connection, held[INVITATION], "cancelled", AT, code="stop")


class TestWhoDoesNotKnowIt:
    def test_an_old_process_finds_nobody_rather_than_somebody_else(self, open_it: Open) -> None:
        old, new = open_it(OLD), open_it(OLD, NEW)
        fill(old)
        change(new, OLD, NEW)
        with pytest.raises(PepperError, match="avec 2 secrets et 1 sont donnés"), old.transaction():
            pass
        check(new)

    @pytest.mark.parametrize("peppers", [(NEW,), (NEW, OLD)], ids=["another one", "the wrong order"])
    def test_another_pepper_does_not_start(self, open_it: Open, peppers: tuple[str, ...]) -> None:
        fill(open_it(OLD))
        with pytest.raises(PepperError, match="n'est pas le secret de cette base"):
            open_it(*peppers)

    def test_nor_does_a_wrong_one_before_the_right_one(self, open_it: Open) -> None:
        made = open_it(OLD, NEW)
        change(made, OLD, NEW)
        with pytest.raises(PepperError, match="n'est pas le secret de cette base"):
            open_it(NEWEST, NEW)

    def test_an_earlier_release_is_not_gone_back_to(self, open_it: Open) -> None:
        made = open_it(OLD, NEW)
        fill(made)
        made.move("0005")
        made.upgrade()
        change(made, OLD, NEW)
        with pytest.raises(PepperError, match="plus ancienne"):
            made.move("0005")
        check(made)


def test_killed_at_any_step_nothing_has_changed(open_it: Open) -> None:
    """Before each statement and around the commit. Only who dies after the commit has changed it, wholly."""
    made = open_it(OLD, NEW)
    fill(made)
    killer, steps = Killer(made.engine), 0
    while True:
        steps += 1
        killer.at(steps)
        try:
            change(made, OLD, NEW)
            break
        except Killed:
            killer.revive()
            killer.spare()
            found = versions(made)
            assert found == ({"p2"} if killer.deaths[-1] == "after commit" else {"p1"}), killer.deaths[-1]
            if found == {"p2"}:
                break
        finally:
            killer.spare()
    killer.close()
    assert steps > 20
    assert killer.deaths[-1] == "after commit"
    check(made)


@pytest.mark.parametrize("known", [False, True], ids=["new people", "people known before"])
def test_turns_at_the_same_instant(open_it: Open, known: bool) -> None:
    """Eight processes take turns of eight people while a ninth changes the pepper: each finds herself, once."""
    made = open_it(OLD, NEW)
    numbers = [f"+3363998{index:04d}" for index in range(8)]
    turns, over = 12, threading.Event()

    def turn(process: Database, number: str) -> None:
        with process.transaction() as connection:
            person = persons.find(connection, name(number))
            persons.save(connection, person, name(number), Progress(), Reply((), "saluer"), AT)
            consents.stop(connection, name(number), "sms", AT)

    def live(number: str) -> None:
        process = open_it(OLD, NEW)
        for _ in range(turns):
            turn(process, number)

    def rotation() -> None:
        change(made, OLD, NEW)
        over.set()

    if known:
        for number in numbers:
            turn(made, number)
    at_once([*(lambda number=number: live(number) for number in numbers), rotation])  # type: ignore[misc]
    assert over.is_set()
    assert versions(made) == {"p2"}
    with made.transaction() as connection:
        found = [persons.find(connection, name(number)).version for number in numbers]
        assert found == [turns + known] * len(numbers)
        assert all(consents.is_stopped(connection, name(number))[0] for number in numbers)
        rows = [len(connection.execute(select(table)).all()) for table in (schema.persons, schema.stopped)]
        assert rows == [len(numbers)] * 2


def test_a_long_backup_stops_the_change_and_not_the_people(
    open_it: Open, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pg_dump reads every table for minutes. Whoever waits to be alone would have everybody wait behind."""
    if settings.database_url.startswith("sqlite"):
        pytest.skip("one transaction at a time")
    made, backup = open_it(OLD, NEW), open_it(OLD)
    fill(made)
    monkeypatch.setattr(database, "ALONE_WITHIN", "300ms")
    with backup.transaction():
        with pytest.raises(OperationalError, match="lock timeout"):
            change(made, OLD, NEW)
        check(made)
    change(made, OLD, NEW)
    assert versions(made) == {"p2"}


def test_a_number_that_did_not_open_before_is_told(open_it: Open) -> None:
    """SECRET_KEY was changed: it could not be sent, and the change of pepper does not stop at it."""
    made = open_it(OLD, NEW)
    fill(made)
    done = rotate(made, made.know((OLD, NEW)), Sealer("z" * 40))
    assert done
    assert done.shut == 3
    assert versions(made) == {"p2"}


class TestSettings:
    def read(self, settings: Settings, pepper: str) -> Settings:
        return read_settings({"CAMILLE_VAR": str(settings.var), "SECRET_KEY": "k" * 40, "PSEUDONYM_PEPPER": pepper})

    def test_one_is_one(self, settings: Settings) -> None:
        assert self.read(settings, OLD).peppers == (OLD,)

    def test_the_oldest_comes_first(self, settings: Settings) -> None:
        found = self.read(settings, f"{OLD}, {NEW}")
        assert found.peppers == (OLD, NEW)
        assert found.pseudonym_pepper == OLD
        assert NEW not in repr(found)

    @pytest.mark.parametrize("pepper", [f"{OLD},", f"{OLD},short", f"{OLD},{OLD}"], ids=["empty", "short", "twice"])
    def test_what_is_no_second_secret_is_refused(self, settings: Settings, pepper: str) -> None:
        with pytest.raises(SettingError, match="PSEUDONYM_PEPPER"):
            self.read(settings, pepper)
        with pytest.raises(SettingError, match="PSEUDONYM_PEPPER"):
            replace(settings, pseudonym_pepper="") and self.read(settings, f",{OLD}")


def test_a_database_that_nobody_named_yet_is_the_first_ones(open_it: Open) -> None:
    """As after an upgrade: what is there was written by a release that had one pepper."""
    with closing(open_it(OLD, NEW)) as made:
        assert versions(made) == {"p1"}
        assert open_it(OLD)

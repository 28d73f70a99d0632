"""A restore, a change of pepper, an erasure and a purge, each on a copy of a database that a town has lived with.

`make rehearse` runs them alone and tells what each did. docs/deploy.md says how to do the same with a backup of yours.
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from assistant.privacy.pseudonyms import national, pseudonym
from assistant.privacy.retention import purge
from assistant.privacy.rotating import named, rotate
from assistant.privacy.sealing import VERSION, Sealer
from assistant.settings import ROOT
from assistant.storage import persons, schema
from benchmarks.crowd import ERASING, STOP
from tests.support import postgres
from tests.support.carrier import Phone
from tests.support.faces import NOON
from tests.support.kept import kept
from tests.support.postgres import KINDS
from tests.support.town import PEPPER, Life, Town, fill, town

PEOPLE, SEED = 120, 9
# A whole one: three of its letters stand in random identifiers too.
OLD_NAME = re.compile(r"p1_[A-Za-z0-9_-]{22}")
Rows = dict[str, list[dict[str, Any]]]
PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


class Copies:
    """A filled database, and as many restored copies of it as are asked for."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder, self._number = kind, folder, 0
        self.lives: list[Life] = []
        self._held = ExitStack()
        self.url = self._empty()
        with town(folder / "var", self.url) as made:
            fill(made, PEOPLE, SEED)
            self.lives, self.rows = made.lives, made.rows()
        self._backup()

    @contextmanager
    def open(self) -> Iterator[Town]:
        """The town in a restored copy, everybody where she was."""
        with self.restored() as url, town(self.folder / f"var{self._number}", url, self.lives) as made:
            yield made

    @contextmanager
    def restored(self) -> Iterator[str]:
        if self.kind == "sqlite":
            self._number += 1
            path = self.folder / f"restored{self._number}.sqlite"
            path.write_bytes((self.folder / "camille.dump").read_bytes())
            yield f"sqlite:///{path}"
            return
        with postgres.server().database() as url:
            self._number += 1
            self._run(r"^(pg_restore .*)$", {"--dbname=camille_restored": f"--dbname={url}"})
            yield url

    def close(self) -> None:
        self._held.close()

    def _empty(self) -> str:
        if self.kind == "sqlite":
            return f"sqlite:///{self.folder / 'camille.sqlite'}"
        return self._held.enter_context(postgres.server().database())

    def _backup(self) -> None:
        if self.kind == "sqlite":
            source, target = str(make_url(self.url).database), str(self.folder / "camille.dump")
            with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
                live.backup(copy)
            return
        self._run(r"^(pg_dump .*)$", {'"$(cat docker/secrets/database_url)"': self.url})

    def _run(self, line: str, told: dict[str, str]) -> None:
        """A command of docs/deploy.md, over other databases."""
        (command,) = re.findall(line, PAGE, re.M)
        for written, meant in told.items():
            assert written in command
            command = command.replace(written, meant)
        binary, *arguments = command.split()
        subprocess.run([postgres.server().tools / binary, *arguments], cwd=self.folder, check=True)


@pytest.fixture(scope="module", params=KINDS)
def copies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    made = Copies(request.param, tmp_path_factory.mktemp("town"))
    yield made
    made.close()


def sorted_rows(rows: Rows) -> dict[str, list[str]]:
    return {name: sorted(map(repr, found)) for name, found in rows.items()}


def test_the_town_has_something_in_every_table(copies: Copies) -> None:
    """What is not there would be compared in vain."""
    assert [name for name, found in copies.rows.items() if not found] == []
    assert len(copies.rows["persons"]) > PEOPLE * 0.9
    assert len(copies.rows["inbox"]) > PEOPLE * 3
    assert {row["state"] for row in copies.rows["outbox"]} >= {"due", "sent"}


def state_of(made: Town, life: Life) -> dict[str, list[dict[str, Any]]]:
    """All that is kept of her; what is sealed is never twice the same."""
    with made.database.transaction() as connection:
        found = kept(connection, made.phone(life.number), times=True)
    for row in found.get("outbox", ()):
        row["body"] = VERSION if row["body"].startswith(VERSION) else row["body"]
    return found


def test_what_is_sealed_opens_beside_its_new_name(copies: Copies) -> None:
    with copies.open() as made:
        sealer = Sealer(*made.face.settings.secret_keys)
        rotate(made.database, made.database.know(made.face.settings.peppers), sealer)
        rows = made.rows()
        sealed = [row for row in (*rows["outbox"], *rows["reminders"]) if row["number"]]
        assert len(sealed) > 5
        for row in sealed:
            assert row["address"] == made.database.know(made.face.settings.peppers).newest(
                made.phone(sealer.open(row["number"], row["address"]))
            )


def test_a_restored_town_is_the_same_town_and_goes_on(copies: Copies) -> None:
    """Every row of every table; then everybody does the rest, here and in another copy, and is told the same."""
    with copies.open() as here, copies.open() as there:
        assert sorted_rows(here.rows()) == sorted_rows(copies.rows)
        assert here.go_on() == there.go_on()
        for mine, hers in zip(here.lives, there.lives, strict=True):
            assert state_of(here, mine) == state_of(there, hers)


def test_after_a_change_of_pepper_everybody_goes_on_at_her_step(copies: Copies) -> None:
    """Against a copy in which nothing was changed: the same words, the same rows, and silence for who said STOP."""
    with copies.open() as changed, copies.open() as as_before:
        database = changed.database
        peppers = database.know(changed.face.settings.peppers)
        done = rotate(database, peppers, Sealer(*changed.face.settings.secret_keys))
        assert done
        assert done.shut == 0
        assert {table for table, times in done.tables.items() if times} == {column.table.name for column in named()}
        assert not OLD_NAME.search(str(changed.rows()))
        assert {name: len(rows) for name, rows in changed.rows().items()} == {
            name: len(rows) for name, rows in copies.rows.items()
        }
        stopped = [life for life in changed.lives if ("text", STOP) in life.script.acts[: life.done]]
        assert stopped
        assert [Phone(changed.line, life.number).text("merci") for life in stopped[:1]] == [
            Phone(as_before.line, life.number).text("merci") for life in stopped[:1]
        ]
        assert changed.go_on() == as_before.go_on()
        for mine, hers in zip(changed.lives, as_before.lives, strict=True):
            assert state_of(changed, mine) == state_of(as_before, hers)
        assert not OLD_NAME.search(str(changed.rows()))


def traces(made: Town, life: Life) -> dict[str, int]:
    """In which column of which table anything of her stands: her number as people write it, her names, her ids."""
    with made.database.transaction() as connection:
        person = persons.find(connection, made.phone(life.number)).id
    return search(made, signs(made, life, person))


def signs(made: Town, life: Life, person: str) -> list[str]:
    local = national(life.number)
    name = pseudonym("phone", life.number, PEPPER)
    peppers = made.database.know(made.face.settings.peppers)
    return [life.number, life.number[1:], local, local.replace(" ", ""), person, name[3:], peppers.newest(name)[3:]]


def search(made: Town, wanted: list[str]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for table, rows in made.rows().items():
        for row in rows:
            for column, value in row.items():
                found[f"{table}.{column}"] += any(sign in str(value) for sign in wanted)
    return {column: times for column, times in found.items() if times}


@pytest.mark.parametrize("changed", [False, True], ids=["first pepper", "after a change of pepper"])
def test_who_is_erased_is_nowhere_any_more(copies: Copies, changed: bool) -> None:
    """A search over every column of every table: what is left is what the provider calls her messages, and a proof."""
    with copies.open() as made:
        if changed:
            known, sealer = made.database.know(made.face.settings.peppers), Sealer(*made.face.settings.secret_keys)
            rotate(made.database, known, sealer)
        # Invited by SMS, and going on: a place, traces, replies, guesses, a row for the caps, one to be sent.
        life = next(one for one in made.lives[30::3] if one.script.writes and ("text", STOP) not in one.script.acts)
        with made.database.transaction() as connection:
            person = persons.find(connection, made.phone(life.number)).id
        phone, before = Phone(made.line, life.number), made.rows()
        wanted = signs(made, life, person)
        held = search(made, wanted)
        assert {"addresses.pseudonym", "persons.id", "inbox.address", "events.person", "invited.address"} <= set(held)
        hers = [row["message_id"] for row in before["inbox"] if row["address"][3:] in wanted]
        assert hers
        told = [phone.text(body) for body in ERASING]
        proof = re.search(r"\d\d(?: \d\d){5}", told[-1])
        assert proof
        assert made.face.conversation.proofs.is_genuine(NOON.date(), proof.group())
        assert search(made, wanted) == {}
        after = made.rows()
        left = {row["message_id"]: row for row in after["inbox"] if row["message_id"] in hers}
        assert set(left) == set(hers)
        assert {row["address"] for row in left.values()} == {""}
        assert all('"messages": []' in row["reply"] or "[]" in row["reply"] for row in left.values())
        # And nobody else's row has gone.
        for table, rows in before.items():
            gone = {repr(row) for row in rows} - {repr(row) for row in after[table]}
            strangers = [row for row in gone if not any(sign in row for sign in wanted)]
            assert table in ("inbox", "tallies") or strangers == [], table


# The purge. Written from what people are told, not from the code: table, instant, days, and of which rows.
DAY = timedelta(days=1)
Row = dict[str, Any]
PROMISED: tuple[tuple[str, str, timedelta, Callable[[Row], bool]], ...] = (
    ("persons", "seen_at", 90 * DAY, lambda row: True),
    ("events", "at", 30 * DAY, lambda row: True),
    ("inbox", "received_at", 30 * DAY, lambda row: True),
    ("inbox", "received_at", 7 * DAY, lambda row: row["provider"] not in ("web", "rating")),
    ("unclear", "day", 30 * DAY, lambda row: True),
    ("resume_codes", "expires_at", 0 * DAY, lambda row: True),
    ("guesses", "at", 1 * DAY, lambda row: True),
    ("outbox", "ended_at", 30 * DAY, lambda row: row["ended_at"] is not None),
    ("outbox", "due_at", 30 * DAY, lambda row: row["ended_at"] is None),
    ("outbox", "created_at", 1 * DAY, lambda row: row["ended_at"] is None and row["key"].startswith("invite:")),
    ("reminders", "due_at", 30 * DAY, lambda row: True),
    ("ratings", "day", 400 * DAY, lambda row: True),
    ("invitations", "expires_at", 30 * DAY, lambda row: True),
    ("invitations", "ended_at", 30 * DAY, lambda row: row["ended_at"] is not None),
    ("invited", "at", 30 * DAY, lambda row: True),
    ("unanswered", "at", 90 * DAY, lambda row: True),
    ("consents", "given_at", 0 * DAY, lambda row: row["kind"] == "erase"),
    ("audit", "at", 365 * DAY, lambda row: True),
    ("members", "ended_at", 365 * DAY, lambda row: row["ended_at"] is not None),
    ("practice_sessions", "seen_at", timedelta(minutes=30), lambda row: True),
    ("practice_sessions", "made_at", timedelta(hours=8), lambda row: True),
    ("practice_slips", "expires_at", 0 * DAY, lambda row: True),
    ("operators", "seen_at", 365 * DAY, lambda row: True),
    ("operator_acts", "at", 365 * DAY, lambda row: True),
    ("operator_sessions", "seen_at", timedelta(minutes=20), lambda row: True),
    ("operator_sessions", "made_at", timedelta(hours=4), lambda row: True),
    ("practice_months", "month", 400 * DAY, lambda row: True),
    ("tallies", "day", 400 * DAY, lambda row: True),
)


def surviving(rows: Rows, now: datetime) -> Rows:
    """What is to be there after a purge at `now`, worked out row by row, without the database."""
    left = {name: list(found) for name, found in rows.items()}
    for table, since, life, which in PROMISED:
        left[table] = [row for row in left[table] if not (which(row) and row[since] < now - life)]
    named_in_audit = {row["practice"] for row in left["audit"]}
    left["practices"] = [
        row for row in left["practices"] if row["made_at"] >= now - 365 * DAY or row["id"] in named_in_audit
    ]
    while True:  # what hangs on a row that went, goes
        before = sum(map(len, left.values()))
        for table in schema.metadata.sorted_tables:
            for key in table.foreign_keys:
                there = {row[key.column.name] for row in left[key.column.table.name]}
                left[table.name] = [row for row in left[table.name] if row[key.parent.name] in there]
        if sum(map(len, left.values())) == before:
            return left


@pytest.mark.parametrize("days", [0, 1, 2, 7, 29, 31, 60, 89, 91, 200, 366, 399, 401])
def test_a_purge_takes_all_that_is_past_its_time_and_nothing_else(copies: Copies, days: int) -> None:
    with copies.open() as made:
        now = NOON + timedelta(days=days, minutes=1)
        before = made.rows()
        expected = surviving(before, now)
        with made.database.transaction() as connection:
            purge(connection, now)
        assert sorted_rows(made.rows()) == sorted_rows(expected)
        gone = {name for name, found in before.items() if len(found) > len(expected[name])}
        assert {"practice_slips", "inbox"} <= gone
        if days > 400:
            stays = {name for name, found in expected.items() if found}
            assert stays == {"stopped", "consents", "peppers", "switches"}

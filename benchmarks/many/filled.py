"""What the past costs: the same turns on an empty database and on one with a million people and fifty million turns.

`python -m benchmarks.many.filled FOLDER` fills a PostgreSQL in FOLDER the first time (some fifty gigabytes and an
hour), keeps it there, and measures. Two processes of Camille, one on each database, are asked in turns by one client;
on the full one once by people who are new, and once by people who have fifty turns behind them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import select, text

from assistant.content.book import open_book
from assistant.privacy.pseudonyms import pseudonym
from assistant.settings import ROOT
from assistant.storage.database import Database
from assistant.storage.schema import inbox, persons
from benchmarks.camille import Camille, number
from benchmarks.conversations import world
from benchmarks.load import Load, percentile
from benchmarks.many.filling import ADDRESS, fill
from benchmarks.many.people import Person, Told, Ways, writes
from benchmarks.messages import free_sentences
from tests.support import postgres
from tests.support.carrier import Phone
from tests.support.walker import Walker

PEOPLE, TURNS = 1_000_000, 50_000_000
WALKED = 60
# What a person does in this measure: as in `make bench`, and as many sentences as people write.
EXCHANGE = ("bonjour", "1", "1", "2", "", "1", "1", "", "1", "1", "répétez", "1")
EXCHANGES, WARM_UP = 60, 6
AIM = 1.10
EMPTY, FULL, HALF_FULL = "camille_empty", "camille_full", "camille_half_full"
KNOWN = 500
PEPPER = "y" * 40


def samples() -> tuple[list[Any], list[Any]]:
    """Replies, and places with what was said there, of people who walked through the journey just now."""
    sentences, _ = free_sentences()
    ways = Ways({"sms": Walker(open_book(ROOT / "data"), "activer", "sms")}, sentences)
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), None) as here:
        for walked in range(WALKED):
            person = Person("sms", ways, random.Random(walked))
            for _ in writes(Phone(here.line, f"+336{walked:08d}"), person, Told()):
                pass
        with here.database.transaction() as connection:
            replies = [json.loads(reply) for reply in connection.execute(select(inbox.c.reply)).scalars()]
            places = connection.execute(select(persons.c.progress, persons.c.said)).all()
    told = [reply for reply in replies if isinstance(reply, dict)]
    return told[:: max(len(told) // 200, 1)], [(json.loads(place), json.loads(said)) for place, said in places]


def opened(server: postgres.Server, name: str) -> Database:
    """The database `name`, with the tables of this release."""
    if not server.has(name):
        server.create(name)
    database = Database(server.url(name))
    database.upgrade()
    return database


def measured(empty: str, full: str, console: Console) -> dict[str, list[float]]:
    """Milliseconds of each turn: new people on the empty database, new ones on the full one, known ones on that."""
    sentences, _ = free_sentences()
    found: dict[str, list[float]] = {"empty": [], "full": [], "full, known people": []}
    with tempfile.TemporaryDirectory() as scratch, Load() as load:
        systems = [
            Camille(Path(scratch, name), DATABASE_URL=url, PSEUDONYM_PEPPER=PEPPER)
            for name, url in (("e", empty), ("f", full))
        ]
        try:
            for system in systems:
                system.start()
            asked = list(zip(found, (systems[0], systems[1], systems[1]), strict=True))
            for passing in range(-WARM_UP, EXCHANGES):
                order = asked if passing % 2 else asked[::-1]
                for place, (name, system) in enumerate(order):
                    person = _person(passing + WARM_UP, known="known" in name, place=place)
                    turns = [text or sentences[(passing * 7 + at) % len(sentences)] for at, text in enumerate(EXCHANGE)]
                    answers = load.turns(system.port, [system.request(person, turn) for turn in turns])
                    silent = sum(not system.spoke(answer) for answer in answers)
                    if silent:
                        console.print(f"[red]{name}: {silent} turns without an answer[/]")
                    if passing >= 0:
                        found[name] += [answer.ms for answer in answers]
        finally:
            for system in systems:
                system.stop()
    return found


def _person(number: int, *, known: bool, place: int) -> int:
    """Known people are the first ones; new ones are numbered after them, others for each of the three."""
    return number if known else KNOWN * (1 + place) + number


def known(full: Database, pepper: str) -> None:
    """Give the first people of the past the telephones that will write."""
    with full.transaction() as connection:
        for person in range(KNOWN):
            row = {"before": person, "after": pseudonym("phone", number(person), pepper)}
            for table, column in (("addresses", "pseudonym"), ("inbox", "address")):
                before = ADDRESS.format("CAST(:before AS int)")
                connection.execute(text(f"UPDATE {table} SET {column} = :after WHERE {column} = {before}"), row)  # noqa: S608


def show(found: dict[str, list[float]], sizes: Sequence[str], console: Console) -> bool:
    """The table; whether the aim was reached."""
    table = Table("", "turns", "mean ms", "p50", "p95", "p99", "beside empty", title="What the past costs")
    base = mean(found["empty"])
    for name, times in found.items():
        figures = [mean(times), *(percentile(times, share) for share in (0.50, 0.95, 0.99))]
        table.add_row(name, str(len(times)), *(f"{each:.1f}" for each in figures), f"{mean(times) / base:.2f}")
    console.print(table, f"On disk: {', '.join(sizes)}. Aim: {AIM:.2f} at most.")
    return mean(found["full"]) / base <= AIM


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m benchmarks.many.filled", description=__doc__)
    reader.add_argument("folder", type=Path, help="where the database stays")
    reader.add_argument("--people", type=int, default=PEOPLE)
    reader.add_argument("--turns", type=int, default=TURNS)
    reader.add_argument("--fill", action="store_true", help="fill it, and measure another time")
    given, console = reader.parse_args(), Console()
    server = postgres.Server(postgres.binaries(), durable=True, folder=given.folder.resolve())
    try:
        if not server.has(FULL):
            server.drop(HALF_FULL)
            database = opened(server, HALF_FULL)
            fill(database, given.people, given.turns, *samples(), datetime.now(timezone.utc))
            known(database, PEPPER)
            database.close()
            server.rename(HALF_FULL, FULL)
        if given.fill:
            return 0
        server.drop(EMPTY)
        empty, full = opened(server, EMPTY), opened(server, FULL)
        found = measured(server.url(EMPTY), server.url(FULL), console)
        sizes = []
        for name, database in ((EMPTY, empty), (FULL, full)):
            with database.transaction() as connection:
                size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
            sizes.append(f"{name} {size / 2**30:.1f} GB")
            database.close()
        return 0 if show(found, sizes, console) else 1
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())

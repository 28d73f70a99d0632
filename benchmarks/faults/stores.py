"""The stores break: PostgreSQL is gone, restarts, hangs or is slow, a table is held; Redis is gone, or hangs."""

from __future__ import annotations

import json
import signal
import time
import urllib.error
import urllib.request
from contextlib import closing
from http import HTTPStatus
from typing import Any

import psycopg2

from benchmarks.crowd import STOP
from benchmarks.faults.house import House
from benchmarks.faults.ledger import Row
from tests.support.carrier import Phone

BEFORE, LONG = 1.0, 8.0  # seconds: people are writing; longer than any wait of ours
SLOW = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.7); RETURN NEW; END $$;
CREATE TRIGGER slow BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION slow();
"""


def readiness(house: House) -> list[dict[str, Any]]:
    """What each face says of itself."""
    found = []
    for port in house.deployment.faces:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=12) as answer:
                found.append(json.load(answer))
        except urllib.error.HTTPError as refused:
            found.append(json.load(refused))
    return found


def connected(house: House) -> Any:
    """A connection of somebody else's, that holds things."""
    return closing(psycopg2.connect(house.deployment.database_url))


def database_restarts(house: House, row: Row) -> None:
    """Noticed by nobody: it is back within three seconds."""
    time.sleep(BEFORE)
    begun = time.monotonic()
    house.postgres.shut_down()
    house.postgres_again()
    row.notes.append(f"it was away for {time.monotonic() - begun:.1f} s")


def database_gone(house: House, row: Row) -> None:
    time.sleep(BEFORE)
    house.postgres.signal(signal.SIGKILL)
    time.sleep(LONG)
    told = readiness(house)
    row.check(all(one["database"] == "away" and not one["ready"] for one in told), f"/readyz said {told}")
    house.postgres_again()
    house.ready()


def database_hangs(house: House, row: Row) -> None:
    """Its processes are stopped: it takes connections and answers nothing, as with a disk that hangs."""
    time.sleep(BEFORE)
    house.postgres.signal(signal.SIGSTOP)
    time.sleep(LONG)
    told = readiness(house)
    row.check(all(one["database"] == "away" for one in told), f"/readyz said {told}")
    house.postgres.signal(signal.SIGCONT)
    house.ready()


def table_held(house: House, _row: Row) -> None:
    """Somebody holds the table that every turn writes to, for longer than it is waited for."""
    time.sleep(BEFORE)
    with connected(house) as holder:
        holder.cursor().execute("LOCK TABLE persons IN ACCESS EXCLUSIVE MODE")
        time.sleep(LONG)
        holder.rollback()


def database_slow(house: House, _row: Row) -> None:
    """Every turn takes 0.7 s longer in the database: late, and right."""
    time.sleep(BEFORE)
    with connected(house) as holder:
        holder.autocommit = True
        holder.cursor().execute(SLOW)
        time.sleep(LONG)
        holder.cursor().execute("DROP TRIGGER slow ON inbox; DROP FUNCTION slow()")


def redis_gone(house: House, row: Row) -> None:
    """Limits are counted by each process alone, and nobody notices."""
    time.sleep(BEFORE)
    house.deployment.running["redis"].kill()
    house.deployment.running.pop("redis").wait()
    time.sleep(LONG / 2)
    told = readiness(house)
    row.check(all(one["ready"] and one["queue"] == "away" for one in told), f"/readyz said {told}")
    house.deployment.redis()
    end = time.monotonic() + 20
    while any(one["queue"] != "ok" for one in readiness(house)):
        if time.monotonic() > end:
            row.wrong.append("Redis is back, and nobody noticed")
            return
        time.sleep(0.5)


def redis_hangs(house: House, _row: Row) -> None:
    time.sleep(BEFORE)
    house.deployment.running["redis"].send_signal(signal.SIGSTOP)
    time.sleep(LONG)
    house.deployment.running["redis"].send_signal(signal.SIGCONT)


def both_gone(house: House, row: Row) -> None:
    """Nobody knows who said STOP: nothing is said by SMS until one of them is back."""
    time.sleep(BEFORE)
    house.deployment.running["redis"].kill()
    house.deployment.running.pop("redis").wait()
    house.postgres.signal(signal.SIGKILL)
    before = row.honest_by_sms
    time.sleep(LONG)
    row.check(row.honest_by_sms == before, "somebody was written to who may have said STOP")
    house.postgres_again()
    house.deployment.redis()
    house.ready()


def faces_end_meanwhile(house: House, row: Row) -> None:
    """Every face is killed while the database is away: a STOP that waited there is taken by whoever comes next."""
    time.sleep(BEFORE)
    house.postgres.signal(signal.SIGKILL)
    stopping = [house.number() for _ in range(3)]
    for number in stopping:
        form = Phone(house.line, number).form(STOP)
        heard = house.line.once("/sms", {**form, "AccountSid": house.line.ledger.account}, number)
        row.check(heard.status == HTTPStatus.SERVICE_UNAVAILABLE, f"a STOP that waits was answered {heard.status}")
    for face, _ in enumerate(house.deployment.faces):
        house.deployment.end(f"channels-{face}", signal.SIGKILL)
    house.postgres_again()
    for face, _ in enumerate(house.deployment.faces):
        house.deployment.face(face)
    house.ready()
    end = time.monotonic() + LONG
    while not all(house.state(number).get("consents") for number in stopping):
        if time.monotonic() > end:
            row.wrong.append("a STOP ended with the faces")
            return
        time.sleep(0.5)


FAULTS = {
    "database restarts": database_restarts,
    "database gone": database_gone,
    "database hangs": database_hangs,
    "table held": table_held,
    "database slow": database_slow,
    "Redis gone": redis_gone,
    "Redis hangs": redis_hangs,
    "database and Redis gone": both_gone,
    "faces end during an outage": faces_end_meanwhile,
}

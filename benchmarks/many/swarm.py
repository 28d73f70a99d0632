"""The crowd: locust's users, each living one of the lives of people.py over a real connection.

A process of its own, because locust replaces the standard library's sockets. One job on its standard input, what it
found on the last line of its output.
"""

from __future__ import annotations

import locust  # before all others: it replaces their sockets

# ruff: isort: split
import itertools
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

import gevent
import requests
from geventhttpclient import HTTPClient
from locust.env import Environment
from requests.adapters import HTTPAdapter

from assistant.content.book import open_book
from assistant.settings import ROOT
from benchmarks.many.job import Found, Job
from benchmarks.many.people import Person, Told, Ways, calls, visits, writes
from benchmarks.messages import free_sentences
from benchmarks.service import BenchError
from tests.channels.visitor import Visitor
from tests.support.browsing import Browser, session
from tests.support.carrier import Caller, Ledger, Line, Phone
from tests.support.carrier.line import Heard, Transport, UnheardError
from tests.support.walker import Walker

# Of ten people six write, two call, two come to the page.
WRITERS, CALLERS, VISITORS = 6, 2, 2
PATIENCE = 30.0
MOST_FAULTS = 20
FORM = "application/x-www-form-urlencoded"


@dataclass
class Wire:
    """How long one person waited for answers since `spent` was put to 0, in milliseconds."""

    spent: float = 0.0

    def waits(self, ask: Callable[..., Any], *given: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        try:
            return ask(*given, **named)
        finally:
            self.spent += (time.perf_counter() - begun) * 1000


@dataclass
class Crowd:
    """All that its people share."""

    job: Job
    ways: Ways
    told: Told = field(default_factory=Told)
    turns: list[tuple[float, str, float]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._people = itertools.count(self.job.first)
        secure = {"ssl_options": {"ca_certs": self.job.certificate}} if self.job.certificate else {}
        self._http = HTTPClient.from_url(
            self.job.url, concurrency=1024, connection_timeout=PATIENCE, network_timeout=PATIENCE, **secure
        )
        # Identifiers of messages and calls never come again in another job.
        self._ledger = Ledger(token=self.job.token)
        self._ledger.numbers = itertools.count(self.job.first * 1000)

    def new(self) -> tuple[int, random.Random]:
        number = next(self._people)
        return number, random.Random(number)

    def transport(self, wire: Wire) -> Transport:
        def post(path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Heard:
            try:
                status, kind, body = wire.waits(self.post, path, urlencode(form), {"Content-Type": FORM, **headers})
            except OSError as error:
                self.told.counts["unheard"] += 1
                raise UnheardError from error
            if status >= 500:
                self.told.counts[f"status {status}"] += 1
            return Heard(status, kind.partition(";")[0], body)

        return post

    def post(self, path: str, body: str, headers: Mapping[str, str]) -> tuple[int, str, bytes]:
        response = self._http.post(path, body=body.encode(), headers=dict(headers))
        return response.status_code, response.get("content-type", ""), bytes(response.read())

    def writer(self, wire: Wire) -> Iterator[None]:
        number, draw = self.new()
        line = Line(self._ledger, self.transport(wire), self.job.public)
        return writes(Phone(line, f"+336{number:08d}"), Person("sms", self.ways, draw), self.told)

    def caller(self, wire: Wire) -> Iterator[None]:
        number, draw = self.new()
        line = Line(self._ledger, self.transport(wire), self.job.public)
        return calls(Caller(line, f"+336{number:08d}"), Person("voice", self.ways, draw), self.told, draw)

    def visitor(self, wire: Wire) -> Iterator[None]:
        number, draw = self.new()
        line = session(self.job.certificate)
        line.mount(self.job.url, From(f"127.{1 + number // 62_500 % 250}.{1 + number // 250 % 250}.{1 + number % 250}"))
        visitor = Visitor(cast(Any, Browser(self.job.url, line, PATIENCE, wire.waits)))
        return visits(visitor, Person("web", self.ways, draw), self.told)

    def stock(self, wire: Wire) -> Iterator[None]:
        number, _ = self.new()
        for text in self.job.scripts[number % len(self.job.scripts)]:
            body = json.dumps({"sender": f"person-{number}", "message": text})
            typed = {"Content-Type": "application/json"}
            status, _, said = wire.waits(self.post, "/webhooks/rest/webhook", body, typed)
            if status != requests.codes.ok:
                raise BenchError(f"stock Rasa answered {status}")
            self.told.counts["silent"] += not json.loads(said)
            yield


class From(HTTPAdapter):
    """Connections from an address of this machine: each visitor has her own, as at home."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, source_address=(self._address, 0), **named)


def users(crowd: Crowd) -> list[type[locust.User]]:
    """One class of users for each kind of people."""
    pace = crowd.job.pace

    def pauses(_: locust.User) -> float:
        # People do not write in step: each waits as long as chance has it, `pace` times a second in the mean.
        return random.expovariate(pace) if pace else 0.0

    def kind(name: str, weight_: int, life: Callable[[Wire], Iterator[None]]) -> type[locust.User]:
        class Someone(locust.User):
            weight = weight_
            wait_time = pauses

            def on_start(self) -> None:
                self.wire = Wire()
                self.life = life(self.wire)
                gevent.sleep(pauses(self))

            @locust.task  # type: ignore[untyped-decorator]  # read without its types, which have holes
            def turn(self) -> None:
                self.wire.spent, begun = 0.0, time.monotonic()
                try:
                    next(self.life)
                except StopIteration:
                    self.life = life(self.wire)
                # One person's bad day is told, and the others go on.
                except Exception as error:
                    crowd.faults.append(f"{name}: {type(error).__name__}: {error}")
                    self.life = life(self.wire)
                if self.wire.spent:
                    crowd.turns.append((begun - crowd.begun, name, self.wire.spent))
                    self.environment.events.request.fire(
                        request_type=name, name="turn", response_time=self.wire.spent, response_length=0, exception=None
                    )

        Someone.__name__ = name
        return Someone

    if crowd.job.kind == "stock":
        return [kind("stock", 1, crowd.stock)]
    return [
        kind("sms", WRITERS, crowd.writer),
        kind("voice", CALLERS, crowd.caller),
        kind("web", VISITORS, crowd.visitor),
    ]


def shape(stages: Sequence[tuple[float, int]]) -> locust.LoadTestShape:
    class Stages(locust.LoadTestShape):
        def tick(self) -> tuple[int, float] | None:
            now = self.get_run_time()
            for seconds, people in stages:
                if now < seconds:
                    return people, 1000.0
                now -= seconds
            return None

    return Stages()


def swarm(job: Job) -> Found:
    book, (sentences, _) = open_book(ROOT / "data"), free_sentences()
    channels: tuple[Any, ...] = ("sms", "voice", "web")
    crowd = Crowd(job, Ways({name: Walker(book, "activer", name) for name in channels}, sentences))
    environment = Environment(user_classes=users(crowd), shape_class=shape(job.stages), stop_timeout=PATIENCE)
    runner = environment.create_local_runner()
    crowd.begun = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_SELF)
    runner.start_shape()
    cast(Any, runner.shape_greenlet).join()
    runner.quit()
    runner.greenlet.join()
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = crowd.told
    crowd.told.counts["faults"] = len(crowd.faults)
    return Found(crowd.turns, dict(told.counts), told.spoken, told.wrote, crowd.faults[:MOST_FAULTS], spent)


if __name__ == "__main__":
    given = json.loads(sys.stdin.read())
    print(json.dumps(asdict(swarm(Job(**given)))), flush=True)

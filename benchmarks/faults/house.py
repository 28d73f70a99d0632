"""The processes under a fault: gunicorn, the worker, nginx, PostgreSQL and Redis, as docker/compose.yml starts them."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from assistant.content.book import open_book
from assistant.guide import Guide
from assistant.privacy.pseudonyms import pseudonym
from assistant.settings import ROOT
from assistant.storage.database import Database
from benchmarks.faults.breaking import Breaking
from benchmarks.faults.ledger import Row
from channels.understanding.service import create_service
from tests.support import postgres
from tests.support.carrier import Ledger, Line, Served, over_http
from tests.support.deployment import Deployment, deployed
from tests.support.faces import NoWords
from tests.support.kept import kept

PUBLIC = "https://camille.localhost"
BACK_WITHIN = 60.0


class NotHereError(Exception):
    """This machine cannot bring the fault about; the message says, in words, what is missing."""


@dataclass
class House:
    """`line` leads through nginx to any of the faces; `postgres` can be taken away, and so can all the rest."""

    deployment: Deployment
    postgres: postgres.Server
    line: Line
    pepper: str
    understanding: Breaking
    people: int = 0

    def number(self) -> str:
        """The telephone of somebody new. Arcep keeps 06 39 98 for fiction: ten thousand of them."""
        self.people += 1
        return f"+3363998{self.people:04d}"

    def address(self, number: str) -> str:
        return pseudonym("phone", number, self.pepper)

    def state(self, number: str) -> dict[str, list[dict[str, Any]]]:
        """All that is kept of whoever has `number`, once the database can tell."""
        database, end = Database(self.deployment.database_url), time.monotonic() + BACK_WITHIN
        try:
            while True:
                try:
                    with database.transaction() as connection:
                        return kept(connection, self.address(number))
                except SQLAlchemyError:
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.5)
        finally:
            database.close()

    def ready(self) -> None:
        """Wait until every face is ready again. Raises AssertionError with what it says when it is not within time."""
        for number, port in enumerate(self.deployment.faces):
            self.deployment.wait(f"channels-{number}", f"http://127.0.0.1:{port}/readyz")

    def again(self, number: int, how: signal.Signals) -> None:
        """End a face, and start it anew."""
        self.deployment.end(f"channels-{number}", how)
        self.deployment.face(number)
        self.deployment.wait(f"channels-{number}", f"http://127.0.0.1:{self.deployment.faces[number]}/readyz")

    def postgres_again(self) -> None:
        """Start PostgreSQL: what a killed one left may take a moment to go."""
        end = time.monotonic() + BACK_WITHIN
        while True:
            try:
                return self.postgres.start()
            except AssertionError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)


# Breaks the house while people write.
Fault = Callable[[House, Row], None]


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """A whole house, of two faces. What understands no sentence, and can be broken, stands in for the minds."""
    with ExitStack() as stack:
        server = postgres.Server(postgres.binaries(), durable=True)
        stack.callback(server.stop)

        breaking = Breaking()

        def stand_in(key: str) -> int:
            mind: Any = NoWords()
            mind.guide = Guide(open_book(ROOT / "data"))
            breaking.app = create_service(mind, key)
            return int(stack.enter_context(Served(breaking)).url.rsplit(":", 1)[1])

        made = stack.enter_context(deployed(folder, minds=0, server=server, door="trial", stand_in=stand_in))
        pepper = (folder / "secrets" / "pseudonym_pepper").read_text().strip()
        yield House(made, server, Line(Ledger(), over_http(made.url), PUBLIC), pepper, breaking)

"""A practice on one machine, whose clock a test turns: forms are filled, links followed, tables looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from assistant.storage import schema
from assistant.storage.practices import Member
from channels.services import Services
from tests.support.faces import BASE, NOON, Face, open_face
from tests.support.outgoing import Clock
from tests.support.practice import Browser, Practice, open_practice

LINES = {"twilio_sender": "38123", "voice_number": "0937000001"}
FAULT = re.compile(r'<p class="fault" id="(\w+)-erreur">(.*?)</p>', re.DOTALL)


@dataclass
class Desk:
    """The two practices of `open_practice`, and the means to look behind them."""

    face: Face
    practice: Practice
    clock: Clock

    def browser(self, who: Member | None = None) -> Browser:
        """Signed in for `who`, Doctor Martin by default."""
        return self.practice.browser(who or self.practice.martin, BASE)

    def stranger(self) -> Browser:
        """Signed in for nobody."""
        return Browser(self.face.app.test_client(), BASE)

    def rows(self, table: str) -> list[Any]:
        with self.face.conversation.database.transaction() as connection:
            return connection.execute(select(schema.metadata.tables[table])).all()  # type: ignore[no-any-return]

    def acts(self, who: Member | None = None) -> list[str]:
        """What was noted for a practice, but for signing in, which every browser of a test does."""
        practice = (who or self.practice.martin).practice
        return [row.act for row in self.rows("audit") if row.practice == practice and row.act != "signed_in"]


@contextmanager
def open_desk(var: Path, **changed: Any) -> Iterator[Desk]:
    """A service on one machine, with a sender, whose telephones may be those of films."""
    face, clock = open_face(var, **{"local": True, **LINES, **changed}), Clock(NOON)
    services: Services = face.app.extensions["camille"]
    face.app.extensions["camille"] = replace(services, clock=clock)
    yield Desk(face, open_practice(face.app), clock)
    face.close()


def faults(browser: Browser) -> dict[str, str]:
    """What is to be mended on the page, by field."""
    return {field: re.sub(r"<[^>]+>", "", words).strip() for field, words in FAULT.findall(browser.html)}

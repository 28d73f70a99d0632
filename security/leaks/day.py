"""One day of Camille, whole and with her trained model, of which everything is kept that could keep a secret."""

from __future__ import annotations

import io
import logging
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select

from assistant.conversation import Conversation
from assistant.errors import SealError
from assistant.mind import Mind
from assistant.privacy.sealing import VERSION, Sealer
from assistant.settings import Settings, read_settings
from assistant.storage import operators
from assistant.storage.database import Database
from assistant.storage.schema import metadata
from channels.app import create_app
from channels.web.once import one_time_id
from tests.support.faces import TOKEN, call_form, sms_form
from tests.support.practice import open_practice
from tests.support.signing import signature
from tests.support.steering import an_operator, browser

BASE = "https://camille.example"
# The last one is where a name is no secret: accesses of a practice are called by somebody's.
CHANNELS = ("sms", "voice", "web", "embedded", "doors", "access")
FIRST = datetime(2026, 11, 23, 8, tzinfo=timezone.utc)
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
OPENED = ", opened"
# How sure the classifier was: digits of ours, that would hold any eight of them once in a while.
OURS = re.compile(r"\d\.\d{6,}(?:e-\d+)?|\b0x[0-9a-f]+\b")
# When something was kept, and under which pseudonym: « 12:02:50.000000 » begins like a card, and of some thousands of
# random letters, four are a name. Of a moment in a file, the beginning may be written over by what came after it.
NOT_SAID = re.compile(
    r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{6})?(?:\+00:00)?"
    r"|(?:(?<!\d)(?:\d{0,2}-)?\d{0,2} )?\d\d:\d\d:\d\d\.\d{6}"
    r"|p1_[\w-]{22}"
)


class Lines(logging.Handler):
    """Everything that any logger says."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(OURS.sub("", logging.Formatter("%(name)s %(message)s").format(record)))


@dataclass
class Day:
    """The service, and all that it says. `numbers` are those of the people, who write, ring and are written to."""

    app: Any
    settings: Settings
    conversation: Conversation
    lines: Lines
    printed: io.StringIO
    environment: Mapping[str, str] = field(repr=False)
    practice: Any = None
    operator: str = ""
    at: datetime = FIRST
    people: int = 0
    numbers: set[str] = field(default_factory=set)

    def say(self, channel: str, text: str) -> str:
        """Somebody new writes or says `text`; all that is left of it in logs, in the reply and in Rasa."""
        self.at += timedelta(seconds=31)
        self.lines.said.clear()
        self.printed.seek(0)
        self.printed.truncate()
        reply = getattr(self, f"_{channel}")(text)
        agent: Any = getattr(self.conversation.mind, "_agent", None)
        held = [*agent._trackers.held.values(), *agent._actions.failures.values()] if agent else []
        return "\n".join((reply, *self.lines.said, OURS.sub("", self.printed.getvalue()), *map(str, held)))

    def text(self, *texts: str) -> str:
        """Somebody new writes `texts`, one after the other, by SMS."""
        number = self._number()
        return "".join(self._webhook("/sms", sms_form(text, number=number, sid=f"SM{self._name()}")) for text in texts)

    def ring(self, *said: str) -> str:
        """Somebody new rings, says so or presses keys, and hangs up."""
        form = call_form(number=self._number(), sid=f"CA{self._name()}")
        heard = self._webhook("/voice", form)
        for turn, words in enumerate(said, 1):
            given = {"Digits": words} if words.isdigit() else {"SpeechResult": words, "Confidence": "0.91"}
            heard += self._webhook(f"/voice/turn?n={turn}", {**form, **given})
        return heard

    def invite(self) -> None:
        """A physician has somebody new written to."""
        number, desk = f"0677{self.people:06d}", self.practice.browser(self.practice.martin, BASE)
        self.people += 1
        self.numbers.add(number[1:])
        form = {"numero": number, "accord": "on", "pour": "activer", "id": one_time_id()}
        self._typed(desk.client, "/medecin/sms", form)

    def steering(self) -> Any:
        """A browser in which somebody is signed in who may do all that an operator may."""
        return browser(self.app, self.operator, BASE)

    def stored(self) -> Iterator[tuple[str, str]]:
        """Every cell, as it stands there and opened where it is sealed, and every file: its name and what it holds."""
        sealer = Sealer(*self.settings.secret_keys)
        with self.conversation.database.transaction() as connection:
            for table in metadata.sorted_tables:
                for row in connection.execute(select(table)).mappings():
                    cells = {name: str(value) for name, value in row.items() if value is not None}
                    yield from ((f"{table.name}.{name}", NOT_SAID.sub("", value)) for name, value in cells.items())
                    for name, value in cells.items():
                        yield from ((f"{table.name}.{name}{OPENED}", each) for each in _opened(sealer, value, cells))
        for path in self.settings.var.rglob("*"):
            if path.is_file():
                yield f"the file {path.name}", NOT_SAID.sub("", path.read_bytes().decode("utf-8", "ignore"))

    def _sms(self, text: str) -> str:
        return self.text(text)

    def _voice(self, text: str) -> str:
        return self.ring(text)

    def _web(self, text: str, **headers: str) -> str:
        client = self.app.test_client()
        found = CSRF.search(client.get("/", base_url=BASE, headers=headers).get_data(as_text=True))
        form = {"csrf_token": found[1] if found else "", "text": text, "id": self._name()[:22]}
        client.post("/", data=form, base_url=BASE, headers=headers)
        return str(client.get("/", base_url=BASE).get_data(as_text=True))

    def _embedded(self, text: str) -> str:
        """From the window that another site opened."""
        start = self.app.test_client().get("/bouton", base_url=BASE).get_data(as_text=True)
        return str(start) + self._web(text, Referer="https://mairie.example/", Origin=BASE)

    def _access(self, text: str) -> str:
        """Where a practice says what an access of its own is called."""
        desk = self.practice.browser(self.practice.elsewhere, BASE)
        self._typed(desk.client, "/medecin/acces", {"nom": text})
        return str(desk.client.get("/medecin/acces", base_url=BASE).get_data(as_text=True))

    def _doors(self, text: str) -> str:
        """What is typed to come in or to be used once, by practices and those who run the service: not to be kept."""
        stranger, desk = self.app.test_client(), self.practice.browser(self.practice.elsewhere, BASE).client
        proofs = {"nom": text, "passe": text, "encore": text, "code": text}
        with self.conversation.database.transaction() as connection:
            _, token = operators.add(connection, "essai", "lecture", self.at)
        link = f"/pilotage/acces/{token}"
        self._typed(stranger, link, {})
        for client, path, form in (
            (stranger, "/medecin/entrer/code", proofs),
            (stranger, "/pilotage/entrer", proofs),
            (stranger, f"{link}/cle", proofs),
            (stranger, "/avis", {"helped": "oui", "about": text}),
            # Nobody said yes: a number is refused as well.
            (desk, "/medecin/sms", {"numero": text, "pour": text, "chez": text}),
            (self.steering().client, "/pilotage/incompris", {"groupe": text, "sujet": text, "autre": text}),
            (self.steering().client, "/pilotage/canaux", {"canal": text, "vers": text}),
        ):
            self._typed(client, path, form)
        return str(self.steering().client.get("/pilotage/journal", base_url=BASE).get_data(as_text=True))

    def _typed(self, client: Any, path: str, form: Mapping[str, str]) -> None:
        found = CSRF.search(client.get("/reprise", base_url=BASE).get_data(as_text=True))
        client.post(path, data={"csrf_token": found[1] if found else "", **form}, base_url=BASE)

    def _webhook(self, path: str, form: dict[str, str]) -> str:
        headers = {"X-Twilio-Signature": signature(TOKEN, BASE + path, form)}
        return str(self.app.test_client().post(path, data=form, headers=headers).get_data(as_text=True))

    def _number(self) -> str:
        """Of somebody new. Those of films are nobody's (Arcep)."""
        self.people += 1
        number = f"63998{self.people:04d}"
        self.numbers.add(number)
        return f"+33{number}"

    def _name(self) -> str:
        """In letters: no digits that a search could take for a secret's."""
        return "".join(secrets.choice("abcdef") for _ in range(32))


def _opened(sealer: Sealer, value: str, cells: dict[str, str]) -> Iterator[str]:
    """What a sealed cell holds, where another cell of its row is what it was sealed beside."""
    if value.startswith(VERSION):
        for beside in cells.values():
            try:
                yield sealer.open(value, beside)
            except SealError:
                continue


@contextmanager
def whole_day(folder: Path, mind: Mind | None = None) -> Iterator[Day]:
    """The application over a database in `folder`. Every logger speaks, Rasa's too, as loudly as it can."""
    environment = {
        "CAMILLE_VAR": str(folder),
        "SECRET_KEY": secrets.token_urlsafe(32),
        "PSEUDONYM_PEPPER": secrets.token_urlsafe(32),
        "TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_SENDER": "38123",
        "PUBLIC_BASE_URL": BASE,
        "REVIEW_FILE": str(folder / "review" / "nlu.yml"),
    }
    settings = read_settings(environment)
    database = Database(settings.database_url)
    database.upgrade()
    conversation = Conversation(settings, database, mind)
    if mind is None:
        conversation.mind.prepare_behind().join()
    lines, printed, root = Lines(), io.StringIO(), logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", *logging.root.manager.loggerDict)}
    day: Day
    app = create_app(settings, conversation, lambda: day.at, limited=False)
    day = Day(app, settings, conversation, lines, printed, environment)
    day.practice = open_practice(app)
    day.operator, _ = an_operator(app, "exploitation")
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    root.addHandler(lines)
    try:
        with redirect_stdout(printed), redirect_stderr(printed):
            yield day
    finally:
        root.removeHandler(lines)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        database.close()

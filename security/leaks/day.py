"""One day of Camille, whole and with her trained model, of which everything is kept that could keep a secret."""

from __future__ import annotations

import io
import logging
import re
import secrets
from collections.abc import Iterator
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
from assistant.storage.database import Database
from assistant.storage.schema import metadata
from channels.app import create_app
from tests.support.faces import TOKEN, call_form, sms_form
from tests.support.practice import open_practice
from tests.support.signing import signature

BASE = "https://camille.example"
CHANNELS = ("sms", "voice", "web", "embedded", "practice")
FIRST = datetime(2026, 11, 23, 8, tzinfo=timezone.utc)
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
PAGES = ("/", "/reprise", "/mes-donnees", "/registre", "/confidentialite")
DESK_PAGES = ("", "/acces", "/journal", "/journal.csv", "/chiffres", "/chiffres.csv", "/feuille", "/affiche", "/sms")
# How sure the classifier was: digits of ours, that would hold any eight of them once in a while.
OURS = re.compile(r"\d\.\d{6,}(?:e-\d+)?|\b0x[0-9a-f]+\b")


class Lines(logging.Handler):
    """Everything that any logger says."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(OURS.sub("", logging.Formatter("%(name)s %(message)s").format(record)))


@dataclass
class Day:
    """The service, and all that it says. `hands` is what of the last message could be seen by anybody."""

    app: Any
    settings: Settings
    conversation: Conversation
    lines: Lines
    printed: io.StringIO
    practice: Any
    at: datetime = FIRST
    people: int = 0
    replies: list[str] = field(default_factory=list)

    def say(self, channel: str, text: str) -> str:
        """Somebody new writes or says `text`; all that is left of it in logs, in the reply and in Rasa."""
        self.people += 1
        self.at += timedelta(seconds=31)
        self.lines.said.clear()
        self.printed.seek(0)
        self.printed.truncate()
        reply = getattr(self, f"_{channel}")(text)
        agent: Any = getattr(self.conversation.mind, "_agent", None)
        held = [*agent._trackers.held.values(), *agent._actions.failures.values()] if agent else []
        return "\n".join((reply, *self.lines.said, OURS.sub("", self.printed.getvalue()), *map(str, held)))

    def kept(self) -> Iterator[tuple[str, str]]:
        """Every place where something is kept, and every page: its name and what stands there."""
        sealer = Sealer(*self.settings.secret_keys)
        with self.conversation.database.transaction() as connection:
            for table in metadata.sorted_tables:
                for row in connection.execute(select(table)).mappings():
                    cells = {name: str(value) for name, value in row.items() if value is not None}
                    yield from ((f"{table.name}.{name}", value) for name, value in cells.items())
                    for name, value in cells.items():
                        yield from ((f"{table.name}.{name}, opened", each) for each in _opened(sealer, value, cells))
        for path in self.settings.var.rglob("*"):
            if path.is_file():
                yield f"the file {path.name}", path.read_bytes().decode("utf-8", "ignore")
        client = self.app.test_client()
        for page in (*PAGES, "/metrics", "/healthz", "/readyz"):
            yield f"the page {page}", client.get(page, base_url=BASE).get_data(as_text=True)
        desk = self.practice.browser(self.practice.martin, BASE)
        for page in DESK_PAGES:
            answer = desk.client.get(f"/medecin{page}", base_url=BASE)
            yield f"the page /medecin{page}", answer.get_data(as_text=True)

    def _sms(self, text: str) -> str:
        return self._webhook("/sms", sms_form(text, number=self._number(), sid=f"SM{self._name()}"))

    def _voice(self, text: str) -> str:
        form = call_form(number=self._number(), sid=f"CA{self._name()}")
        begun = self._webhook("/voice", form)
        return begun + self._webhook("/voice/turn?n=1", {**form, "SpeechResult": text, "Confidence": "0.91"})

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

    def _practice(self, text: str) -> str:
        """Where a practice may type: the name of an access, a short name, a code."""
        desk = self.practice.browser(self.practice.elsewhere, BASE)
        found = CSRF.search(desk.client.get("/medecin/acces", base_url=BASE).get_data(as_text=True))
        token = {"csrf_token": found[1] if found else ""}
        desk.client.post("/medecin/acces", data={**token, "nom": text}, base_url=BASE)
        desk.client.post("/medecin/entrer/code", data={**token, "nom": text, "code": text}, base_url=BASE)
        return str(desk.client.get("/medecin/acces", base_url=BASE).get_data(as_text=True))

    def _webhook(self, path: str, form: dict[str, str]) -> str:
        headers = {"X-Twilio-Signature": signature(TOKEN, BASE + path, form)}
        return str(self.app.test_client().post(path, data=form, headers=headers).get_data(as_text=True))

    def _number(self) -> str:
        return f"+3363998{self.people:04d}"

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
    settings = read_settings(
        {
            "CAMILLE_VAR": str(folder),
            "SECRET_KEY": secrets.token_urlsafe(32),
            "PSEUDONYM_PEPPER": secrets.token_urlsafe(32),
            "TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_SENDER": "38123",
            "PUBLIC_BASE_URL": BASE,
        }
    )
    database = Database(settings.database_url)
    database.upgrade()
    conversation = Conversation(settings, database, mind)
    if mind is None:
        conversation.mind.prepare_behind().join()
    lines, printed, root = Lines(), io.StringIO(), logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", *logging.root.manager.loggerDict)}
    day: Day
    app = create_app(settings, conversation, lambda: day.at, limited=False)
    day = Day(app, settings, conversation, lines, printed, None)
    day.practice = open_practice(app)
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

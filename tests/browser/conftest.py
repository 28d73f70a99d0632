"""A real Chromium in front of a real server, with a mind that understands a few words only."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from assistant.conversation import Conversation
from assistant.journeys.progress import Progress
from assistant.settings import read_settings
from assistant.storage.database import Database
from assistant.telling import Outcome
from assistant.turns import Channel
from channels.app import create_app
from tests.support.faces import NoWords

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
WORDS = {"utile": "a_quoi_ca_sert", "trouve pas": "trouver_numeros"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser: skipped, and said so, where there is none."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed (Debian: apt install chromium)"))


class FewWords(NoWords):
    """Understands the words of `WORDS`, so that answers can be looked at."""

    def take(self, text: str, place: Progress, channel: Channel) -> Outcome:
        assert self.guide
        for words, topic in WORDS.items():
            if words in text:
                return self.guide.hear(place, channel, topic)
        return super().take(text, place, channel)


class Quiet(WSGIRequestHandler):
    """Serves without a line a request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@dataclass(frozen=True)
class Site:
    """Where the pages are served, the mind behind them, and the application that serves."""

    url: str
    mind: Any
    app: Any


@contextmanager
def serving(var: Path) -> Iterator[Site]:
    """An empty house in `var`, served."""
    settings = read_settings({"CAMILLE_VAR": str(var), "SECRET_KEY": "x" * 40, "PSEUDONYM_PEPPER": "y" * 40})
    database = Database(settings.database_url)
    database.upgrade()
    mind: Any = FewWords()
    conversation = Conversation(settings, database, mind)
    mind.guide = conversation.guide
    app = create_app(settings, conversation)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", mind, app)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        conversation.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("var")) as opened:
        yield opened


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Tests may run as root, in a container: Chromium's own sandbox refuses that.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()

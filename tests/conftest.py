"""What every test may ask for: settings in a temporary folder, a database, the trained mind, a conversation."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from assistant.content.book import open_book
from assistant.conversation import Conversation
from assistant.guide import Guide
from assistant.lexicon import Lexicon, open_lexicon
from assistant.mind import Mind
from assistant.settings import ROOT, Settings, read_settings
from assistant.storage.database import Database
from assistant.training import is_stale
from tests.support.migrated import migrated


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is to be there (CI sets NOTHING_SKIPPED), what is not installed is a failure, not a skip."""
    report = yield
    if os.environ.get("NOTHING_SKIPPED") and report.skipped and "installed" in str(report.longrepr):
        report.outcome, report.longrepr = "failed", f"NOTHING_SKIPPED: {report.longrepr}"
    return report


def pytest_collection_finish() -> None:
    """What has been imported by now stays: the garbage collector looked through all of it again and again."""
    gc.freeze()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Local settings with secrets of their own; nothing of the machine's environment."""
    return read_settings({"CAMILLE_VAR": str(tmp_path), "SECRET_KEY": "k" * 40, "PSEUDONYM_PEPPER": "p" * 40})


@pytest.fixture(autouse=True)
def no_stop_left_behind() -> Iterator[None]:
    """A STOP that waits for a database of one test would be tried, and logged, in the middle of the next one."""
    yield
    assert [each.name for each in threading.enumerate() if each.name == "unstored"] == []


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = migrated(settings.database_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def guide() -> Guide:
    """The guide over the real content."""
    return Guide(open_book(ROOT / "data"))


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    """The real word lists."""
    return open_lexicon(ROOT / "data" / "lexicon")


@pytest.fixture(scope="session")
def mind(guide: Guide) -> Iterator[Mind]:
    """The trained model, loaded once. `make test` trains before; by hand: `camille train`."""
    settings = read_settings({"CAMILLE_VAR": "", "SECRET_KEY": "k" * 40, "PSEUDONYM_PEPPER": "p" * 40})
    if is_stale(settings):
        pytest.fail("The model is missing or stale. Run: make train")
    made = Mind(settings, lambda: guide)
    made.prepare()
    yield made
    made.close()


@pytest.fixture
def talk(
    settings: Settings, database: Database, mind: Mind, guide: Guide, lexicon: Lexicon
) -> Iterator[Callable[[], Conversation]]:
    """Makes conversations over the test's database that share nothing but content: only the tables remember."""
    opened: list[Conversation] = []

    def make() -> Conversation:
        opened.append(Conversation(settings, Database(settings.database_url), mind, guide=guide, lexicon=lexicon))
        return opened[-1]

    yield make
    for each in opened:
        each.close()

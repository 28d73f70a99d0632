"""docs/ecrire.fr.md keeps its word: what it tells a writer to type works as it stands."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
import typer

from assistant.content.book import read_book
from assistant.content.facts import CONFIDENCES
from assistant.settings import ROOT
from channels.cli.check import _review
from channels.cli.main import app

PAGE = (ROOT / "docs" / "ecrire.fr.md").read_text(encoding="utf-8")
FACT, ANSWER, STEP = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
LONGEST_PAGE = 110  # lines: one page, no handbook


def test_it_is_one_page_that_both_readmes_lead_to() -> None:
    assert PAGE.count("\n") <= LONGEST_PAGE
    for name in ("README.md", "README.fr.md"):
        assert "(docs/ecrire.fr.md)" in (ROOT / name).read_text(encoding="utf-8")


def test_every_command_exists() -> None:
    known = getattr(typer.main.get_command(app), "commands")  # noqa: B009
    for command, option in re.findall(r"(?:`|^)camille ([a-z]+)(?: (--[a-z]+))?", PAGE, re.M):
        assert command in known
        assert not option or option in {flag for one in known[command].params for flag in one.opts}
    assert {"check", "sms", "call", "book"} <= set(re.findall(r"(?:`|^)camille ([a-z]+)", PAGE, re.M))


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`((?:data|domain)[\w/.]*)`", PAGE))))
def test_every_file_exists_but_the_one_to_make(place: str) -> None:
    assert (ROOT / place).exists() is (place != "data/nlu/trust/payer.yml")


def test_it_names_each_degree_of_confidence() -> None:
    assert [name for name in CONFIDENCES if f"`{name}`" not in PAGE] == []


def test_its_examples_are_content_that_passes(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("nlu", "rules"))
    data = tmp_path / "data"

    def add(name: str, text: str) -> None:
        path = data / name
        path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + text, encoding="utf-8")

    add("sources.yml", FACT)
    add("answers/trust.yml", ANSWER)
    add("journeys/activer.yml", STEP)
    topics = data / "domain" / "topics.yml"
    label = re.findall(r'`(payer: "[^"]+")`', PAGE)[0]
    topics.write_text(topics.read_text(encoding="utf-8").replace("\ntrust:\n", f"\ntrust:\n  {label}\n"), "utf-8")
    journey = data / "journeys" / "activer.yml"
    journey.write_text(journey.read_text(encoding="utf-8").replace("to: preparer,", "to: lunettes,", 1), "utf-8")

    book, problems = read_book(data)
    assert [str(problem) for problem in problems] == []
    assert {"payer", "lunettes", "G90"} <= {*book.answers, *book.journeys["activer"].steps, *book.facts}
    faults = [str(problem) for problem in _review(book, date(2026, 11, 25))]
    assert [fault for fault in faults if "payer" in fault or "lunettes" in fault] == []

"""SECURITY.md and docs/aipd.md speak of this code: each file they name is there, and what they say of it is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.privacy.purposes import CARRIED, PLACE_IN_A_JOURNEY, PROVIDER_IDS
from assistant.settings import ROOT
from assistant.storage.guesses import RESUME

DOCUMENTS = ("SECURITY.md", "docs/aipd.md")
FILE = re.compile(r"`((?:assistant|channels|data|docker|docs|security|tests)/[\w./-]+|\w+\.(?:lock|md)|Makefile)`")
TEST = re.compile(r"`(tests/[\w/.]+\.py)::(\w+)`")
ROUTE = re.compile(r"`(/[a-z-]+)`")
SETTING = re.compile(r"`([A-Z]+(?:_[A-Z]+)+|PUBLISHER|CONTACT)`")
# reference: what was asked to be gone through, area by area.
WANTED = (
    "4.1.3 2.3.1 2.3.3 2.3.4 2.4.1 3.3.1 3.4.1 3.4.3 3.5.1 3.5.4 6.8.1 6.8.2 6.8.4 10.2.1 10.5.1 10.5.4 7.2.3 7.2.4 "
    "7.3.1 7.4.1 7.4.4 8.2.1 8.2.2 9.1.1 9.2.3 11.5.1 1.3.6 13.2.4 13.2.5 13.3.1 13.3.2 13.4.2 13.4.5 14.1.1 14.2.1 "
    "14.3.2 14.3.3 16.2.5 16.4.1 16.5.1 16.5.2 16.5.3"
).split()


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_it_names_is_there(name: str) -> None:
    named = FILE.findall(read(name))
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_page_it_names_opens(name: str) -> None:
    rules = set(re.findall(r'\.(?:get|post)\("(/[a-z-]+)"', "".join(map(_text, (ROOT / "channels").rglob("*.py")))))
    assert set(ROUTE.findall(read(name))) <= rules


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_setting_it_names_is_one(name: str) -> None:
    known = _text(ROOT / "README.md")
    assert [setting for setting in SETTING.findall(read(name)) if f"`{setting}`" not in known] == []


def test_every_test_it_names_is_there() -> None:
    named = TEST.findall(read("SECURITY.md"))
    assert len(named) > 40
    assert [f"{path}::{test}" for path, test in named if not _is_test(ROOT / path, test)] == []


def test_a_test_that_is_not_there_is_seen() -> None:
    here = Path(__file__)
    assert _is_test(here, "test_a_test_that_is_not_there_is_seen")
    assert not _is_test(here, "test_a_test_that_is")
    assert not _is_test(here.with_name("test_nowhere.py"), "test_a_test_that_is_not_there_is_seen")


def test_each_requirement_that_was_asked_for_has_a_row() -> None:
    """Whole numbers: 7.3.1 is not told by a row of 17.3.10."""
    named = {number for numbers, _ in rows() for number in re.findall(r"(?<![\d.])\d+\.\d+\.\d+(?![\d.])", numbers)}
    assert set(WANTED) - named == set()


def test_each_requirement_has_a_line_that_says_where_or_that_it_is_not_met() -> None:
    assert [number for number, where in rows() if not FILE.search(where) and "Not met" not in where] == []


def test_the_figures_of_the_assessment_are_those_of_the_code() -> None:
    text = read("docs/aipd.md")
    assert f"{PLACE_IN_A_JOURNEY.days} jours au plus pour ce qui touche une personne aidée" in text
    # « trente sur la page », « sept jours », « cinquante essais par heure, dont dix par réseau »
    assert (PROVIDER_IDS.days, CARRIED.days, RESUME.most_of_all, RESUME.most_of_network) == (30, 7, 50, 10)


def test_the_assessment_says_what_is_left_to_its_controller() -> None:
    text = read("docs/aipd.md")
    assert text.count("[à compléter") >= 10
    for part in ("## 1. Le contexte", "## 2. La nécessité", "## 3. Les risques", "## 4. Ce qui reste"):
        assert part in text


def rows() -> list[tuple[str, str]]:
    """The number of each requirement, and where it is met."""
    found = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$", read("SECURITY.md"), re.M)
    return [row for row in found if row[0] not in ("Requirement", "---")]


def _is_test(path: Path, name: str) -> bool:
    return path.exists() and bool(re.search(rf"^\s*def {name}\(", _text(path), re.M))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")

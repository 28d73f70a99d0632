"""The words a physician may say: each rests on facts that may be told, and a fault is told with its line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assistant.content.book import read_book
from assistant.guide import Guide
from assistant.settings import ROOT
from channels.cli.advice import LONGEST_SCRIPT, review_advice

READ_ON = date(2026, 11, 26)
WHY = 'why:\n  words: "Votre parole compte."\n  facts: [J01]\n  checked: 2026-11-26\n'
SCRIPT = 'script:\n  words: "C\'est gratuit."\n  facts: [D52]\n  checked: 2026-11-26\n'
DOUBT = 'objections:\n  cher:\n    heard: "Cher ?"\n    words: "{words}"\n    facts: [{fact}]\n    checked: {day}\n'


@pytest.fixture
def told(tmp_path: Path) -> Callable[[str], list[str]]:
    """What is told of the real content with another advice."""

    def read(advice: str) -> list[str]:
        data = tmp_path / "data"
        shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("nlu", "rules"))
        (data / "practice" / "advice.yml").write_text(advice, encoding="utf-8")
        book, problems = read_book(data)
        return [str(problem) for problem in (*problems, *([] if problems else review_advice(book, READ_ON, data)))]

    return read


def test_the_real_advice_has_no_fault(guide: Guide) -> None:
    assert [str(problem) for problem in review_advice(guide.book, READ_ON, ROOT / "data")] == []


def test_the_five_usual_doubts_are_there(guide: Guide) -> None:
    names = [said.name for said in guide.book.advice.objections]
    assert names == ["inutile", "temps", "donnees", "difficile", "arnaque"]
    assert all(said.basis.facts for said in guide.book.advice.all)


@pytest.mark.parametrize(
    ("fact", "words", "day", "fault"),
    [
        pytest.param("D52", "Non, c'est gratuit.", "2026-11-26", None, id="good"),
        pytest.param("D999", "Non.", "2026-11-26", ":13: Le fait « D999 » n'existe pas.", id="no such fact"),
        pytest.param("D54", "Non.", "2026-11-26", ":13: Le fait « D54 » est à vérifier", id="not to be asserted"),
        pytest.param("D52", "Non.", "2020-01-01", ":12: « cher » est à relire", id="old"),
        pytest.param("D52", "un " * 16 + "mot.", "2026-11-26", ":12: « cher » phrase de 17", id="long"),
    ],
)
def test_a_fault_is_told_at_its_line(
    told: Callable[[str], list[str]], fact: str, words: str, day: str, fault: str | None
) -> None:
    found = told(WHY + SCRIPT + DOUBT.format(words=words, fact=fact, day=day))
    assert len(found) == (1 if fault else 0)
    if fault:
        assert found[0].startswith("data/practice/advice.yml" + fault)


def test_twenty_seconds_are_the_most(told: Callable[[str], list[str]]) -> None:
    said = "Je vous le dis. " * (LONGEST_SCRIPT // 4 + 1)
    (fault,) = told(WHY + SCRIPT.replace("C'est gratuit.", said) + DOUBT.format(words="Non.", fact="D52", day=READ_ON))
    assert fault.endswith(f"a 56 mots à dire (au plus {LONGEST_SCRIPT})")

"""A fault of the glossary is told with its file and its line, and the real one has none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assistant.content.book import read_book
from assistant.content.french import sentences
from assistant.content.wording import CHANNELS
from assistant.guide import Guide
from assistant.settings import ROOT
from channels.cli.glossary import review_glossary

READ_ON = date(2026, 11, 25)
WORD = """profil:
  words: ["profil sante"]
  say:
    web: "C'est la place a votre nom. Elle est a vous."
    sms: "C'est la place a votre nom."
    voice: "C'est la place a votre nom."
  facts: [A17]
  checked: 2026-11-25
"""


@pytest.fixture
def told(tmp_path: Path) -> Callable[[str], list[str]]:
    """What is told of the real content with another glossary."""

    def read(glossary: str) -> list[str]:
        data = tmp_path / "data"
        shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("nlu", "rules"))
        (data / "lexicon" / "glossary.yml").write_text(glossary, encoding="utf-8")
        book, problems = read_book(data)
        return [str(problem) for problem in (*problems, *([] if problems else review_glossary(book, READ_ON, data)))]

    return read


def test_the_real_glossary_has_no_fault(guide: Guide) -> None:
    assert [str(problem) for problem in review_glossary(guide.book, READ_ON, ROOT / "data")] == []


def test_a_word_is_explained_in_one_or_two_sentences(guide: Guide) -> None:
    for term in guide.book.glossary.terms:
        for channel in CHANNELS:
            assert 1 <= len(sentences(term.say.on(channel))) <= 2, f"{term.name} ({channel})"


def test_a_good_word(told: Callable[[str], list[str]]) -> None:
    assert told(WORD) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ('    sms: "C\'est la place a votre nom."\n', "", 3, "Il manque le texte « sms »"),
        ("A17", "A1777", 6 + 1, "Le fait « A1777 » n'existe pas"),
        ("  facts: [A17]\n", "", 1, "Il manque les faits"),
        ("  checked: 2026-11-25\n", "", 1, "Il manque la date"),
        ("words", "wordz", 2, "Le champ « wordz » n'existe pas"),
        ("  facts", "  topic: rien\n  facts", 7, "Le thème « rien » n'existe pas"),
        ("sms: \"C'est", "sms: \"Ça, c'est", 5, ""),
        ("sms: \"C'est", "sms: \"Même ici, c'est", 5, "ces lettres coûtent cher"),
        ("sms: \"C'est la", 'sms: "' + "Elle est là, elle est ici. " * 6 + "C'est la", 5, "2 SMS au lieu de 1"),
        ("voice: \"C'est", "voice: \"Sur ameli.fr, c'est", 6, "ne se dit pas"),
        ("web: \"C'est", "web: \"Cliquez ici. C'est", 4, "dites plutôt"),
        ("2026-11-25", "2020-01-02", 1, "relu le 02/01/2020"),
    ],
)
def test_a_fault_is_told_at_its_line(
    told: Callable[[str], list[str]], old: str, new: str, line: int, sentence: str
) -> None:
    assert old in WORD
    found = told(WORD.replace(old, new, 1))
    if not sentence:  # a capital with a cedilla is in the alphabet of SMS
        assert found == []
        return
    assert any(
        problem.startswith(f"data/lexicon/glossary.yml:{line}: ") and sentence in problem for problem in found
    ), found


def test_two_words_that_sound_alike_are_told(told: Callable[[str], list[str]]) -> None:
    other = WORD.replace("profil:", "profils:").replace("profil sante", "place")
    assert any("est déjà une façon de dire « profil »" in problem for problem in told(WORD + other))


@pytest.mark.parametrize("glossary", ["", "- un\n- deux\n", "profil: 12\n", "profil: [\n", "1: {say: x}\n"])
def test_a_broken_file_is_told_and_breaks_nothing(told: Callable[[str], list[str]], glossary: str) -> None:
    found = told(glossary)
    assert found
    assert all(problem.startswith("data/lexicon/glossary.yml:") for problem in found)

"""The leaflets: every journey has one, in plain words, on the facts of its steps; a broken one is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.content.book import Book, open_book, read_book
from assistant.content.entries import Text
from assistant.content.leaflets import statements
from assistant.content.rules import SHELF_LIFE, banned_words, faults
from assistant.settings import ROOT

DATA = ROOT / "data"
MOST_SENTENCES = 3  # a box is one thing to do


@pytest.fixture(scope="module")
def book() -> Book:
    return open_book(DATA)


def test_every_journey_has_its_leaflet(book: Book) -> None:
    assert set(book.leaflets) == set(book.journeys)
    for leaflet in book.leaflets.values():
        assert leaflet.prepare
        assert [name for name, _ in leaflet.stages] == list(book.journeys[leaflet.journey].stages)


def test_the_words_of_paper_follow_the_rules_of_plain_french(book: Book) -> None:
    banned = banned_words(DATA)
    wrong = {
        (leaflet.journey, line.step): found
        for leaflet in book.leaflets.values()
        for line in leaflet.lines
        if (found := list(faults(Text(line.step, "paper", "web", line.words, False, False), banned)))
    }
    assert wrong == {}


def test_a_box_is_short_and_a_sentence(book: Book) -> None:
    for leaflet in book.leaflets.values():
        for line in leaflet.lines:
            assert line.words.endswith((".", "!", "»")), line
            assert line.words.count(". ") < MOST_SENTENCES + 1, line


def test_paper_never_invites_to_write_secrets_on_it(book: Book) -> None:
    """« Ne l'écrivez pas ici » is said by a page; on paper, « ici » would be the sheet itself."""
    for leaflet in book.leaflets.values():
        assert [line for line in leaflet.lines if "ici" in line.words.split()] == []


def test_the_words_of_a_step_are_its_own_without_its_questions(book: Book) -> None:
    taken = [
        (book.journeys[leaflet.journey].steps[line.step].say.web, line.words)
        for leaflet in book.leaflets.values()
        for line in leaflet.lines
        if not line.own
    ]
    assert len(taken) > 10
    for said, words in taken:
        assert words in said or all(part in said for part in words.split(". "))
        assert not words.endswith("?")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Ouvrez monespacesante.fr. Est-ce fait ?", "Ouvrez monespacesante.fr."),
        ("Est-ce fait ?", ""),
        (
            "Demandez : « Pouvez-vous le mettre ? » Attendez. Est-ce fait ?",
            "Demandez : « Pouvez-vous le mettre ? » Attendez.",
        ),
        ("Bravo ! Gardez le papier.", "Bravo ! Gardez le papier."),
    ],
)
def test_questions_are_left_out_but_for_those_to_say_aloud(said: str, kept: str) -> None:
    assert statements(said) == kept


def test_leaflets_are_read_again_in_time(book: Book) -> None:
    for leaflet in book.leaflets.values():
        steps = book.journeys[leaflet.journey].steps
        assert all(steps[line.step].basis.checked - leaflet.checked < SHELF_LIFE for line in leaflet.lines)


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("  - site_ouvrir\n", "  - site_ouvert\n", "- site_ouvert", "L'étape « site_ouvert » n'existe pas"),
        ("leaflet: activer", "leaflet: activez", "leaflet:", "Le parcours « activez » n'existe pas."),
        ("checked: 2026-11-26", "checked: bientôt", "checked:", "Il manque la date de relecture"),
        ("steps:\n", "etapes:\n", "etapes:", "Le champ « etapes » n'existe pas."),
    ],
)
def test_a_broken_leaflet_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: str, told: str) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("nlu", "rules"))
    path = data / "leaflets" / "activer.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    _, problems = read_book(data)
    (found,) = [problem for problem in problems if told in problem.sentence]
    assert found.file == "data/leaflets/activer.yml"
    assert line in path.read_text(encoding="utf-8").splitlines()[found.line - 1]

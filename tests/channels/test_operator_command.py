"""`camille operator` and `camille review`: accesses given, renewed and ended; what was filed, looked at and refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from assistant.errors import CamilleError
from assistant.review_file import file
from assistant.settings import read_settings
from assistant.storage import schema
from assistant.storage.database import Database
from channels.cli.main import app

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `camille` in an empty house; what it says, or the error that it ends with."""
    monkeypatch.setenv("CAMILLE_VAR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")

    def ran(*words: str) -> str:
        result = CliRunner().invoke(app, list(words))
        if isinstance(result.exception, CamilleError):
            return f"! {result.exception}"
        assert result.exit_code == 0, result.output
        return result.output

    return ran


def acts(tmp_path: Path) -> list[tuple[str, str, str]]:
    database = Database(read_settings({"CAMILLE_VAR": str(tmp_path)}).database_url)
    database.upgrade()
    with database.transaction() as connection:
        rows = connection.execute(select(schema.operator_acts).order_by(schema.operator_acts.c.id)).all()
    database.close()
    return [(row.operator, row.act, row.about) for row in rows]


def test_from_given_to_ended(run: Run, tmp_path: Path) -> None:
    said = run("operator", "add", "Marie-Hélène", "--role", "exploitation")
    name = re.search(r"pour (mariehelene-\w{4})\.", said)
    assert name
    assert re.search(r"^http://127\.0\.0\.1:8000/pilotage/acces/[\w-]{22}$", said, re.M)
    listed = run("operator", "list")
    assert name[1] in listed
    assert "pas encore pris" in listed
    again = run("operator", "link", name[1])
    assert re.search(r"/pilotage/acces/[\w-]{22}$", again, re.M)
    assert "n'entre plus" in run("operator", "end", name[1])
    assert "Personne n'a d'accès" in run("operator", "list")
    assert acts(tmp_path) == [("", "given", name[1]), ("", "offered", name[1]), ("", "ended", name[1])]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "marie", "--role", "chef"), "lecture, relecture, exploitation"),
        (("add", "!?", "--role", "lecture"), "il faut un mot en lettres"),
        (("link", "marie-2222"), "personne ne s'appelle marie-2222"),
        (("end", "marie-2222"), "personne ne s'appelle marie-2222"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(run: Run, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    assert told in run("operator", *words)
    assert acts(tmp_path) == []


def test_what_was_filed_is_shown_before_it_is_taken(run: Run, tmp_path: Path) -> None:
    assert "Rien n'attend" in run("review")
    file(tmp_path / "review" / "nlu.yml", "probleme_technique", ["la page reste blanche et elle tourne"])
    said = run("review")
    assert "la page reste blanche et elle tourne" in said
    assert "camille review --adopt" in said


def test_a_file_that_is_something_else_is_not_taken(run: Run, tmp_path: Path) -> None:
    (tmp_path / "review").mkdir()
    (tmp_path / "review" / "nlu.yml").write_text("rien", encoding="utf-8")
    assert "ce n'est pas un fichier de relecture" in run("review", "--adopt")

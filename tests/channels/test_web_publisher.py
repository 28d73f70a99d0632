"""Who publishes, how to write to them and who hosts: told on three pages, and said to be missing where it is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.publishing import LONGEST, Publisher
from assistant.settings import Settings
from channels.cli.doctor import GOOD, NOTE, examine
from channels.web.typography import typeset
from tests.channels.visitor import Visitor
from tests.support.faces import open_face

PAGES = ("/mentions", "/confidentialite", "/accessibilite")
TOWN = Publisher("Mairie d'Exemple, 1 place Haute", "camille@mairie.example", "Hébergeur d'Exemple, 2 rue Basse")


def look(var: Path, path: str, publisher: Publisher, *, local: bool = False) -> Visitor:
    face = open_face(var, publisher=publisher, local=local)
    seen = Visitor(face.app.test_client())
    seen.html = face.app.test_client().get(path).get_data(as_text=True)
    face.close()
    return seen


@pytest.mark.parametrize("path", PAGES)
def test_it_is_told(tmp_path: Path, path: str) -> None:
    page = look(tmp_path, path, TOWN)
    for words in (TOWN.name, TOWN.host):
        assert typeset(words) in page.text
    assert '<a href="mailto:camille@mairie.example">camille@mairie.example</a>' in page.html
    for missing in ("pas encore écrit", "Il manque ici l", "essai sur cet ordinateur", "sert seulement"):
        assert missing not in page.text


@pytest.mark.parametrize("path", PAGES)
def test_what_is_missing_is_said_to_be(tmp_path: Path, path: str) -> None:
    page = look(tmp_path, path, Publisher())
    assert "n’a pas encore écrit son nom ici" in page.text
    assert "Il manque ici l’adresse où lui écrire." in page.text
    assert "Il manque ici le nom de l’hébergeur." in page.text
    assert "mailto:" not in page.html


@pytest.mark.parametrize("missing", ["name", "contact", "host"])
@pytest.mark.parametrize("path", PAGES)
def test_one_that_is_missing_breaks_nothing(tmp_path: Path, path: str, missing: str) -> None:
    page = look(tmp_path, path, replace(TOWN, **{missing: ""}))
    told = {"name": "pas encore écrit son nom ici", "contact": "l’adresse où lui écrire", "host": "nom de l’hébergeur"}
    assert [words for words in told.values() if words in page.text] == [told[missing]]
    assert ("La loi lui demande" in page.text) is (path == "/mentions")


@pytest.mark.parametrize("path", PAGES)
def test_a_trial_on_one_machine_says_so(tmp_path: Path, path: str) -> None:
    page = look(tmp_path, path, Publisher(), local=True)
    assert "Cette page est un essai sur cet ordinateur." in page.text
    assert "Il manque ici l" not in page.text
    assert "La loi lui demande" not in page.text


@pytest.mark.parametrize("path", PAGES)
def test_whatever_it_is_nothing_is_executed(tmp_path: Path, path: str) -> None:
    """Settings refuse these; the page would not run them either."""
    odd = Publisher('"><script>alert(1)</script>', "a\"onfocus='x'@mairie.example", "{{ 7 * 7 }}<img src=x>")
    page = look(tmp_path, path, odd)
    main = page.html[page.html.index("<main") :]
    assert re.findall(r"<(?:script|img)", main) == []
    assert "{{ 7 * 7 }}" in page.text
    assert 'href="mailto:a&#34;onfocus=&#39;x&#39;@mairie.example"' in page.html


def test_a_long_one_is_told_whole(tmp_path: Path) -> None:
    assert "é" * LONGEST in look(tmp_path, "/mentions", replace(TOWN, name="é" * LONGEST)).text


class TestDoctor:
    def said(self, settings: Settings) -> tuple[str, str]:
        (told,) = [one for one in examine(settings) if one[1].startswith("Mentions légales")]
        return told

    def test_all_there(self, settings: Settings) -> None:
        assert self.said(replace(settings, local=False, publisher=TOWN)) == (GOOD, f"Mentions légales : {TOWN.name}.")

    def test_in_production_what_is_missing_is_named(self, settings: Settings) -> None:
        mark, sentence = self.said(replace(settings, local=False, publisher=Publisher(name="Mairie")))
        assert mark == NOTE
        assert "il manque CONTACT, HOSTED_BY. La loi les demande." in sentence

    def test_a_trial_lacks_nothing(self, settings: Settings) -> None:
        mark, sentence = self.said(replace(settings, local=True, publisher=Publisher()))
        assert (mark, "essai sur cet ordinateur" in sentence) == (GOOD, True)

"""The button on other sites: who may show its window, what the script is served with, and that neither has a visit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.settings import ROOT
from tests.channels.visitor import Visitor, words
from tests.support.faces import BASE, Face, open_face

SITES = ("https://www.mairie.example", "https://cabinet.example:8443")
PAGES = (
    "/registre",
    "/verifier",
    "/",
    "/reprise",
    "/attente",
    "/confidentialite",
    "/accessibilite",
    "/mentions",
    "/rien",
    "/avis",
)


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    opened = open_face(tmp_path, embed_origins=SITES)
    yield opened
    opened.close()


def ancestors(face: Face, path: str) -> str:
    """The sites that may show `path` in a frame."""
    answer = face.app.test_client().get(path, base_url=BASE)
    found = re.search(r"frame-ancestors ([^;]+)", answer.headers["Content-Security-Policy"])
    assert found
    return found[1]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_stands_in_a_frame(face: Face, path: str) -> None:
    assert ancestors(face, path) == "'none'"


def test_the_window_does_on_the_sites_that_were_allowed(face: Face) -> None:
    assert ancestors(face, "/bouton") == " ".join(SITES)


def test_without_any_site_nor_does_the_window(tmp_path: Path) -> None:
    alone = open_face(tmp_path / "alone")
    assert ancestors(alone, "/bouton") == "'none'"
    alone.close()


def test_the_window_may_load_nothing_more_than_a_page(face: Face) -> None:
    client = face.app.test_client()
    policies = [client.get(path, base_url=BASE).headers["Content-Security-Policy"] for path in ("/", "/bouton")]
    assert len({re.sub(r"frame-ancestors.*", "", policy) for policy in policies}) == 1


@pytest.mark.parametrize("path", ["/bouton", "/bouton.js", "/manifest.webmanifest", "/static/camille.css"])
def test_what_is_the_same_for_everybody_carries_no_visit(face: Face, path: str) -> None:
    """Not even somebody else's, made to live longer."""
    visitor = Visitor(face.app.test_client()).look()
    answer = visitor.client.get(path, base_url=BASE)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    answer.close()


def test_the_window_has_no_form_and_its_links_leave_it(face: Face) -> None:
    page = Visitor(face.app.test_client()).look("/bouton").html
    assert "<form" not in page
    assert "<button" not in page
    for link in re.findall(r"<a .*?>", page):
        assert 'href="tel:' in link or 'target="_blank" rel="noopener noreferrer"' in link, link
    assert page.index('href="tel:3422"') < page.index("<main")
    assert "Camille n’est pas le service officiel." in words(page)


def test_the_script_is_for_everybody_and_mended_within_the_hour(face: Face) -> None:
    client = face.app.test_client()
    answer = client.get("/bouton.js", base_url=BASE)
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = client.get("/bouton.js", base_url=BASE, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_script_looks_at_nothing_and_keeps_nothing(face: Face) -> None:
    script = face.app.test_client().get("/bouton.js", base_url=BASE).get_data(as_text=True)
    for forbidden in ("cookie", "localStorage", "sessionStorage", "fetch(", "XMLHttpRequest", "innerHTML", "eval"):
        assert forbidden not in script
    assert BASE not in script, "it knows where it comes from by its own address"


def test_the_example_and_the_manual_show_the_line_that_works(face: Face) -> None:
    line = '<script src="https://camille.example/bouton.js" defer></script>'
    manual = (ROOT / "docs" / "integrer.fr.md").read_text(encoding="utf-8")
    example = (ROOT / "docs" / "exemple-bouton.html").read_text(encoding="utf-8")
    assert line in manual
    assert re.search(r'<script src="[^"]+/bouton\.js" defer></script>', example)
    script = face.app.test_client().get("/bouton.js", base_url=BASE).get_data(as_text=True)
    read = set(re.findall(r'getAttribute\("(data-\w+)"\)', script))
    assert read == {"data-mode", "data-texte", "data-place"} == set(re.findall(r"data-(?:\w+)", manual))
    assert set(re.findall(r"data-\w+", example)) <= read

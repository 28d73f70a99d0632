"""What a practice prints: a leaflet, a stack, a poster. Read back out of the PDF, as paper would be."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import select

from assistant.inviting import STACK
from assistant.storage import practices
from assistant.storage.schema import invitations
from channels.web.paper import PRESS
from tests.channels.practice.test_pages import acts, made, rows
from tests.channels.test_leaflets import tags
from tests.support.faces import BASE, NOON, Face, open_face
from tests.support.pdf_text import texts
from tests.support.practice import Browser, Practice, open_practice

# The fullest leaflet there is: every line open, a long address.
FULL = {
    "twilio_sender": "38123",
    "voice_number": "0937000001",
    "public_base_url": "https://camille.communaute-de-communes.example",
}
A5, A4, A3 = (420, 595), (595, 842), (842, 1191)


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Face]:
    opened = open_face(tmp_path_factory.mktemp("var"), **FULL)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def practice(face: Face) -> Practice:
    return open_practice(face.app)


@pytest.fixture
def browser(practice: Practice) -> Browser:
    return practice.browser(practice.martin, BASE)


def file(browser: Browser, label: str = "Ouvrir le PDF") -> bytes:
    """The PDF behind the link called `label`."""
    found = re.search(rf'href="([^"]*\.pdf\?[^"]*)">(?:<svg.*?</svg>)?<span>{label}', browser.html)
    assert found
    answer = browser.client.get(found[1].replace("&amp;", "&"), base_url=BASE)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.get_data()


def sizes(file: bytes) -> list[tuple[int, ...]]:
    with pikepdf.open(io.BytesIO(file)) as opened:
        return [tuple(round(float(side)) for side in page.MediaBox[2:]) for page in opened.pages]


def told(file: bytes) -> list[tuple[str, str]]:
    with pikepdf.open(io.BytesIO(file)) as opened:
        return list(tags(opened.Root.StructTreeRoot.K))


# One leaflet.


def test_a_leaflet_says_all_that_serves_at_home(face: Face, browser: Browser) -> None:
    browser.look("/medecin").press("Imprimer")
    it, (read,) = made(face, browser), texts(file(browser))
    read = "".join(read.split())  # a long address goes over two lines
    for words in (
        "Le docteur Martin vous propose Camille",
        "pour activer Mon espace santé",
        "Mon espace santé est votre carnet de santé en ligne.",
        "camille.communaute-de-communes.example",
        "09 37 00 00 01",
        f"{it.digits[:3]} {it.digits[3:]}",
        it.word,
        "38 123",
        "Rien à payer, aucun numéro ne vous sera demandé",
        "34 22",
        "répéter",
        "une personne",
        "de l’aide",
        "un assistant automatique",
        "monespacesante.fr",
    ):
        assert "".join(words.split()) in read, words
    assert it.token not in read


@pytest.mark.parametrize("aim", ["activer", "partager", "ecrire"])
def test_a_leaflet_is_one_side_of_a5(browser: Browser, aim: str) -> None:
    browser.look("/medecin").press("Imprimer", pour=aim)
    assert sizes(file(browser)) == [A5]


def test_a_long_name_and_a_long_address_fit_too(face: Face, practice: Practice) -> None:
    with face.conversation.database.transaction() as connection:
        here, name = practice.martin.practice, "Le docteur Marie-Christine Dupont-Lefebvre"
        made = practices.physician_of(connection, here, "subject of a long name", name, NOON)
        found = practices.member(connection, made)
        assert found
    browser = practice.browser(found, BASE)
    assert sizes(file(browser.look("/medecin").press("Imprimer", pour="partager"))) == [A5]
    browser.look("/medecin/affiche").press("Faire l’affiche", pour="partager")
    assert sizes(file(browser, "Le PDF en A4")) == [A4]
    with face.conversation.database.transaction() as connection:
        practices.end(connection, here, made, NOON)


def test_a_leaflet_is_tagged_for_those_who_hear_it(browser: Browser) -> None:
    browser.look("/medecin").press("Imprimer")
    with pikepdf.open(io.BytesIO(file(browser))) as opened:
        assert bool(opened.Root.MarkInfo.Marked)
        assert str(opened.Root.Lang) == "fr"
        with opened.open_metadata() as meta:
            assert meta["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
            assert meta["dc:title"] == "Le docteur Martin vous propose Camille – Camille"
        for page in opened.pages:
            for font in page.Resources.Font.values():
                (drawn,) = font.DescendantFonts
                assert "/FontFile2" in drawn.FontDescriptor or "/FontFile3" in drawn.FontDescriptor
        found = list(tags(opened.Root.StructTreeRoot.K))
    kinds = [kind for kind, _ in found]
    assert kinds.count("/H1") == 1
    assert kinds.index("/H1") < kinds.index("/H2")
    assert [alt for kind, alt in found if kind == "/Figure"] == [
        "Carré à viser avec l’appareil photo d’un téléphone. "
        "Il ouvre la page de Camille, à l’adresse camille.communaute-de-communes.example."
    ]


def test_what_is_not_set_up_is_left_out(tmp_path: Path) -> None:
    bare = open_face(tmp_path)
    who = open_practice(bare.app)
    browser = who.browser(who.martin, BASE).look("/medecin").press("Imprimer")
    (read,) = texts(file(browser))
    for words in ("Appelez le 09", "SMS", "répéter", "Au téléphone"):
        assert words not in read
    assert "camille.example" in read
    assert "/L" in [kind for kind, _ in told(file(browser))]
    bare.close()


def test_nothing_printed_is_kept(face: Face, browser: Browser) -> None:
    browser.look("/medecin").press("Imprimer")
    file(browser)
    assert face.app.extensions[PRESS].made == 0
    assert not face.app.extensions[PRESS]._kept


def test_without_what_makes_files_the_page_is_offered(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.look("/medecin").press("Imprimer")
    here = browser.path
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    browser.look(here.replace("/feuille", "/feuille.pdf"))
    assert browser.status == 503
    assert f'href="{here}"' in browser.html


def test_printing_is_noted(face: Face, practice: Practice, browser: Browser) -> None:
    before = acts(face, practice).count("printed")
    browser.look("/medecin").press("Imprimer")
    assert acts(face, practice).count("printed") == before + 1


# A stack.


def test_a_stack_is_twenty_times_the_same_side(face: Face, browser: Browser) -> None:
    browser.look("/medecin/feuille").press("Une pile de 20 feuilles")
    drawn = file(browser)
    assert sizes(drawn) == [A5] * STACK
    assert len(set(texts(drawn))) == 1
    assert [kind for kind, _ in told(drawn)].count("/H1") == STACK
    last = rows(face)[-1]
    assert (last.way, last.most) == ("print", STACK)
    assert (last.expires_at - last.made_at).days >= 360


# A poster.


@pytest.mark.parametrize(("label", "size"), [("Le PDF en A4", A4), ("Le PDF en A3", A3)])
def test_a_poster_is_one_sheet(face: Face, browser: Browser, label: str, size: tuple[int, int]) -> None:
    browser.look("/medecin/affiche").press("Faire l’affiche")
    drawn = file(browser, label)
    assert sizes(drawn) == [size]
    (read,) = texts(drawn)
    for words in ("Le docteur Martin vous propose Camille", "09", made(face, browser).word.split()[0], "34"):
        assert words in read
    last = rows(face)[-1]
    assert (last.way, last.most) == ("poster", 0)


def test_a_size_that_is_none_is_a_calm_page(face: Face, browser: Browser) -> None:
    browser.look("/medecin/affiche").press("Faire l’affiche")
    name = made(face, browser).name
    assert browser.look(f"/medecin/affiche-a9.pdf?i={name}").status == 404
    assert browser.look(f"/medecin/feuille.pdf?i={name}").status == 404


# Ending.


@pytest.mark.parametrize(
    ("path", "label"), [("/medecin/feuille", "Une pile de 20 feuilles"), ("/medecin/affiche", "Faire l’affiche")]
)
def test_stacks_and_posters_are_ended_from_their_page(tmp_path: Path, path: str, label: str) -> None:
    face = open_face(tmp_path, **FULL)
    who = open_practice(face.app)
    browser = who.browser(who.martin, BASE).look(path).press(label)
    here = browser.path
    other = who.browser(who.desk, BASE).look(path)
    assert "Le docteur Martin" in other.main
    other.press("Retirer")
    assert other.path == path
    assert "pour le moment" in other.main
    assert [row.ended_at is not None for row in rows(face)] == [True]
    assert acts(face, who).count("ended") == 1
    assert browser.look(here).html.count('class="square"') == 0, "what leads nowhere is not printed"
    face.close()


def test_another_practice_ends_nothing(face: Face, practice: Practice, browser: Browser) -> None:
    browser.look("/medecin/affiche").press("Faire l’affiche")
    last = rows(face)[-1].id
    stranger = practice.browser(practice.elsewhere, BASE).look("/medecin/affiche").press("Faire l’affiche")
    stranger.look("/medecin/affiche")
    for number in (str(last), "0", "", "x", "9" * 40, "-1", "1 OR 1=1"):
        stranger.look("/medecin/affiche").press("Retirer", invitation=number)
        assert stranger.status == 200
    with face.conversation.database.transaction() as connection:
        ended = connection.execute(select(invitations.c.ended_at).where(invitations.c.id == last)).scalar()
    assert ended is None


def test_a_single_leaflet_is_no_stack(tmp_path: Path) -> None:
    face = open_face(tmp_path, **FULL)
    who = open_practice(face.app)
    browser = who.browser(who.martin, BASE)
    browser.look("/medecin").press("Imprimer")
    assert "Aucune pile pour le moment" in browser.look("/medecin/feuille").main
    face.close()

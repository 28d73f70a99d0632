"""The leaflets: as a page, as a tagged PDF, with a square that says what is written beside it."""

from __future__ import annotations

import io
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import segno

from channels.web.paper import PRESS
from channels.web.press import KEPT, NoPressError, Press
from channels.web.qr import QUIET, square
from channels.web.typography import sentences, typeset
from tests.channels.visitor import Visitor, words
from tests.support.at_once import at_once
from tests.support.faces import BASE, Face, open_face

JOURNEYS = ("activer", "decouvrir", "documents", "partager", "retrouver")
# The fullest first page there is: every line open, a partner's number, a long address.
FULL = {
    "twilio_sender": "38123",
    "voice_number": "0937000001",
    "human_phone_number": "0102030405",
    "public_base_url": "https://camille.communaute-de-communes.example",
}
A4 = (595, 842)


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Face]:
    opened = open_face(tmp_path_factory.mktemp("var"), **FULL)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def files(face: Face) -> dict[str, bytes]:
    client = face.app.test_client()
    return {name: client.get(f"/feuille/{name}.pdf", base_url=BASE).get_data() for name in JOURNEYS}


def page(face: Face, name: str) -> str:
    answer = face.app.test_client().get(f"/feuille/{name}", base_url=BASE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


# The page.


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_leaflet_says_it_all_in_the_words_of_the_content(face: Face, name: str) -> None:
    book = face.conversation.book
    told = words(page(face, name))
    assert typeset(book.journeys[name].title) in told
    for line in book.leaflets[name].lines:
        assert " ".join(sentences(line.words)) in told, line.step
    about = sentences(book.answers["a_quoi_ca_sert"].say.web)
    assert all(sentence in told for sentence in about[:3])
    assert about[3] not in told
    for sentence in (*sentences(book.answers["numero_3422"].say.web)[1:], *sentences(book.answers["cout"].say.web)[:1]):
        assert sentence in told
    assert "Rien à payer, aucun numéro à donner" in told
    assert "Ce n’est pas le service officiel." in told


def test_addresses_and_numbers_stand_in_clear(face: Face) -> None:
    told = words(page(face, "activer")).replace("\N{NO-BREAK SPACE}", " ")
    for clear in ("camille.communaute-de-communes.example", "09 37 00 00 01", "38 123", "BONJOUR", "01 02 03 04 05"):
        assert clear in told
    assert told.count("34 22") >= 2


def test_what_is_not_set_is_not_promised(tmp_path: Path) -> None:
    bare = open_face(tmp_path, twilio_account_sid="")
    told = words(page(bare, "activer"))
    assert "camille.example" in told
    assert "BONJOUR" not in told
    assert "Par téléphone" not in told
    assert "Ou bien appelez" not in told
    assert "Feuille d’essai" not in told
    bare.close()


def test_an_address_that_opens_nowhere_else_says_so(tmp_path: Path) -> None:
    local = open_face(tmp_path, twilio_account_sid="", public_base_url="http://127.0.0.1:8000", local=True)
    answer = local.app.test_client().get("/feuille/activer")
    assert "Feuille d’essai" in answer.get_data(as_text=True)
    local.close()


def test_a_leaflet_sets_no_cookie(face: Face) -> None:
    for path in ("/feuille/activer", "/feuille/activer.pdf"):
        assert "Set-Cookie" not in face.app.test_client().get(path, base_url=BASE).headers


@pytest.mark.parametrize("path", ["/feuille/rien", "/feuille/rien.pdf", "/feuille/..%2Factiver", "/feuille/"])
def test_any_other_leaflet_is_a_calm_page(face: Face, path: str) -> None:
    visitor = Visitor(face.app.test_client()).look(path)
    assert visitor.status == 404
    assert "Revenir à la page de Camille" in visitor.text


def test_a_step_leads_to_its_leaflet_and_carries_its_own_list(face: Face) -> None:
    visitor = Visitor(face.app.test_client()).look()
    assert "/feuille/" not in visitor.html
    visitor.press("Activer mon espace").press("Pour moi")
    assert 'href="/feuille/activer"' in visitor.html
    listed = re.search(r'<section class="on-paper".*?</section>', visitor.html, re.DOTALL)
    assert listed
    for line in face.conversation.book.leaflets["activer"].prepare:
        assert typeset(line.words) in words(listed.group())
    assert listed.group().count("<li") == 6 + len(face.conversation.book.leaflets["activer"].prepare)


# The square.


@pytest.mark.parametrize("address", ["https://camille.example", "https://a.example/reprise/" + "x" * 22])
def test_a_square_draws_what_segno_computes(address: str) -> None:
    """Every module of the drawing, read back from its path, against the matrix of the address."""
    drawn = square(address, "Ce qu’il dit")
    made = segno.make_qr(address, error="q")
    size = len(made.matrix) + 2 * QUIET
    assert f'viewBox="0 0 {size} {size}"' in drawn
    assert modules(str(drawn), size) == [[bool(dot) for dot in row] for row in made.matrix_iter(border=QUIET)]
    assert made.error in "QH"
    assert '<svg role="img"' in drawn
    assert "<title>Ce qu’il dit</title>" in drawn


def test_a_square_says_its_address_to_whoever_does_not_see_it(face: Face) -> None:
    (title,) = re.findall(r"<title>(Carré.*?)</title>", page(face, "activer"))
    assert title.endswith("Il ouvre l’adresse camille.communaute-de-communes.example.")


def modules(drawn: str, size: int) -> list[list[bool]]:
    """The dark modules of a path of lines: « M x y » and « m dx dy » move, « h n » darkens n modules."""
    (path,) = re.findall(r'<path[^>]*stroke="#000"[^>]* d="([^"]+)"', drawn)
    dark = [[False] * size for _ in range(size)]
    x = y = 0.0
    for kind, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", path):
        if kind == "M":
            x, y = float(first), float(second)
        elif kind == "m":
            x, y = x + float(first), y + float(second)
        else:
            for at in range(int(x), int(x) + int(first)):
                dark[int(y)][at] = True
            x += float(first)
    return dark


# The PDF.


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_file_is_tagged_for_those_who_hear_it(face: Face, files: dict[str, bytes], name: str) -> None:
    with pikepdf.open(io.BytesIO(files[name])) as made:
        assert bool(made.Root.MarkInfo.Marked)
        assert str(made.Root.Lang) == "fr"
        assert bool(made.Root.ViewerPreferences.DisplayDocTitle)
        title = typeset(face.conversation.book.journeys[name].title)
        with made.open_metadata() as told:
            assert told["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
            assert told["dc:title"] == f"{title}, la feuille à garder – Camille"
        found = list(tags(made.Root.StructTreeRoot.K))
        kinds = [kind for kind, _ in found]
        assert kinds.count("/H1") == 1
        assert kinds.index("/H1") < kinds.index("/H2") < kinds.index("/H3")
        assert kinds.count("/LI") == len(face.conversation.book.leaflets[name].lines)
        assert "/L" in kinds
        figures = [told for kind, told in found if kind == "/Figure"]
        assert figures == [f"Carré à viser avec l’appareil photo d’un téléphone. Il ouvre l’adresse {FULL_ADDRESS}."]


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_file_is_two_a4_pages_at_most_with_its_own_fonts(files: dict[str, bytes], name: str) -> None:
    with pikepdf.open(io.BytesIO(files[name])) as made:
        assert len(made.pages) <= 2
        for sheet in made.pages:
            assert tuple(round(float(side)) for side in sheet.MediaBox[2:]) == A4
            for font in sheet.Resources.Font.values():
                (drawn,) = font.DescendantFonts
                assert "/FontFile2" in drawn.FontDescriptor or "/FontFile3" in drawn.FontDescriptor


def test_a_file_is_made_once_a_version(face: Face) -> None:
    client, press = face.app.test_client(), face.app.extensions[PRESS]
    client.get("/feuille/activer.pdf", base_url=BASE)
    made = press.made
    again = [client.get("/feuille/activer.pdf", base_url=BASE).get_data() for _ in range(20)]
    assert press.made == made
    assert len(set(again)) == 1


def test_a_changed_sentence_makes_another_file() -> None:
    press = Press()
    one, two = (f'<html lang="fr"><title>A</title><h1>{told}</h1></html>' for told in ("Un", "Deux"))
    assert press.pdf(one, "") != press.pdf(two, "")
    assert press.pdf(one, "") == press.pdf(one, "")
    assert press.made == 2


def test_two_who_ask_at_once_wait_for_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    press, drawn = Press(), []

    def slow(page: str, sheet: str) -> bytes:
        drawn.append(page)
        time.sleep(0.05)
        return page.encode()

    monkeypatch.setattr("channels.web.press._print", slow)
    at_once([lambda: press.pdf("a", "")] * 8)
    assert drawn == ["a"]
    for number in range(KEPT + 1):
        press.pdf(str(number), "")
    press.pdf("a", "")
    assert drawn.count("a") == 2, "no more files are kept than fit"


@pytest.mark.parametrize("missing", ["weasyprint", "the libraries of the system"])
def test_without_what_makes_files_the_page_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    bare = open_face(tmp_path)
    if missing == "weasyprint":
        monkeypatch.setitem(sys.modules, "weasyprint", None)
    else:

        class Broken:
            def find_spec(self, name: str, *_: Any) -> None:
                if name == "weasyprint":
                    raise OSError("cannot load library 'libpango-1.0-0'")

        for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    visitor = Visitor(bare.app.test_client()).look("/feuille/activer.pdf")
    assert visitor.status == 503
    assert "elle s’imprime aussi bien" in visitor.text
    assert "libpango" not in visitor.html
    assert 'href="/feuille/activer"' in visitor.html
    with pytest.raises(NoPressError):
        Press().pdf("<p>", "")
    bare.close()


def test_a_file_asks_nothing_of_the_network_or_of_the_disk(caplog: pytest.LogCaptureFixture) -> None:
    made = Press().pdf(
        '<html lang="fr"><title>A</title><img src="file:///etc/passwd" alt="a"><img src="http://x.example/a" alt="b">',
        "",
    )
    assert made.startswith(b"%PDF")
    assert len([record for record in caplog.records if "disallowed protocol" in record.getMessage()]) == 2


FULL_ADDRESS = FULL["public_base_url"].removeprefix("https://")


def tags(node: Any) -> Iterator[tuple[str, str]]:
    """Every tag of a structure tree in reading order, with what it says instead of its drawing."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from tags(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield str(node.S), str(node.get("/Alt", ""))
        if "/K" in node:
            yield from tags(node.K)

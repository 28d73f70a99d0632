"""The physician's pages, in a browser without JavaScript: three clicks at most, nothing of the patient, made once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import segno
from sqlalchemy import select

from assistant.content.french import words as counted
from assistant.settings import ROOT
from assistant.storage import journal, practices
from assistant.storage.schema import invitations
from channels.cli.advice import LONGEST_SCRIPT
from channels.practice import making
from channels.practice.making import Made
from channels.web.qr import QUIET
from channels.web.typography import typeset
from tests.channels.test_leaflets import modules
from tests.support.faces import BASE, NOON, Face, open_face
from tests.support.practice import Browser, Practice, open_practice

LINES = {"twilio_sender": "38123", "voice_number": "0937000001"}
GUARDED = (
    "/medecin",
    "/medecin/montrer",
    "/medecin/feuille",
    "/medecin/feuille.pdf",
    "/medecin/affiche",
    "/medecin/affiche-a4.pdf",
    "/medecin/dire",
    "/medecin/chez-vous",
)


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    opened = open_face(tmp_path, **LINES)
    yield opened
    opened.close()


@pytest.fixture
def practice(face: Face) -> Practice:
    return open_practice(face.app)


@pytest.fixture
def browser(practice: Practice) -> Browser:
    return practice.browser(practice.martin, BASE)


def rows(face: Face) -> list[Any]:
    with face.conversation.database.transaction() as connection:
        return list(connection.execute(select(invitations).order_by(invitations.c.id)))


def acts(face: Face, practice: Practice) -> list[str]:
    with face.conversation.database.transaction() as connection:
        return [line.act for line in journal.read(connection, practice.martin.practice, NOON)]


def made(face: Face, browser: Browser) -> Made:
    """What stands on the page before the eyes of `browser`, with its keys."""
    name = re.search(r"[?&]i=([\w-]{22})", browser.path)
    assert name
    cookies = {cookie.key: cookie.value for cookie in browser.client._cookies.values()}
    carried = "; ".join(f"{key}={value}" for key, value in cookies.items())
    with face.app.test_request_context(base_url=BASE, headers={"Cookie": carried}):
        found = making.find(name[1], "show", "print", "poster")
    assert found
    return found


def later(face: Face, after: timedelta) -> None:
    given = face.app.extensions["camille"]
    face.app.extensions["camille"] = replace(given, clock=lambda: NOON + after)


# The one screen.


@pytest.mark.parametrize("path", GUARDED)
def test_nobody_comes_in_unsigned(face: Face, path: str) -> None:
    answer = face.app.test_client().get(path, base_url=BASE)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/medecin/entrer")


@pytest.mark.parametrize("path", ["/medecin", "/medecin/montrer", "/medecin/feuille", "/medecin/affiche"])
def test_what_our_pages_did_not_make_is_refused(face: Face, browser: Browser, path: str) -> None:
    answer = browser.client.post(path, data={"pour": "activer"}, base_url=BASE)
    assert answer.status_code == 400
    assert rows(face) == []


def test_the_style_sheet_is_there_before_anybody_is(face: Face) -> None:
    with face.app.test_client().get("/medecin/static/practice.css", base_url=BASE) as answer:
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("label", ["Montrer", "Imprimer"])
def test_from_signed_in_to_a_square_or_a_sheet_is_one_press_and_two_pages(
    face: Face, browser: Browser, label: str
) -> None:
    browser.look("/medecin").press(label)
    assert browser.status == 200
    assert (browser.presses, browser.pages) == (1, 2)
    assert 'class="square"' in browser.html
    assert len(rows(face)) == 1


def test_nothing_is_asked_of_the_patient(browser: Browser) -> None:
    browser.look("/medecin")
    fields = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', browser.html))
    assert fields == {"csrf_token", "id", "pour"}
    assert not re.search(r'type="(?:text|tel|email|search|number)"', browser.html)


@pytest.mark.parametrize("aim", ["activer", "partager", "ecrire"])
def test_what_it_is_for_is_kept_for_the_next_patient(face: Face, browser: Browser, aim: str) -> None:
    browser.look("/medecin").press("Montrer", pour=aim)
    assert [row.aim for row in rows(face)] == [aim]
    back = re.search(r'href="(/medecin\?[^"]*)">Terminé', browser.html)
    assert back
    browser.look(back[1].replace("&amp;", "&"))
    assert re.findall(r'value="(\w+)" checked', browser.html) == [aim]


def test_the_default_is_to_activate(browser: Browser) -> None:
    for path in ("/medecin", "/medecin?pour=autre", "/medecin?pour="):
        assert re.findall(r'value="(\w+)" checked', browser.look(path).html) == ["activer"]


def test_an_sms_is_not_promised_where_none_can_be_sent(face: Face, browser: Browser) -> None:
    assert "<strong>Envoyer un SMS</strong><span>Un lien" in browser.look("/medecin").html
    given = face.app.extensions["camille"]
    face.app.extensions["camille"] = replace(given, settings=replace(given.settings, twilio_sender=""))
    browser.look("/medecin")
    assert "Pas possible ici en ce moment." in browser.text
    assert 'value="sms"' not in browser.html


def test_the_sms_button_makes_nothing_and_keeps_the_choice(face: Face, browser: Browser) -> None:
    browser.look("/medecin")
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', browser.html.split("<main")[1]))
    answer = browser.client.post("/medecin", data={**form, "pour": "ecrire"}, base_url=BASE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/medecin/sms?pour=ecrire")
    assert rows(face) == []


# Who invites, and in whose name.


def test_a_physician_invites_in_her_own_name_only(face: Face, practice: Practice, browser: Browser) -> None:
    browser.look("/medecin")
    assert "<select" not in browser.html
    browser.press("Montrer", chez=practice.diallo.id)
    assert rows(face) == []
    assert browser.path == "/medecin"


def test_the_front_desk_chooses_the_physician(face: Face, practice: Practice) -> None:
    browser = practice.browser(practice.desk, BASE).look("/medecin")
    assert re.findall(r"<option[^>]*>(.*?)</option>", browser.html) == ["Le docteur Diallo", "Le docteur Martin"]
    browser.press("Montrer", chez=practice.martin.id)
    assert "Le docteur Martin vous propose Camille" in browser.text
    assert [row.physician for row in rows(face)] == [practice.martin.id]
    assert f"chez={practice.martin.id}" in browser.html


def test_the_front_desk_invites_for_nobody_elsewhere(face: Face, practice: Practice) -> None:
    browser = practice.browser(practice.desk, BASE).look("/medecin")
    browser.press("Montrer", chez=practice.elsewhere.id)
    assert rows(face) == []


def test_an_old_address_proposes_another_physician(face: Face, practice: Practice) -> None:
    browser = practice.browser(practice.desk, BASE)
    for chosen in (practice.elsewhere.id, "x"):
        assert "Montrer" in browser.look(f"/medecin?chez={chosen}").main
        assert " selected" in browser.html


def test_a_practice_without_a_physician_is_told_so(face: Face, practice: Practice) -> None:
    with face.conversation.database.transaction() as connection:
        for physician in (practice.martin, practice.diallo):
            practices.end(connection, physician.practice, physician.id, NOON)
    browser = practice.browser(practice.desk, BASE).look("/medecin")
    assert "Aucun médecin n’est inscrit dans ce cabinet" in browser.main
    assert "Montrer" not in browser.main


def test_accesses_and_the_journal_are_for_physicians(practice: Practice, browser: Browser) -> None:
    told = practice.browser(practice.desk, BASE).look("/medecin").html
    own = browser.look("/medecin").html
    for path in ("/medecin/acces", "/medecin/journal"):
        assert f'href="{path}"' in own
        assert f'href="{path}"' not in told


# What is shown.


def test_the_square_holds_the_address_of_the_invitation(face: Face, browser: Browser) -> None:
    browser.look("/medecin").press("Montrer")
    token = made(face, browser).token
    assert re.fullmatch(r"[\w-]{22}", token)
    code = segno.make_qr(f"{BASE}/i/{token}", error="q")
    size = len(code.matrix) + 2 * QUIET
    shown = re.search(r'<svg[^>]*class="square".*?</svg>', browser.html, re.DOTALL)
    assert shown
    assert modules(shown.group(), size) == [[bool(dot) for dot in row] for row in code.matrix_iter(border=QUIET)]


def test_whoever_has_no_camera_finds_two_other_keys(face: Face, browser: Browser) -> None:
    browser.look("/medecin").press("Montrer")
    it = made(face, browser)
    assert re.fullmatch(r"\d{6}", it.digits)
    for told in ("09 37 00 00 01", f"{it.digits[:3]} {it.digits[3:]}", it.word, "38 123", "camille.example"):
        assert told.replace(" ", "\N{NO-BREAK SPACE}") in browser.html
    assert "Rien à payer. Aucun numéro ne vous sera demandé." in browser.text
    assert it.token not in browser.text


def test_without_lines_only_the_address_stands_beside_it(tmp_path: Path) -> None:
    bare = open_face(tmp_path)
    who = open_practice(bare.app)
    browser = who.browser(who.martin, BASE).look("/medecin").press("Montrer")
    assert "camille.example" in browser.main
    assert "SMS" not in browser.main
    assert "Appelez" not in browser.main
    bare.close()


def test_a_reload_and_a_second_press_make_no_other(face: Face, practice: Practice, browser: Browser) -> None:
    browser.look("/medecin")
    first = browser.html
    browser.press("Montrer")
    here = browser.path
    for _ in range(3):
        assert browser.look(here).status == 200
    browser.html = first
    assert browser.press("Montrer").path == here
    assert len(rows(face)) == 1
    assert acts(face, practice).count("shown") == 1


def test_a_new_visit_of_the_screen_makes_a_new_one(face: Face, browser: Browser) -> None:
    paths = {browser.look("/medecin").press("Montrer").path for _ in range(3)}
    assert len(paths) == len(rows(face)) == 3


def test_it_is_shown_for_a_day_to_its_own_practice(face: Face, practice: Practice, browser: Browser) -> None:
    here = browser.look("/medecin").press("Montrer").path
    assert practice.browser(practice.desk, BASE).look(here).status == 200
    assert practice.browser(practice.elsewhere, BASE).look(here).status == 404
    later(face, timedelta(days=1))
    gone = practice.browser(practice.martin, BASE).look(here)
    assert (gone.status, gone.html.count('<svg class="square"')) == (404, 0)
    assert "Vous pouvez en faire une autre tout de suite" in gone.text


@pytest.mark.parametrize("name", ["", "x", "A" * 22, "A" * 2000, "../../etc", "%00"])
def test_what_was_never_made_is_a_calm_page(browser: Browser, name: str) -> None:
    assert browser.look(f"/medecin/montrer?i={name}").status == 404
    assert "Proposer Camille" in browser.text


def test_the_keys_are_nowhere_in_clear(face: Face, browser: Browser) -> None:
    browser.look("/medecin").press("Montrer")
    it = made(face, browser)
    kept = b"".join(path.read_bytes() for path in face.settings.var.glob("camille.sqlite*"))
    for key in (it.token, it.word, f'"{it.digits}"'):
        assert key.encode() not in kept
        assert key not in browser.path


@pytest.mark.parametrize("path", ["/medecin", "/medecin/dire", "/medecin/chez-vous", "/medecin/feuille"])
def test_no_cache_keeps_a_page_of_the_practice(browser: Browser, path: str) -> None:
    assert browser.client.get(path, base_url=BASE).headers["Cache-Control"] == "no-store"


# What to say.


def test_the_script_takes_twenty_seconds(face: Face, browser: Browser) -> None:
    said = face.conversation.book.advice.script.words
    assert 30 < len(counted(said)) <= LONGEST_SCRIPT
    shown = browser.look("/medecin/dire").text
    assert typeset(said.split(". ")[0]) in shown


def test_five_objections_are_answered_each_with_its_sources(face: Face, browser: Browser) -> None:
    browser.look("/medecin/dire")
    book = face.conversation.book
    assert len(book.advice.objections) == 5
    for said in book.advice.objections:
        part = browser.html[browser.html.index(f"<h3>{typeset(said.heard)}</h3>") :].split("</li>\n    <li class=")[0]
        for fact in said.basis.facts:
            assert book.facts[fact].confidence != "to check"
            assert typeset(book.facts[fact].source) in part


# For the practice's own pages.


def test_what_is_copied_is_what_the_guide_for_sites_says(browser: Browser) -> None:
    browser.look("/medecin/chez-vous")
    guide = (ROOT / "docs/integrer.fr.md").read_text(encoding="utf-8")
    fields = re.findall(r"<textarea[^>]* readonly[^>]*>(.*?)</textarea>", browser.html, re.DOTALL)
    plain = [field.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"') for field in fields]
    assert len(plain) == 3
    for line in plain[1:]:
        assert line in guide
    assert "https://camille.example" in plain[0]
    assert "Par téléphone : 09 37 00 00 01" in plain[0]
    assert re.findall(r'<label for="(\w+)"', browser.html) == ["signature", "bouton", "lien"]

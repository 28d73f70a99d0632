"""Leaving and coming back: a code and a link, on another screen or by telephone; previews, old links, guessers."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from assistant.storage.resume_codes import LIFE
from assistant.storage.schema import guesses, persons
from channels.web.lines import lines
from tests.channels.visitor import Visitor
from tests.support.faces import BASE, NOON, Face, open_face, sms_form

NO_BREAK = "\N{NO-BREAK SPACE}"
LINK = re.compile(rf'<p class="link"><a href="{BASE}(/reprise/[\w-]+)">')


@pytest.fixture
def leaving(face: Face) -> Visitor:
    """Somebody on a step, who asked how to go on elsewhere."""
    visitor = Visitor(face.app.test_client()).look().press("Activer mon espace").press("Pour moi")
    return visitor.press(visitor.choices[0]).press("Continuer ailleurs")


@pytest.fixture
def elsewhere(face: Face) -> Visitor:
    """Another screen."""
    return Visitor(face.app.test_client())


def link_on(visitor: Visitor) -> str:
    (found,) = LINK.findall(visitor.html)
    return str(found)


def code_on(visitor: Visitor) -> str:
    return "".join(re.findall(r'<span class="digit">(\d)</span>', visitor.html))


def count(face: Face, table: object) -> int:
    with face.conversation.database.transaction() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def step_of(visitor: Visitor) -> str:
    return visitor.look("/").said


# The link.


def test_a_link_brings_the_place_to_another_screen(leaving: Visitor, elsewhere: Visitor) -> None:
    link = link_on(leaving)
    elsewhere.look(link)
    assert elsewhere.title == "Reprendre votre étape – Camille"
    elsewhere.press("Reprendre ici")
    assert "Merci, j’ai retrouvé votre place." in elsewhere.text
    assert elsewhere.said == step_of(leaving)


def test_a_reload_shows_the_same_link(leaving: Visitor) -> None:
    link, code = link_on(leaving), code_on(leaving)
    assert (link_on(leaving.look("/reprise")), code_on(leaving)) == (link, code)


def test_an_address_of_a_link_tells_nothing(leaving: Visitor) -> None:
    assert re.fullmatch(r"/reprise/[A-Za-z0-9_-]{22}", link_on(leaving))


def test_previews_use_nothing_up(face: Face, leaving: Visitor, elsewhere: Visitor) -> None:
    """Messengers, mail scanners and browsers that fetch ahead open every address they see, some of them often."""
    link, before = link_on(leaving), count(face, persons)
    for method in ("GET", "HEAD", "OPTIONS"):
        for _ in range(20):
            robot = face.app.test_client()
            answer = robot.open(link, method=method, base_url=BASE, headers={"Sec-Purpose": "prefetch;prerender"})
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert count(face, persons) == before
    assert "j’ai retrouvé votre place" in elsewhere.look(link).press("Reprendre ici").text


def test_a_link_used_twice_says_what_to_do(face: Face, leaving: Visitor, elsewhere: Visitor) -> None:
    link = link_on(leaving)
    elsewhere.look(link).press("Reprendre ici")
    third = Visitor(face.app.test_client()).look(link)
    assert third.status == 200
    assert third.title == "Ce lien ne marche plus – Camille"
    assert "Rien n’est perdu." in third.text
    assert "Appuyez sur «\N{NO-BREAK SPACE}Continuer ailleurs\N{NO-BREAK SPACE}»." in third.text
    assert third.buttons[-2:] == ["Reprendre ma place", "Effacer mes données"]


def test_two_who_opened_the_same_link(face: Face, leaving: Visitor, elsewhere: Visitor) -> None:
    late = Visitor(face.app.test_client()).look(link_on(leaving))
    elsewhere.look(link_on(leaving)).press("Reprendre ici")
    late.press("Reprendre ici")
    assert late.title == "Ce lien ne marche plus – Camille"
    assert "retrouvé" not in late.look("/").text


def test_a_double_click_on_a_link_is_one(leaving: Visitor, elsewhere: Visitor) -> None:
    link = link_on(leaving)
    elsewhere.look(link)
    start = elsewhere.html.index(f'action="{link}"')
    form = dict(
        re.findall(r'name="(\w+)" value="([^"]*)"', elsewhere.html[start : elsewhere.html.index("</form>", start)])
    )
    first = elsewhere.post(link, form).said
    assert elsewhere.post(link, form).said == first
    assert "retrouvé" in elsewhere.text


def test_an_expired_link_says_what_to_do(
    face: Face, leaving: Visitor, elsewhere: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = link_on(leaving)
    elsewhere.look(link)
    late = replace(face.app.extensions["camille"], clock=lambda: NOON + LIFE)
    monkeypatch.setitem(face.app.extensions, "camille", late)
    elsewhere.press("Reprendre ici")
    assert elsewhere.title == "Ce lien ne marche plus – Camille"
    assert f"il a plus de {LIFE.days}{NO_BREAK}jours" in elsewhere.text
    assert elsewhere.look(link).title == "Ce lien ne marche plus – Camille"


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/reprise/" + "x" * 22, id="never given"),
        pytest.param("/reprise/2580", id="digits"),
        pytest.param("/reprise/" + "a" * 3000, id="long"),
        pytest.param("/reprise/%00%ff'--", id="bytes"),
        pytest.param("/reprise/%3Cscript%3Ealert(1)", id="script"),
    ],
)
def test_any_other_link_is_a_calm_page_and_stores_nothing(face: Face, elsewhere: Visitor, path: str) -> None:
    before = count(face, persons)
    elsewhere.look(path)
    assert elsewhere.status in (200, 404)
    assert "<script>alert" not in elsewhere.html
    token = re.search(r'name="csrf_token" value="([^"]+)"', elsewhere.look("/reprise").html)
    assert token
    elsewhere.post(path, {"csrf_token": token[1]})
    assert elsewhere.status in (200, 404)
    assert "Ce lien ne marche plus" in elsewhere.title or "n’existe pas" in elsewhere.title
    assert count(face, persons) == before


def test_a_link_is_not_followed_by_another_site(leaving: Visitor, elsewhere: Visitor) -> None:
    link = link_on(leaving)
    elsewhere.post(link, {"id": "y" * 22})
    assert elsewhere.status == 400
    assert elsewhere.look(link).title == "Reprendre votre étape – Camille"


def test_the_code_used_voids_the_link(leaving: Visitor, elsewhere: Visitor) -> None:
    link = link_on(leaving)
    elsewhere.look("/reprise").write_code(code_on(leaving))
    assert elsewhere.look(link).title == "Ce lien ne marche plus – Camille"


def test_erasing_voids_the_link(leaving: Visitor, elsewhere: Visitor) -> None:
    link = link_on(leaving)
    leaving.press("Effacer mes données").press("Oui, effacer")
    assert elsewhere.look(link).title == "Ce lien ne marche plus – Camille"


# Guessing.


def test_a_hundred_wrong_codes_are_calm_pages_and_let_nobody_in(tmp_path: Path) -> None:
    guessed = open_face(tmp_path)
    owner = Visitor(guessed.app.test_client()).look().press("Activer mon espace").press("Continuer ailleurs")
    code, link = code_on(owner), link_on(owner)
    guesser = Visitor(guessed.app.test_client()).look("/reprise")
    wrong = [digits for digits in (f"{number:04d}" for number in range(101)) if digits != code][:100]
    said = set()
    for digits in wrong:
        guesser.look("/reprise").write_code(digits)
        assert guesser.status == 200
        assert guesser.choices
        said.add(guesser.said)
    assert len(said) == 2  # not known, then too many
    assert count(guessed, guesses) == 5 * 3  # hers, of her network, of all
    guesser.look("/reprise").write_code(code)
    assert "retrouvé" not in guesser.text
    # Whoever holds the link is not kept waiting by those who guess digits.
    assert "retrouvé" in Visitor(guessed.app.test_client()).look(link).press("Reprendre ici").text
    guessed.close()


# Telephones: what is not set is not promised.


@pytest.mark.parametrize(
    ("changed", "ring", "text"),
    [
        pytest.param({"twilio_account_sid": "", "twilio_sender": "38123"}, "", "", id="no account"),
        pytest.param({}, "", "", id="no number"),
        pytest.param({"twilio_sender": "Camille"}, "", "", id="a name"),
        pytest.param({"twilio_sender": "38123"}, "", "38 123", id="a short code"),
        pytest.param(
            {"twilio_sender": "38123", "voice_number": "0937000001"}, "09 37 00 00 01", "38 123", id="short and voice"
        ),
        pytest.param({"twilio_sender": "+33937123456"}, "09 37 12 34 56", "09 37 12 34 56", id="a 09 number"),
        pytest.param({"twilio_sender": "Camille", "voice_number": "0937000001"}, "09 37 00 00 01", "", id="voice only"),
    ],
)
def test_only_the_lines_that_are_open_are_promised(
    tmp_path: Path, changed: dict[str, str], ring: str, text: str
) -> None:
    opened = open_face(tmp_path, **changed)
    assert (lines(opened.settings).ring, lines(opened.settings).text) == (ring, text)
    visitor = Visitor(opened.app.test_client()).look().press("Activer mon espace")
    assert ("continuer par" in visitor.text) is bool(ring or text)
    visitor.press("Continuer ailleurs")
    code, html = code_on(visitor), unescape(visitor.html)
    assert code
    assert ("Continuer par téléphone" in html) is bool(ring)
    assert ("Continuer par SMS" in html) is bool(text)
    assert ("ne sont pas encore ouverts" in html) is not (ring or text)
    assert re.findall(r'class="big" href="tel:([^"]+)"', html) == ([_dialled(ring)] if ring else [])
    found = re.findall(r'class="big" href="(sms:[^"]+)"', html)
    assert len(found) == bool(text)
    if ring:
        assert ring.replace(" ", NO_BREAK) in visitor.text
        assert "choisissez la touche pour le code de reprise" in visitor.text
    for target in found:
        assert urlsplit(target).path == opened.settings.sender.text
        assert parse_qs(urlsplit(target).query) == {"body": [f"REPRISE {code}"]}
        assert "écrivez REPRISE suivi de ces quatre chiffres" in visitor.text
    opened.close()


def test_the_prefilled_sms_is_understood(face: Face, leaving: Visitor) -> None:
    code = code_on(leaving)
    answer = face.post("/sms", sms_form(f"REPRISE {code}", number="+33639980078", sid="SMleaving"))
    # The first words, her place, and the step one reply away: more would be a third segment.
    assert "étape 2 sur 6" in answer.get_data(as_text=True)


def test_the_way_by_mail_is_ours_to_nobody(leaving: Visitor) -> None:
    """The letter is written by the person's own program: no address is asked, none is sent."""
    (letter,) = re.findall(r'href="(mailto:[^"]+)"', unescape(leaving.html))
    assert urlsplit(letter).path == ""
    assert parse_qs(urlsplit(letter).query)["body"] == [BASE + link_on(leaving)]


def test_a_square_is_shown_with_its_link(leaving: Visitor) -> None:
    assert "<title>Carré à viser avec l’appareil photo d’un téléphone." in leaving.html


def _dialled(ring: str) -> str:
    return "+33" + ring.replace(" ", "")[1:]

"""An access from its giving to its end: given by a physician, taken up once, used by codes, ended at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pyotp
import pytest
import segno

from assistant.storage.accesses import LIFE, MOST
from assistant.storage.guesses import ACCESS
from channels.waiting_key import PATIENCE
from channels.web.qr import ERROR, QUIET
from channels.web.typography import typeset
from tests.channels.test_leaflets import modules
from tests.support.desk import Desk, faults, open_desk
from tests.support.faces import BASE
from tests.support.practice import Browser


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened:
        yield opened


def give(desk: Desk, label: str = "Accueil du matin", browser: Browser | None = None) -> str:
    """The path of the link of a new access."""
    physician = (browser or desk.browser()).look("/medecin/acces").press("Donner un accès", nom=label)
    found = re.search(rf'<a href="{BASE}(/medecin/acces/[\w-]{{22}})">', physician.html)
    assert found, physician.main
    return found[1]


def key(browser: Browser) -> tuple[str, str]:
    """The short name and the secret that a page shows."""
    name = re.search(r'<strong class="name">([\w-]+)</strong>', browser.html)
    groups = re.search(r'<p class="key">(.*?)</p>', browser.html, re.DOTALL)
    assert name
    assert groups
    return name[1], "".join(re.findall(r"<span>(\w+)</span>", groups[1]))


def drawn(browser: Browser) -> list[list[bool]]:
    """The modules of the square on the page."""
    found = re.search(r'<svg[^>]* viewBox="0 0 (\d+) \d+" class="square".*?</svg>', browser.html, re.DOTALL)
    assert found
    whole = modules(found.group(), int(found[1]))
    return [row[QUIET:-QUIET] for row in whole[QUIET:-QUIET]]


def square(address: str) -> list[list[bool]]:
    return [[bool(module) for module in row] for row in segno.make_qr(address, error=ERROR).matrix]


def taken(desk: Desk) -> tuple[Browser, str, str]:
    """Somebody who has taken an access up and is signed in; the name and the secret of it."""
    secretary = desk.stranger().look(give(desk)).press("Prendre cet accès")
    name, secret = key(secretary)
    secretary.press("Entrer", code=pyotp.TOTP(secret).at(desk.clock()))
    assert secretary.path == "/medecin", secretary.main
    return secretary, name, secret


def end(browser: Browser, label: str = "Accueil du matin") -> tuple[str, str]:
    """Press the button that ends the access of that label. The page before, and the name that was sent."""
    page = browser.look("/medecin/acces").html
    found = re.search(rf'value="([\w-]+)">[^\n]*<span>Mettre fin<span class="unseen"> à l’accès {label}</span>', page)
    assert found, browser.main
    browser.press("Mettre fin", acces=found[1])
    return page, found[1]


def sign_in(desk: Desk, name: str, code: str) -> Browser:
    return desk.stranger().look("/medecin/entrer/code").press("Entrer", nom=name, code=code)


class TestGiven:
    def test_a_link_and_its_square_shown_once(self, desk: Desk) -> None:
        browser = desk.browser().look("/medecin/acces").press("Donner un accès", nom="Accueil")
        assert browser.path == "/medecin/acces/donne"
        assert "L’accès est prêt" in browser.main
        assert desk.acts() == ["access_given"]
        assert browser.look("/medecin/acces/donne").path == "/medecin/acces"
        assert "Accueil" in browser.main
        assert not re.search(r"/medecin/acces/[\w-]{22}", browser.html)

    def test_with_a_public_address_the_square_holds_the_link(self, tmp_path: Path) -> None:
        with open_desk(tmp_path, local=False) as desk:
            browser = desk.browser().look("/medecin/acces").press("Donner un accès", nom="Accueil")
            link = re.search(r'href="(https://camille\.example/medecin/acces/[\w-]{22})"', browser.html)
            assert link
            assert drawn(browser) == square(link[1])

    @pytest.mark.parametrize("label", ["", "   ", "\u200b\u202e", "\n\t"])
    def test_somebody_must_be_named(self, desk: Desk, label: str) -> None:
        browser = desk.browser().look("/medecin/acces").press("Donner un accès", nom=label)
        assert browser.status == 422
        assert "Écrivez à qui est l’accès" in faults(browser)["nom"]
        assert desk.rows("practice_slips") == []

    def test_a_label_is_one_short_line_and_only_shown(self, desk: Desk) -> None:
        typed = '<b>Accueil</b>\n\x00 "du matin" ' + "x" * 200
        browser = desk.browser().look("/medecin/acces").press("Donner un accès", nom=typed)
        listed = browser.look("/medecin/acces")
        assert "<b>Accueil" not in listed.html
        (label,) = [row.shown_as for row in desk.rows("members") if "matin" in row.shown_as]
        assert label == '<b>Accueil</b> "du matin" ' + "x" * (40 - len('<b>Accueil</b> "du matin" '))

    def test_so_many_and_no_more(self, desk: Desk) -> None:
        browser = desk.browser()
        for _ in range(MOST - 1):  # there is one from the start
            give(desk, browser=browser)
        browser.look("/medecin/acces").press("Donner un accès", nom="De trop")
        assert browser.status == 422
        assert f"Le cabinet a déjà {MOST} accès" in browser.main.replace("\u00a0", " ")
        assert 'value="De trop"' in browser.html


class TestTakenUp:
    def test_looking_at_a_link_uses_nothing_up(self, desk: Desk) -> None:
        link = give(desk)
        for _ in range(3):
            page = desk.stranger().look(link)
            assert "Cabinet médical des Tilleuls vous donne un accès" in page.main.replace("\u00a0", " ")
        assert key(desk.stranger().look(link).press("Prendre cet accès"))

    def test_the_key_is_shown_to_one_browser_and_stays_there_on_a_reload(self, desk: Desk) -> None:
        link = give(desk)
        secretary = desk.stranger().look(link).press("Prendre cet accès")
        shown = key(secretary)
        assert key(secretary.look(link)) == shown
        other = desk.stranger().look(link)
        assert other.status == 404
        assert "Ce lien ne marche plus" in other.main
        assert shown[1] not in other.html

    def test_a_first_code_and_she_is_in(self, desk: Desk) -> None:
        secretary, name, secret = taken(desk)
        assert "Accueil du matin" in secretary.look("/medecin").html
        listed = desk.browser().look("/medecin/acces").main.replace("\u00a0", " ")
        assert f"Nom pour entrer : {name}" in listed
        assert secret not in "".join(repr(desk.rows(table)) for table in ("members", "practice_slips"))

    def test_a_wrong_first_code_keeps_the_page(self, desk: Desk) -> None:
        link = give(desk)
        secretary = desk.stranger().look(link).press("Prendre cet accès")
        shown = key(secretary)
        secretary.press("Entrer", code="12")
        assert secretary.status == 422
        assert "Ce code ne va pas" in faults(secretary)["code"]
        assert key(secretary) == shown
        secretary.press("Entrer", code=pyotp.TOTP(shown[1]).at(desk.clock()))
        assert secretary.path == "/medecin"

    def test_guessing_the_first_code_is_limited(self, desk: Desk) -> None:
        secretary = desk.stranger().look(give(desk)).press("Prendre cet accès")
        secret = key(secretary)[1]
        told = [secretary.press("Entrer", code="12").status for _ in range(ACCESS.most + 1)]
        assert told == [422] * ACCESS.most + [429]
        desk.clock.at += ACCESS.window
        secretary.press("Entrer", code=pyotp.TOTP(secret).at(desk.clock()))
        assert secretary.path == "/medecin"

    def test_a_link_is_good_for_a_day(self, desk: Desk) -> None:
        link = give(desk)
        desk.clock.at += LIFE
        page = desk.stranger().look(link)
        assert page.status == 404
        assert "le lien est trop vieux" in desk.browser().look("/medecin/acces").main

    def test_the_key_waits_for_half_an_hour(self, desk: Desk) -> None:
        secretary = desk.stranger().look(give(desk)).press("Prendre cet accès")
        secret = key(secretary)[1]
        desk.clock.at += PATIENCE
        secretary.press("Entrer", code=pyotp.TOTP(secret).at(desk.clock()))
        assert "Ce lien ne marche plus" in secretary.main
        assert desk.stranger().look("/medecin").path == "/medecin/entrer"

    def test_of_two_who_press_one_has_it(self, desk: Desk) -> None:
        link = give(desk)
        one, other = desk.stranger().look(link), desk.stranger().look(link)
        assert key(one.press("Prendre cet accès"))
        assert "Ce lien ne marche plus" in other.press("Prendre cet accès").main

    def test_not_once_the_access_is_ended(self, desk: Desk) -> None:
        link = give(desk)
        secretary = desk.stranger().look(link).press("Prendre cet accès")
        name, secret = key(secretary)
        end(desk.browser())
        assert desk.acts() == ["access_given", "access_ended"]
        secretary.press("Entrer", code=pyotp.TOTP(secret).at(desk.clock()))
        assert secretary.look("/medecin").path == "/medecin/entrer"
        assert sign_in(desk, name, pyotp.TOTP(secret).at(desk.clock() + timedelta(seconds=30))).status == 422

    @pytest.mark.parametrize("token", ["x", "A" * 22, "a" * 5_000, "%00", "..%2f..%2fetc"])
    def test_a_link_that_is_none_is_answered_kindly(self, desk: Desk, token: str) -> None:
        page = desk.stranger().look(f"/medecin/acces/{token}")
        assert page.status == 404

    def test_the_square_holds_the_key(self, desk: Desk) -> None:
        secretary = desk.stranger().look(give(desk)).press("Prendre cet accès")
        name, secret = key(secretary)
        assert drawn(secretary) == square(pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Camille"))


class TestSignIn:
    def test_a_name_and_a_code(self, desk: Desk) -> None:
        _, name, secret = taken(desk)
        desk.clock.later(minutes=5)
        browser = sign_in(desk, f" {name.upper()} ", pyotp.TOTP(secret).at(desk.clock()))
        assert browser.path == "/medecin"
        assert [row.act for row in desk.rows("audit") if row.member == name] == ["signed_in", "signed_in"]

    def test_each_code_once(self, desk: Desk) -> None:
        _, name, secret = taken(desk)
        used = pyotp.TOTP(secret).at(desk.clock())
        assert sign_in(desk, name, used).status == 422, "the first code was used to take the access up"
        desk.clock.later(minutes=1)
        fresh = pyotp.TOTP(secret).at(desk.clock())
        assert sign_in(desk, name, fresh).status == 200
        assert sign_in(desk, name, fresh).status == 422

    @pytest.mark.parametrize("name", ["accueil-2222", "", "' OR 1=1 --", "x" * 500])
    def test_what_is_wrong_is_told_in_the_same_words(self, desk: Desk, name: str) -> None:
        _, known, _ = taken(desk)
        desk.clock.later(minutes=5)
        one, other = sign_in(desk, name, "000 001"), sign_in(desk, known, "12")
        assert one.status == other.status == 422
        assert faults(one) == faults(other)
        assert "Ce nom ou ce code ne va pas" in faults(one)["code"]

    def test_after_five_tries_even_the_right_one_waits(self, desk: Desk) -> None:
        _, name, secret = taken(desk)
        desk.clock.later(minutes=5)
        for _ in range(ACCESS.most):
            assert sign_in(desk, name, "12").status == 422
        browser = sign_in(desk, name, pyotp.TOTP(secret).at(desk.clock()))
        assert browser.status == 429
        assert typeset("Attendez 15 minutes") in browser.main
        desk.clock.at += ACCESS.window
        assert sign_in(desk, name, pyotp.TOTP(secret).at(desk.clock())).path == "/medecin"

    def test_a_physician_has_no_code(self, desk: Desk) -> None:
        assert sign_in(desk, desk.practice.martin.id, "123456").status == 422

    def test_who_is_in_already_is_let_in(self, desk: Desk) -> None:
        assert desk.browser().look("/medecin/entrer/code").path == "/medecin"

    def test_a_form_that_is_not_ours_is_refused(self, desk: Desk) -> None:
        _, name, secret = taken(desk)
        form = {"nom": name, "code": pyotp.TOTP(secret).at(desk.clock() + timedelta(seconds=30))}
        answer = desk.stranger().client.post("/medecin/entrer/code", data=form, base_url=BASE)
        assert answer.status_code == 400

    def test_signing_in_begins_a_session_of_its_own(self, desk: Desk) -> None:
        """Whoever planted a cookie before does not know the one after."""
        _, name, secret = taken(desk)
        desk.clock.later(minutes=5)
        browser = desk.stranger().look("/medecin/entrer/code")
        browser.client.set_cookie("camille-cabinet", "planted", domain="camille.example")
        browser.press("Entrer", nom=name, code=pyotp.TOTP(secret).at(desk.clock()))
        cookie = browser.client.get_cookie("camille-cabinet", domain="camille.example")
        assert cookie
        assert cookie.value != "planted"
        assert browser.look("/medecin").path == "/medecin"


class TestEnded:
    def test_at_once(self, desk: Desk) -> None:
        secretary, name, secret = taken(desk)
        assert secretary.look("/medecin/sms").status == 200
        end(desk.browser())
        assert secretary.look("/medecin/sms").path.startswith("/medecin/entrer")
        desk.clock.later(minutes=5)
        assert sign_in(desk, name, pyotp.TOTP(secret).at(desk.clock())).status == 422
        assert "Accueil du matin" not in desk.browser().look("/medecin/acces").main

    def test_twice_is_once(self, desk: Desk) -> None:
        taken(desk)
        browser = desk.browser()
        page, name = end(browser)
        browser.html = page
        browser.press("Mettre fin", acces=name)
        assert browser.status == 404
        assert desk.acts().count("access_ended") == 1

    @pytest.mark.parametrize("whose", ["another practice's", "a physician", "nobody"])
    def test_nobody_elses(self, desk: Desk, whose: str) -> None:
        _, name, _ = taken(desk)
        who = {"another practice's": name, "a physician": desk.practice.diallo.id, "nobody": "accueil-2222"}[whose]
        by = desk.practice.elsewhere if whose == "another practice's" else desk.practice.martin
        browser = desk.browser(by).look("/medecin/acces")
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.html)
        assert token
        answer = browser.client.post(
            "/medecin/acces/fin", data={"csrf_token": unescape(token[1]), "acces": who}, base_url=BASE
        )
        assert answer.status_code == 404
        assert all(row.ended_at is None for row in desk.rows("members"))
        assert "access_ended" not in desk.acts() + desk.acts(desk.practice.elsewhere)

    def test_the_list_of_another_practice_is_another(self, desk: Desk) -> None:
        _, name, _ = taken(desk)
        browser = desk.browser(desk.practice.elsewhere).look("/medecin/acces")
        assert name not in browser.html
        assert "Accueil" not in browser.main.replace("par exemple Accueil", "").replace("suffit : Accueil", "").replace(
            "suffit\u00a0: Accueil", ""
        )

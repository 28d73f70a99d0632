"""The forms and the figures of a practice in a real Chromium: measured, by keys alone, without scripts, on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone
from itertools import count
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select, update

from assistant.figures import WHAT
from assistant.storage import practice_months, schema
from assistant.storage.practices import Member
from channels.services import Services
from tests.browser.conftest import Site
from tests.browser.measures import TARGETS, faults, measured, refusals, strained
from tests.browser.walk import View, press
from tests.support.outgoing import Clock
from tests.support.practice import Practice, open_practice

# A radio button and a box are pressed by their labels, which are measured in their places.
PRESSABLE = TARGETS.replace("input:not([type=hidden])", "select, .aims label, .box, input[type=tel], input[type=text]")
COUNTS = {1: (40, 12, 3), 2: (40, 30, 11), 3: (9, 7, 5), 6: (140, 95, 42), 9: (60, 30, 11), 10: (88, 61, 30)}
NUMBERS = count(1)


@pytest.fixture(scope="module")
def clock(site: Site) -> Iterator[Clock]:
    """Noon of a Monday in November, whenever the tests run: messages leave by day only."""
    services: Services = site.app.extensions["camille"]
    turned = Clock()
    here = replace(services.settings, public_base_url=site.url)
    site.app.extensions["camille"] = replace(services, clock=turned, settings=here)
    yield turned
    site.app.extensions["camille"] = services


@pytest.fixture(scope="module")
def practice(site: Site, clock: Clock) -> Practice:
    """A practice that has invited for ten months."""
    found = open_practice(site.app)
    services: Services = site.app.extensions["camille"]
    with services.conversation.database.transaction() as connection:
        january = datetime(2026, 1, 1, tzinfo=timezone.utc)
        connection.execute(update(schema.practices).values(made_at=january))
        for month, times in COUNTS.items():
            at = datetime(2026, month, 20, tzinfo=timezone.utc)
            for what, number in zip(WHAT, times, strict=True):
                practice_months.count(connection, found.martin.practice, what, at, number)
    return found


def let_in(page: Page, site: Site, practice: Practice, who: Member) -> None:
    name, token = practice.cookie(who, site.url)
    page.context.add_cookies([{"name": name, "value": token, "url": site.url}])


def signed_in(chromium: Browser, site: Site, practice: Practice, view: View, **more: Any) -> Page:
    page = view.open(chromium, **more)
    let_in(page, site, practice, practice.martin)
    return page


def number() -> str:
    """A telephone of nobody, and another one each time."""
    digits = f"063998{next(NUMBERS):04d}"
    return " ".join(digits[at : at + 2] for at in range(0, 10, 2))


def sent(site: Site) -> int:
    services: Services = site.app.extensions["camille"]
    with services.conversation.database.transaction() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.invited)).scalar_one())


def states(page: Page, site: Site, clock: Clock) -> Iterator[str]:
    """Every page of these, and what it is called. Signed in as a physician."""
    page.goto(f"{site.url}/medecin/sms")
    yield "sms"
    press(page, "Envoyer le SMS")
    yield "sms, nothing typed"
    typed = number()
    page.get_by_label("Numéro du patient").fill(typed)
    page.locator("#accord").check()
    clock.later(minutes=2)
    press(page, "Envoyer le SMS")
    yield "sms, left"
    page.goto(f"{site.url}/medecin/sms")
    page.get_by_label("Numéro du patient").fill(typed)
    page.locator("#accord").check()
    press(page, "Envoyer le SMS")
    yield "sms, too soon"
    day = clock.at
    clock.at = day.replace(hour=5)  # the session is still hers
    page.goto(f"{site.url}/medecin/sms")
    yield "sms, by night"
    clock.at = day
    page.goto(f"{site.url}/medecin/chiffres")
    yield "figures"
    page.goto(f"{site.url}/medecin/journal")
    yield "journal"
    page.goto(f"{site.url}/medecin/acces")
    yield "accesses"
    press(page, "Donner un accès")
    yield "accesses, nobody named"
    page.get_by_label("À qui est cet accès").fill("Accueil")
    press(page, "Donner un accès")
    yield "access given"
    link = page.locator(".link a").inner_text()
    page.goto(f"{site.url}/medecin/acces")
    yield "accesses, one waits"
    yield from taking(page, site, link)


def taking(page: Page, site: Site, link: str) -> Iterator[str]:
    """The pages of whoever takes an access up; to be asked for last."""
    page.goto(link)
    yield "access offered"
    press(page, "Prendre cet accès")
    yield "key"
    page.get_by_label("Le code").fill("12")
    press(page, "Entrer")
    yield "key, wrong code"
    page.goto(f"{site.url}/medecin/acces/AAAAAAAAAAAAAAAAAAAAAA")
    yield "no such link"
    page.context.clear_cookies()
    page.goto(f"{site.url}/medecin/entrer/code")
    yield "sign in"
    page.get_by_label("Votre nom pour entrer").fill("accueil-2222")
    press(page, "Entrer")
    yield "sign in, wrong"


def test_every_page_measured(chromium: Browser, site: Site, practice: Practice, clock: Clock) -> None:
    page = signed_in(chromium, site, practice, View(320, "light"))
    refused = refusals(page)
    wrong = measured(page, states(page, site, clock), PRESSABLE)
    page.context.close()
    assert wrong == {}
    assert refused == []


def test_a_page_for_physicians_that_a_delegate_asks_for(chromium: Browser, site: Site, practice: Practice) -> None:
    page = View(320, "light").open(chromium)
    let_in(page, site, practice, practice.desk)
    page.goto(f"{site.url}/medecin/journal")
    assert faults(page, PRESSABLE) == []
    page.context.close()


def test_larger_text_and_spacing_lose_nothing(chromium: Browser, site: Site, practice: Practice, clock: Clock) -> None:
    page = signed_in(chromium, site, practice, View(640, "light"), bypass_csp=True)
    assert strained(page, states(page, site, clock)) == {}
    page.context.close()


class TestKeyboard:
    def test_an_invitation(self, chromium: Browser, site: Site, practice: Practice, clock: Clock) -> None:
        clock.later(minutes=2)
        page, before = signed_in(chromium, site, practice, View(1280, "light")), sent(site)
        page.goto(f"{site.url}/medecin/sms")
        page.locator("input[name=pour]:checked").focus()
        page.keyboard.press("Tab")
        page.keyboard.type(number())
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Envoyer le SMS"
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Le SMS est en route")
        assert sent(site) == before + 1
        page.context.close()

    def test_from_the_summary_to_the_field_and_on(self, chromium: Browser, site: Site, practice: Practice) -> None:
        page = signed_in(chromium, site, practice, View(1280, "light"))
        page.goto(f"{site.url}/medecin/sms")
        page.get_by_label("Numéro du patient").fill("06 12")
        press(page, "Envoyer le SMS")
        focused = page.locator(":focus")
        assert focused.get_attribute("id") == "erreurs"
        assert "2 choses à revoir" in focused.inner_text()
        assert page.title().replace("\u00a0", " ").startswith("À revoir : Envoyer un SMS")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        field = page.locator("#numero")
        expect(field).to_be_focused()
        expect(field).to_have_value("06 12")
        described = str(field.get_attribute("aria-describedby")).split()
        told = " ".join(page.locator(f"#{one}").inner_text() for one in described)
        assert "06 ou 07" in told
        assert "n’est pas un mobile connu" in told
        expect(field).to_have_accessible_name("Numéro du patient")
        page.context.close()

    def test_an_access_taken_up(self, chromium: Browser, site: Site, practice: Practice, clock: Clock) -> None:
        clock.later(minutes=30)
        page = signed_in(chromium, site, practice, View(1280, "light"))
        page.goto(f"{site.url}/medecin/acces")
        page.get_by_label("À qui est cet accès").fill("Accueil")
        press(page, "Donner un accès")
        link = page.locator(".link a").inner_text()
        other = View(320, "light").open(chromium)
        other.goto(link)
        press(other, "Prendre cet accès")
        secret = "".join(other.locator(".key span").all_inner_texts())
        name = other.locator(".name").inner_text()
        other.get_by_label("Le code").focus()
        other.keyboard.type(pyotp.TOTP(secret).at(clock()))
        with other.expect_navigation():
            other.keyboard.press("Enter")
        assert other.url == f"{site.url}/medecin"
        expect(other.locator(".who")).to_contain_text("Accueil")
        page.goto(f"{site.url}/medecin/acces")
        row = page.locator(".standing li", has_text=name)
        with page.expect_navigation():
            row.get_by_role("button", name="Mettre fin à l’accès Accueil").click()
        other.goto(f"{site.url}/medecin")
        assert re.search(r"/medecin/entrer", other.url)
        page.context.close()
        other.context.close()

    def test_a_wide_table_is_scrolled_by_its_keys(self, chromium: Browser, site: Site, practice: Practice) -> None:
        page = signed_in(chromium, site, practice, View(320, "light"))
        page.goto(f"{site.url}/medecin/chiffres")
        room = page.get_by_role("region", name="Au moins autant, mois par mois")
        room.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
        assert room.evaluate("item => item.scrollLeft") > 0
        page.context.close()


def test_whole_without_javascript(chromium: Browser, site: Site, practice: Practice, clock: Clock) -> None:
    page = signed_in(chromium, site, practice, View(320, "light"), java_script_enabled=False)
    names = list(states(page, site, clock))
    assert len(names) == 17
    page.goto(f"{site.url}/medecin/entrer/code")
    press(page, "Entrer")
    assert page.locator("[autofocus]").get_attribute("id") == "erreurs"
    page.context.close()


def test_a_double_click_sends_one(chromium: Browser, site: Site, practice: Practice, clock: Clock) -> None:
    clock.later(minutes=2)
    page, before = signed_in(chromium, site, practice, View(1280, "light")), sent(site)
    page.goto(f"{site.url}/medecin/sms")
    page.get_by_label("Numéro du patient").fill(number())
    page.locator("#accord").check()
    page.get_by_role("button", name="Envoyer le SMS").click(click_count=2, delay=20, no_wait_after=True)
    page.wait_for_url("**/medecin/sms/parti*")
    assert sent(site) == before + 1
    page.reload()
    assert sent(site) == before + 1
    expect(page.locator("main")).not_to_contain_text("••")
    page.context.close()


class TestChart:
    def test_it_is_named_and_its_numbers_are_in_the_table(
        self, chromium: Browser, site: Site, practice: Practice
    ) -> None:
        page = signed_in(chromium, site, practice, View(1280, "light"))
        page.goto(f"{site.url}/medecin/chiffres")
        drawn = page.get_by_role("img", name="Invitations et parcours, mois par mois")
        expect(drawn).to_have_accessible_description(re.compile("dans le tableau"))
        table = page.get_by_role("table", name="Au moins autant, mois par mois")
        expect(table.get_by_role("row", name=re.compile("^juin 2026"))).to_contain_text("140")
        assert table.get_by_role("columnheader").count() == 4
        page.context.close()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_what_is_drawn_stands_out_even_in_forced_colours(
        self, chromium: Browser, site: Site, practice: Practice, scheme: str
    ) -> None:
        page = signed_in(chromium, site, practice, View(1280, scheme), forced_colors="active")
        page.goto(f"{site.url}/medecin/chiffres")
        colours = page.evaluate(
            """() => {
              const told = name => getComputedStyle(document.querySelector(`.chart .room ${name}`));
              const canvas = document.createElement("p");
              canvas.style.cssText = "forced-color-adjust: none; color: CanvasText; background: Canvas";
              document.body.append(canvas);
              const own = getComputedStyle(canvas);
              return {
                text: own.color, ground: own.backgroundColor,
                made_stroke: told(".bar.made").stroke, made_fill: told(".bar.made").fill,
                stripe: told(".stripe").stroke, finished_fill: told(".bar.finished").fill,
                letters: told("text").fill,
              };
            }"""
        )
        assert colours["text"] != colours["ground"]
        for name in ("made_stroke", "stripe", "finished_fill", "letters"):
            assert colours[name] == colours["text"], name
        assert colours["made_fill"] == colours["ground"]
        page.context.close()

    def test_letters_of_the_chart_are_not_smaller_than_they_can_be_read(
        self, chromium: Browser, site: Site, practice: Practice
    ) -> None:
        for width in (320, 1280):
            page = signed_in(chromium, site, practice, View(width, "light"))
            page.goto(f"{site.url}/medecin/chiffres")
            heights = page.evaluate(
                "() => { const svg = document.querySelector('.chart .room svg');"
                " return 14 * svg.getBoundingClientRect().width / 720; }"
            )
            assert heights >= 14, width
            page.context.close()

    def test_on_paper_it_is_black_on_white_and_whole(self, chromium: Browser, site: Site, practice: Practice) -> None:
        page = signed_in(chromium, site, practice, View(1280, "dark"))
        page.goto(f"{site.url}/medecin/chiffres")
        page.emulate_media(media="print")
        fills = page.evaluate(
            "() => ['.bar.finished', '.chart text'].map(name => getComputedStyle(document.querySelector(name)).fill)"
        )
        assert fills == ["rgb(0, 0, 0)", "rgb(0, 0, 0)"]
        assert page.evaluate("() => getComputedStyle(document.querySelector('.room')).overflowX") == "visible"
        page.context.close()

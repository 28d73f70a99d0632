"""/pilotage in a real Chromium, over a month that people lived: every page measured, by keys alone, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete

from assistant.storage import operators, schema
from assistant.storage.operators import Role
from channels.services import Services
from tests.browser.conftest import Site
from tests.browser.measures import TARGETS, measured, refusals, strained
from tests.browser.walk import View, press
from tests.support.lived import Hears, Month
from tests.support.outgoing import Clock
from tests.support.steering import PASSWORD, an_operator, cookie

PRESSABLE = TARGETS.replace("input:not([type=hidden])", "select, input[type=password], input[type=text]")
NARROW = View(320, "light")
PEOPLE, OPINIONS = 180, 160


@pytest.fixture(scope="module")
def clock(site: Site) -> Iterator[Clock]:
    """Noon of a Monday in November, whenever the tests run; a month of people behind it."""
    services: Services = site.app.extensions["camille"]
    turned = Clock()
    here = replace(services.settings, public_base_url=site.url)
    site.app.extensions["camille"] = replace(services, clock=turned, settings=here)
    conversation, mind = services.conversation, services.conversation.mind
    hears: Any = Hears()
    hears.guide = conversation.guide
    conversation.mind = hears
    month = Month(conversation, turned())
    month.live(PEOPLE)
    month.rate(OPINIONS)
    conversation.mind = mind
    yield turned
    with conversation.database.transaction() as connection:
        connection.execute(delete(schema.switches))
    site.app.extensions["camille"] = services


def signed_in(chromium: Browser, site: Site, view: View, role: Role = "exploitation", **more: Any) -> Page:
    page = view.open(chromium, **more)
    name, token = cookie(site.app, an_operator(site.app, role)[0], site.url)
    page.context.add_cookies([{"name": name, "value": token, "url": site.url}])
    return page


def states(page: Page, site: Site) -> Iterator[str]:
    """Every page of these with what people really did, and what it is called. Signed in for « exploitation »."""
    for path in ("", "/parcours", "/parcours?jours=7", "/parcours?parcours=partager"):
        answer = page.goto(f"{site.url}/pilotage{path}")
        assert answer
        assert answer.ok, path
        yield path or "home"
    page.goto(f"{site.url}/pilotage/incompris")
    yield "misheard"
    with page.expect_navigation():
        page.evaluate("() => { const f = document.querySelector('.heard form'); f.groupe.value = 'x'; f.submit(); }")
    yield "misheard, gone"
    for path in ("/avis", "/couts", "/rappels", "/faits", "/canaux", "/journal"):
        answer = page.goto(f"{site.url}/pilotage{path}")
        assert answer
        assert answer.ok, path
        yield path
    page.goto(f"{site.url}/pilotage/canaux")
    page.locator(".standing button").nth(3).click()
    page.wait_for_load_state("load")
    yield "asked whether to switch off"
    press(page, "Oui, mettre en pause : Les pages des médecins")
    yield "switched off"
    page.goto(f"{site.url}/medecin")
    yield "a closed page of practices"
    page.goto(f"{site.url}/pilotage/canaux")
    page.locator(".standing button").nth(3).click()
    page.wait_for_load_state("load")


def closed(page: Page, site: Site) -> Iterator[str]:
    """What people see of a page that is off. It is on again afterwards, whatever happens."""
    services: Services = site.app.extensions["camille"]
    with services.conversation.database.transaction() as connection:
        connection.execute(schema.switches.insert().values(channel="web", since=services.clock()))
    try:
        page.goto(site.url)
        yield "the page, closed"
    finally:
        with services.conversation.database.transaction() as connection:
            connection.execute(delete(schema.switches))


def coming_in(page: Page, site: Site, clock: Clock) -> Iterator[str]:
    """From the link to being in, with each thing to be mended on the way."""
    services: Services = site.app.extensions["camille"]
    with services.conversation.database.transaction() as connection:
        name, token = operators.add(connection, "marie", "lecture", clock())
    page.goto(f"{site.url}/pilotage/entrer")
    yield "enter"
    press(page, "Entrer")
    yield "enter, wrong"
    page.goto(f"{site.url}/pilotage/acces/{token}")
    yield "offered"
    press(page, "Prendre cet accès")
    yield "key"
    press(page, "Entrer")
    yield "key, to be mended"
    secret = "".join(page.locator(".key span").all_inner_texts())
    page.get_by_label("Votre mot de passe").fill(PASSWORD)
    page.get_by_label("Le même, encore une fois").fill(PASSWORD)
    page.get_by_label("Les six chiffres que l’application montre").fill(pyotp.TOTP(secret).at(clock()))
    press(page, "Entrer")
    expect(page.locator(".who")).to_contain_text(name)
    yield "in"
    page.goto(f"{site.url}/pilotage/journal")
    yield "not hers"
    page.goto(f"{site.url}/pilotage/acces/{token}")
    yield "used"


def test_every_page_measured(chromium: Browser, site: Site, clock: Clock) -> None:
    page = signed_in(chromium, site, NARROW)
    refused = refusals(page)
    wrong = measured(page, states(page, site), PRESSABLE) | measured(page, closed(page, site), PRESSABLE)
    page.context.close()
    newcomer = NARROW.open(chromium)
    wrong |= measured(newcomer, coming_in(newcomer, site, clock), PRESSABLE)
    newcomer.context.close()
    assert wrong == {}
    assert refused == []


def test_larger_text_and_spacing_lose_nothing(chromium: Browser, site: Site, clock: Clock) -> None:
    page = signed_in(chromium, site, View(640, "light"), bypass_csp=True)
    assert strained(page, states(page, site)) == {}
    page.context.close()


def test_whole_without_javascript(chromium: Browser, site: Site, clock: Clock) -> None:
    page = signed_in(chromium, site, View(320, "light"), java_script_enabled=False)
    page.goto(f"{site.url}/pilotage/incompris")
    groups = page.locator(".heard").count()
    page.get_by_label("Cela relève du sujet…").first.select_option("probleme_technique")
    with page.expect_navigation():
        page.get_by_role("button", name="Ranger dans ce sujet").first.click()
    expect(page.locator(".notice")).to_contain_text("C’est rangé")
    assert page.locator(".heard").count() == groups - 1
    page.goto(f"{site.url}/pilotage/canaux")
    with page.expect_navigation():
        page.get_by_role("button", name="Mettre en pause : Les SMS").click()
    press(page, "Oui, mettre en pause : Les SMS")
    expect(page.locator(".standing li").first).to_contain_text("en pause depuis")
    with page.expect_navigation():
        page.get_by_role("button", name="Rouvrir : Les SMS").click()
    expect(page.locator(".standing li").first).to_contain_text("ouvert")
    page.context.close()


def test_by_keys_alone(chromium: Browser, site: Site, clock: Clock) -> None:
    """From the top of the page to a channel that is off, without a mouse; the ring is always seen."""
    page = signed_in(chromium, site, View(1280, "light"))
    page.goto(f"{site.url}/pilotage/canaux")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Mettre en pause")
    ring = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth] }"
    )
    assert ring[0] == "solid"
    assert float(ring[1].removesuffix("px")) >= 3
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Mettre en pause : Les SMS")
    page.context.close()


def test_the_chart_is_named_and_its_numbers_are_in_the_table(chromium: Browser, site: Site, clock: Clock) -> None:
    page = signed_in(chromium, site, View(1280, "light"))
    page.goto(f"{site.url}/pilotage/parcours")
    drawn = page.get_by_role("img", name="Jusqu’où les gens vont, étape par étape")
    expect(drawn).to_have_accessible_description(re.compile("dans le tableau"))
    table = page.get_by_role("table", name="Venus au moins jusque-là, et arrêtés là")
    assert table.get_by_role("row").count() == 2 + 7
    room = page.get_by_role("region", name="Venus au moins jusque-là, et arrêtés là")
    assert room.get_attribute("tabindex") == "0"
    page.context.close()

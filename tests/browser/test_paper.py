"""What comes out of a printer, and the pages that lead there and elsewhere: seen on paper, measured on the screen."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pikepdf
import pytest
from playwright.sync_api import Browser, Page

from assistant.content.book import open_book
from assistant.settings import ROOT
from channels.services import Services
from tests.browser.conftest import Site
from tests.browser.measures import TARGETS, faults
from tests.browser.walk import View, first_choice, press, start

JOURNEYS = sorted(open_book(ROOT / "data").journeys)
LEAST = 14 * 4 / 3  # 14 pt in CSS pixels

SMALL = """least => [...document.querySelectorAll("body *")]
  .filter(item => [...item.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
  .filter(item => item.checkVisibility() && !item.closest(".unseen, svg, title"))
  .filter(item => parseFloat(getComputedStyle(item).fontSize) < least - 0.01)
  .map(item => `${getComputedStyle(item).fontSize}: ${item.textContent.trim().slice(0, 60)}`)"""

COLOURS = """() => [...new Set([...document.querySelectorAll("body *")]
  .filter(item => [...item.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
  .filter(item => item.checkVisibility() && !item.closest(".unseen, svg, title"))
  .filter(item => getComputedStyle(item).color !== "rgb(0, 0, 0)")
  .map(item => `${getComputedStyle(item).color}: ${item.textContent.trim().slice(0, 60)}`))]"""

PRESSED = """() => [...document.querySelectorAll("button, .big, input, textarea, summary")]
  .filter(item => item.checkVisibility() && !item.matches("a.call-now"))
  .map(item => item.textContent.trim())"""


@pytest.fixture(params=["light", "dark"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    opened = View(1280, request.param).open(chromium)
    yield opened
    opened.context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_of_leaving_are_whole_for_everybody(chromium: Browser, site: Site, width: int) -> None:
    """Measured with every line open: the fullest page is the hardest."""
    app = site.app
    services: Services = app.extensions["camille"]
    settings = replace(
        services.settings,
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_token="z" * 32,
        twilio_sender="38123",
        voice_number="0937000001",
        local=False,
    )
    page = View(width, "light").open(chromium)
    wrong = {}
    app.extensions["camille"] = replace(services, settings=settings)
    try:
        start(page, site)
        press(page, "Continuer ailleurs")
        wrong["code and link"] = faults(page, TARGETS)
        link = page.locator(".link a").inner_text().removeprefix(services.settings.public_base_url)
        page.goto(site.url + link)
        wrong["a link"] = faults(page, TARGETS)
        press(page, "Reprendre ici")
        page.goto(site.url + link)
        wrong["an old link"] = faults(page, TARGETS)
        page.goto(f"{site.url}/feuille/activer")
        wrong["leaflet"] = faults(page, TARGETS)
    finally:
        app.extensions["camille"] = services
        page.context.close()
    assert {name: found for name, found in wrong.items() if found} == {}


def test_a_page_is_printed_as_a_list_to_tick(page: Page, site: Site) -> None:
    start(page, site)
    first_choice(page)
    page.emulate_media(media="print")
    assert page.locator(".said").is_visible()
    told = page.locator(".on-paper").first.inner_text()
    assert told.startswith("Activer Mon espace santé\N{NO-BREAK SPACE}: à cocher")
    assert "Ce qu’il faut préparer" in told
    assert page.locator(".on-paper .boxes li").count() == 6 + len(open_book(ROOT / "data").leaflets["activer"].prepare)
    assert page.locator(".on-paper .ticked").all_inner_texts() == ["1. Préparer"]
    foot = page.locator(".bottom").inner_text()
    assert "34\N{NO-BREAK SPACE}22" in foot
    assert "http://127.0.0.1:8000" in foot
    assert page.evaluate(SMALL, LEAST) == []
    assert page.evaluate(COLOURS) == []
    assert page.evaluate(PRESSED) == []


def test_only_paper_shows_the_list(page: Page, site: Site) -> None:
    start(page, site)
    assert not page.locator(".on-paper").first.is_visible()


def test_danger_is_printed_with_its_numbers(page: Page, site: Site) -> None:
    start(page, site)
    page.get_by_label("Ou écrivez votre question").fill("j'ai une douleur dans la poitrine")
    press(page, "Envoyer")
    page.emulate_media(media="print")
    assert page.locator("a.call-now").first.is_visible()


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_browser_prints_a_leaflet_on_two_sheets(chromium: Browser, site: Site, name: str) -> None:
    page = View(1280, "dark").open(chromium)
    page.goto(f"{site.url}/feuille/{name}")
    page.emulate_media(media="print")
    assert page.evaluate(SMALL, LEAST) == []
    assert page.evaluate(COLOURS) == []
    assert page.evaluate(PRESSED) == []
    box = page.locator(".square").bounding_box()
    assert box
    assert box["width"] >= 30 * 96 / 25.4  # millimetres
    made = page.pdf(prefer_css_page_size=True)
    with pikepdf.open(io.BytesIO(made)) as printed:
        assert len(printed.pages) <= 2
    page.context.close()


def test_the_buttons_print_and_are_not_there_without_scripts(chromium: Browser, site: Site) -> None:
    page = View(1280, "light").open(chromium)
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1 }")
    start(page, site)
    page.get_by_role("button", name="Imprimer cette page").click()
    assert page.evaluate("window.printed") == 1
    page.get_by_role("link", name="Imprimer la feuille").click()
    page.get_by_role("button", name="Imprimer la feuille").click()
    assert page.evaluate("window.printed") == 1
    page.context.close()
    page = View(1280, "light").open(chromium, java_script_enabled=False)
    page.goto(f"{site.url}/feuille/activer")
    assert not page.get_by_role("button", name="Imprimer la feuille").is_visible()
    assert page.get_by_role("link", name="Ouvrir le PDF").is_visible()
    page.context.close()

"""« Ce qui a été dit avant » in a real browser: one press away by any means, never in the way, never on paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.walk import View, first_choice, start, write

ASKED = "Ce qui a été dit avant"
ABOVE = """() => {
  const bottom = place => document.querySelector(place).getBoundingClientRect().bottom;
  return Math.max(bottom(".choices"), bottom(".ask")) <= document.querySelector(".earlier").getBoundingClientRect().top;
}"""


@pytest.fixture(params=[320, 1280])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    opened = View(request.param, "light").open(chromium)
    yield opened
    opened.context.close()


def test_one_press_shows_it_and_one_hides_it(page: Page, site: Site) -> None:
    start(page, site)
    before = page.locator(".said p").first.inner_text()
    first_choice(page)
    items = page.locator(".earlier li")
    assert [one.is_visible() for one in items.all()] == [False, False]
    page.get_by_text(ASKED).click()
    expect(items.first).to_be_visible()
    assert before in items.first.inner_text()
    page.get_by_text(ASKED).click()
    expect(items.first).to_be_hidden()
    assert page.evaluate(ABOVE), "what is to be done now stands above it"


def test_by_the_keyboard_alone(page: Page, site: Site) -> None:
    start(page, site)
    page.get_by_role("button", name="Envoyer").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == ASKED
    page.keyboard.press("Enter")
    expect(page.locator(".earlier li").first).to_be_visible()
    assert page.evaluate("document.activeElement.textContent") == ASKED, "the focus stays where it was"
    page.keyboard.press("Space")
    expect(page.locator(".earlier li").first).to_be_hidden()


def test_it_is_a_list_behind_a_name_for_who_hears_it(page: Page, site: Site) -> None:
    start(page, site)
    first_choice(page)
    page.get_by_text(ASKED).click()
    heard = page.locator(".earlier").aria_snapshot()
    assert f"group: {ASKED}" in heard or ASKED in heard.splitlines()[1]
    assert heard.count("- listitem") == 2
    assert "Étape 1" in heard


def test_it_is_not_announced_and_does_not_take_the_focus(page: Page, site: Site) -> None:
    start(page, site)
    earlier = page.locator(".said p").first.inner_text()
    page.locator(".choices button").first.click()
    expect(page.locator(".where")).to_have_text("Étape 2 sur 6")
    expect(page.locator("#annonces")).to_contain_text("Étape 2 sur 6")
    assert earlier not in page.locator("#annonces").inner_text()
    assert page.evaluate("!document.activeElement.closest('.earlier')")


def test_what_is_being_written_stays_while_it_changes(page: Page, site: Site) -> None:
    """A question half written is not lost because the list grew."""
    start(page, site)
    page.get_by_label("Ou écrivez votre question").fill("une question à moitié")
    page.locator(".choices button").first.click()
    expect(page.locator(".where")).to_have_text("Étape 2 sur 6")
    expect(page.locator(".earlier li")).to_have_count(2)
    assert page.get_by_label("Ou écrivez votre question").input_value() == "une question à moitié"


@pytest.mark.parametrize("width", [320, 1280])
def test_it_is_whole_without_scripts_and_left_out_on_paper(chromium: Browser, site: Site, width: int) -> None:
    page = View(width, "light").open(chromium, java_script_enabled=False)
    start(page, site)
    write(page, "c'est utile ?")
    first_choice(page)
    page.get_by_text(ASKED).click()
    told = [one.inner_text() for one in page.locator(".earlier li").all()]
    assert len(told) == 2
    assert told[0].startswith("Savoir si c’est utile")
    assert page.locator(".earlier li").first.is_visible()
    page.emulate_media(media="print")
    assert not page.get_by_text(ASKED).is_visible()
    assert not page.locator(".earlier li").first.is_visible()
    page.context.close()

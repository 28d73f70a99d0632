"""Text size, contrast and « Écouter »: at the same place on every page, kept on the device, accessible throughout."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.measures import TARGETS, WIDER, audit
from tests.browser.walk import INFORMATION, View, first_choice, start

PAGES = ["/", "/attente", "/reprise", *INFORMATION, "/rien"]
SIZE = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
# What a device with voices answers, and what it was asked to say. Voices are often known late.
VOICES = """
const told = { said: [], rates: [], stopped: 0, voices: [] };
window.told = told;
class Words { constructor(text) { this.text = text; } }
const speech = new EventTarget();
speech.getVoices = () => told.voices;
speech.speak = words => { told.said.push(words.text); told.rates.push(words.rate); told.last = words; };
speech.cancel = () => { told.stopped += 1; told.said = []; };
Object.defineProperty(window, "speechSynthesis", { value: speech });
window.SpeechSynthesisUtterance = Words;
window.arrive = voices => { told.voices = voices; speech.dispatchEvent(new Event("voiceschanged")); };
"""
FRENCH = {"lang": "fr-FR", "localService": True}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = View(1280, "light").open(chromium)
    yield opened
    opened.context.close()


def choose(page: Page, name: str) -> None:
    if not page.locator("#affichage").is_visible():
        page.get_by_role("button", name="Affichage").click()
    page.get_by_role("button", name=name, exact=True).click()


def chosen(chromium: Browser, view: View, **display: str) -> Page:
    """A browser in which the display was chosen on an earlier visit."""
    page = view.open(chromium)
    kept = json.dumps(json.dumps(display))
    page.add_init_script(f"localStorage.setItem('camille.display', {kept})")
    return page


# Text size and contrast.


def test_three_sizes_and_two_contrasts_that_last(page: Page, site: Site) -> None:
    start(page, site)
    cookies = page.context.cookies()
    sizes = []
    for name in ("Normale", "Grande", "Très grande"):
        choose(page, name)
        sizes.append(page.evaluate(SIZE))
    choose(page, "Fort")
    assert sizes == [20, 24, 30]
    pressed = page.locator("[aria-pressed=true]").all_inner_texts()
    assert pressed == ["Très grande", "Fort"]
    first_choice(page)
    for path in ("/", "/confidentialite"):
        page.goto(site.url + path)
        assert page.evaluate(SIZE) == 30
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert [cookie["name"] for cookie in page.context.cookies()] == [cookie["name"] for cookie in cookies]
    choose(page, "Normale")
    choose(page, "Normal")
    assert page.evaluate("localStorage.length") == 0, "nothing is kept of whoever chose nothing"


def test_it_is_right_at_the_first_paint(chromium: Browser, site: Site) -> None:
    page = chosen(chromium, View(320, "light"), size="largest")
    page.add_init_script(
        "new MutationObserver((_, seen) => {"
        " if (document.body) { seen.disconnect(); window.first = document.documentElement.dataset.size; }"
        "}).observe(document, { childList: true, subtree: true })"
    )
    page.goto(site.url)
    assert page.evaluate("window.first") == "largest"
    shifts = page.evaluate(
        "() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().map(one => one.value)))"
        ".observe({ type: 'layout-shift', buffered: true }) || setTimeout(() => done([]), 500))"
    )
    assert shifts == []
    page.context.close()


def test_another_tab_follows(page: Page, site: Site) -> None:
    page.goto(site.url)
    other = page.context.new_page()
    other.goto(f"{site.url}/mentions")
    choose(other, "Grande")
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    assert page.evaluate(SIZE) == 24


@pytest.mark.parametrize("kept", ["null", "[", '"x"', '{"size": "huge", "contrast": 7}'])
def test_what_is_kept_may_be_anything(page: Page, site: Site, kept: str) -> None:
    page.add_init_script(f"localStorage.setItem('camille.display', {json.dumps(kept)})")
    start(page, site)
    assert page.evaluate(SIZE) == 20


def test_a_browser_that_keeps_nothing(page: Page, site: Site) -> None:
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused') } })")
    start(page, site)
    choose(page, "Grande")
    assert page.evaluate(SIZE) == 24
    first_choice(page)
    assert page.evaluate(SIZE) == 24


@pytest.mark.parametrize("width", [320, 1280])
def test_the_same_place_on_every_page(chromium: Browser, site: Site, width: int) -> None:
    page = View(width, "light").open(chromium)
    places = set()
    for path in PAGES:
        page.goto(site.url + path)
        places.add(json.dumps(page.locator(".display-open").bounding_box()))
    assert len(places) == 1
    page.context.close()


def test_not_shown_without_javascript(chromium: Browser, site: Site) -> None:
    page = View(320, "light").open(chromium, java_script_enabled=False)
    for path in PAGES:
        page.goto(site.url + path)
        assert not page.locator(".comfort").is_visible()
        assert not page.locator("#affichage").is_visible()
    page.context.close()


def test_the_panel_by_keyboard(page: Page, site: Site) -> None:
    page.goto(site.url)
    button = page.get_by_role("button", name="Affichage")
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    for name in ("Normale", "Grande"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent.trim()") == name
    page.keyboard.press("Space")
    assert page.evaluate(SIZE) == 24
    assert page.evaluate("document.activeElement.textContent.trim()") == "Grande"
    assert page.locator("#affichage").get_by_role("group", name="Taille du texte").count() == 1


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_panel_measured(chromium: Browser, site: Site, width: int, scheme: str) -> None:
    page = View(width, scheme).open(chromium)
    page.add_init_script(VOICES)
    start(page, site)
    page.evaluate("voice => window.arrive([voice])", FRENCH)
    page.get_by_role("button", name="Écouter").click()
    for names in (["Normale", "Normal"], ["Très grande", "Fort"]):
        for name in names:
            choose(page, name)
        assert audit(page) == []
        assert page.evaluate(TARGETS) == []
        assert not page.evaluate(WIDER)
    page.context.close()


# Listening.


def test_the_message_and_its_choices_are_read_slowly(page: Page, site: Site) -> None:
    page.add_init_script(VOICES)
    start(page, site)
    button = page.locator(".listen")
    assert not button.is_visible()
    before = page.locator(".display-open").bounding_box()
    page.evaluate("voice => window.arrive([voice])", FRENCH)
    expect(button).to_be_visible()
    assert page.locator(".display-open").bounding_box() == before, "its place was kept"
    button.click()
    expect(button).to_have_text("Arrêter")
    told = page.evaluate("({ ...window.told, last: null })")
    shown = page.locator(".said p, .choices legend, .choices button").all_inner_texts()
    assert [" ".join(text.split()) for text in told["said"]] == [" ".join(text.split()) for text in shown]
    assert all(rate < 1 for rate in told["rates"])
    button.click()
    expect(button).to_have_text("Écouter")
    assert page.evaluate("window.told.said") == []


def test_reading_ends_by_itself_or_with_the_page(page: Page, site: Site) -> None:
    page.add_init_script(VOICES)
    start(page, site)
    page.evaluate("voice => window.arrive([voice])", FRENCH)
    button = page.locator(".listen")
    button.click()
    page.evaluate("window.told.last.onend()")
    expect(button).to_have_text("Écouter")
    button.click()
    first_choice(page)
    expect(button).to_have_text("Écouter")
    assert page.evaluate("window.told.said") == []


def test_a_page_of_information_is_read_whole(page: Page, site: Site) -> None:
    page.add_init_script(VOICES)
    page.goto(f"{site.url}/mentions")
    page.evaluate("voice => window.arrive([voice])", FRENCH)
    page.locator(".listen").click()
    said = page.evaluate("window.told.said")
    assert said[0] == "Mentions légales"
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    "voices",
    [[], [{"lang": "en-GB", "localService": True}], [{"lang": "fr-FR", "localService": False}]],
    ids=["none", "English only", "French, but elsewhere"],
)
def test_no_voice_of_its_own_no_button(page: Page, site: Site, voices: list[dict[str, Any]]) -> None:
    page.add_init_script(VOICES)
    page.goto(site.url)
    page.evaluate("voices => window.arrive(voices)", voices)
    assert not page.locator(".listen").is_visible()

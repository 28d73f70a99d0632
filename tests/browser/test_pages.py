"""What a person meets on a screen: every state measured, then walked with a keyboard, without JavaScript, clumsily."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CHROMIUM, Site
from tests.browser.measures import RELOADS, STRAINS, TARGETS, TWICE, VIEWS, WIDER, measured, refusals
from tests.browser.walk import View, before_the_start, first_choice, from_the_start, press, start, states, write

# The last three as those see it who need it most.
LOOKS = [
    *VIEWS,
    View(1280, "light", contrast="strong"),
    View(768, "light", size="largest"),
    View(320, "dark", size="large", contrast="strong"),
]

PLACE = """item => { const box = item.getBoundingClientRect(); return `${box.left} ${box.top + scrollY}`; }"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = View(1280, "light").open(chromium)
    yield opened
    opened.context.close()


def test_every_state_measured(page: Page, site: Site) -> None:
    refused = refusals(page)
    wrong: dict[str, list[Any]] = {}
    for view in LOOKS:  # the page that waits does not wait for all of them: it loads itself again
        wrong |= measured(page, before_the_start(page, site), TARGETS, [view], {"preparing": RELOADS})
    wrong |= measured(page, from_the_start(page, site), TARGETS, LOOKS)
    assert wrong == {}
    assert refused == []


@pytest.mark.parametrize("width", [320, 800, 1280])
def test_a_scroll_bar_that_takes_room_makes_no_page_wider(chromium: Browser, site: Site, width: int) -> None:
    """On a computer it does; playwright hides it. A measure of the whole window, as `vw` is, goes under it."""
    args = ["--no-sandbox"]
    hidden = ["--hide-scrollbars"]
    shows = chromium.browser_type.launch(executable_path=CHROMIUM, args=args, ignore_default_args=hidden)
    page = shows.new_page(viewport={"width": width, "height": 300})
    try:
        for path in ("/", "/verifier", "/confidentialite", "/mentions", "/medecin"):
            page.goto(site.url + path)
            assert page.evaluate("innerWidth > document.documentElement.clientWidth"), f"{path} has no scroll bar"
            assert not page.evaluate(WIDER), path
    finally:
        shows.close()


@pytest.mark.parametrize("strain", STRAINS)
def test_larger_text_and_spacing_lose_nothing(chromium: Browser, site: Site, strain: str) -> None:
    for width in (640,) if STRAINS[strain] is TWICE else (320, 640):
        page = View(width, "light").open(chromium, bypass_csp=True)
        start(page, site)
        page.add_style_tag(content=STRAINS[strain])
        cut = page.evaluate(
            "() => [...document.querySelectorAll('button, .said p, h1')].filter("
            "item => item.scrollWidth > item.clientWidth + 1 || item.scrollHeight > item.clientHeight + 6)"
            ".map(item => item.textContent.trim())"
        )
        assert not page.evaluate(WIDER), width
        assert cut == [], width
        page.context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_whole_without_javascript(chromium: Browser, site: Site, width: int) -> None:
    page = View(width, "light").open(chromium, java_script_enabled=False)
    start(page, site)
    write(page, "c'est utile ?")
    assert page.title().startswith("Étape 1 sur 6, Savoir si")
    press(page, "Continuer mon étape")
    first_choice(page)
    assert page.title().startswith("Étape 2 sur 6")
    for _ in range(60):
        if page.title().startswith("C’est terminé"):
            break
        first_choice(page)
    assert "Les 6 étapes sont faites" in page.inner_text("main")
    page.context.close()


def test_keyboard_alone(page: Page, site: Site) -> None:
    page.goto(site.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Activer mon espace"
    ring = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth] }"
    )
    assert ring[0] == "solid"
    assert float(ring[1].removesuffix("px")) >= 3
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^Étape 1 sur 6"))


def test_tab_order_is_instruction_help_question(page: Page, site: Site) -> None:
    start(page, site)
    page.locator("main").focus()
    order = []
    for _ in range(11):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
    four = ["Je suis bloqué", "Expliquez autrement", "Revenir", "Parler à quelqu’un"]
    below = ["Mots expliqués", "D’où vient cette information\N{NO-BREAK SPACE}?"]
    assert order[2:] == [*below, *four, "texte", "Envoyer", "Ce qui a été dit avant"]


def test_a_double_click_goes_one_step(page: Page, site: Site) -> None:
    start(page, site)
    page.locator(".choices button").first.click(no_wait_after=True, click_count=2, delay=20)
    expect(page).to_have_title(re.compile("^Étape 2 sur 6"))
    page.goto(site.url)
    once = page.locator(".choices").inner_text()
    assert "Le site" in once


def test_back_then_a_press_surprises_nobody(page: Page, site: Site) -> None:
    start(page, site)
    first_choice(page)
    here = page.locator(".said").inner_text()
    page.go_back()
    page.reload()
    assert page.locator(".said").inner_text() == here


def test_two_tabs(page: Page, site: Site) -> None:
    start(page, site)
    other = page.context.new_page()
    other.goto(site.url)
    first_choice(other)
    here = other.locator(".said").inner_text()
    first_choice(page)
    assert "Vous revoilà" in page.locator(".said").inner_text()
    press(page, "Continuer")
    assert page.locator(".said").inner_text() == here


def test_the_waiting_page_lets_in_by_itself(page: Page, site: Site) -> None:
    site.mind.ready, site.mind.state = False, "loading"
    page.goto(site.url)
    assert page.title() == "Camille se prépare – Camille"
    site.mind.ready, site.mind.state = True, "ready"
    expect(page).to_have_title(re.compile("^Bienvenue"), timeout=9_000)


def test_the_help_number_keeps_its_place(page: Page, site: Site) -> None:
    places = set()
    for name in states(page, site):
        places.add(page.locator("header .call").evaluate(PLACE))
        assert len(places) == 1, name


@pytest.mark.parametrize(
    "media",
    [
        pytest.param({"forced_colors": "active"}, id="forced colours"),
        pytest.param({"contrast": "more"}, id="more contrast"),
    ],
)
def test_other_media(page: Page, site: Site, media: dict[str, Any]) -> None:
    start(page, site)
    page.emulate_media(**media)

    def visible(place: str) -> bool:
        return page.locator(place).first.is_visible()

    assert visible(".said")
    assert visible(".choices button")
    assert visible(".call")
    borders = page.evaluate(
        "() => parseFloat(getComputedStyle(document.querySelector('.choices button')).borderTopWidth)"
    )
    assert borders >= 2


def test_nothing_comes_from_elsewhere(page: Page, site: Site) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    start(page, site)
    assert [url for url in asked if not url.startswith(site.url)] == []

"""What a person meets on a screen: every state measured, then walked with a keyboard, without JavaScript, clumsily."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.walk import View, first_choice, press, start, states, write

TAGS = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Off unless asked for by name: the AAA contrast (7:1), the size of targets, links with one name for two places.
ASKED = ["color-contrast-enhanced", "target-size", "identical-links-same-purpose"]
# The page that waits reloads itself, which fails WCAG 2.2.1 unless it can be stopped: it can, by its link (/attente,
# measured without this leave). It lasts as long as a start, holds no form, and loses nothing.
RELOADS = ["meta-refresh", "meta-refresh-no-exceptions"]
LONGEST_LINE = 68  # 65 and the word that crosses it

TARGETS = """() => [...document.querySelectorAll("a, button, summary, textarea, input:not([type=hidden])")]
  .filter(item => !item.classList.contains("skip") && item.checkVisibility({ visibilityProperty: true }))
  .map(item => [item.textContent.trim() || item.id, item.getBoundingClientRect()])
  .filter(([, box]) => box.width < 48 || box.height < 48)
  .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""

LINES = """(longest) => {
  const wrong = [];
  for (const text of document.querySelectorAll("main p, main li")) {
    const range = document.createRange();
    const rows = new Map();
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (let index = 0; index < node.length; index += 1) {
        range.setStart(node, index);
        range.setEnd(node, index + 1);
        const box = range.getBoundingClientRect();
        if (box.width > 0) rows.set(Math.round(box.bottom / 8), (rows.get(Math.round(box.bottom / 8)) || 0) + 1);
      }
    }
    for (const count of rows.values()) if (count > longest) wrong.push(`${count}: ${text.textContent.slice(0, 60)}`);
  }
  return wrong;
}"""

TYPE = """() => [...document.querySelectorAll("body *")]
  .filter(item => [...item.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
  .filter(item => item.checkVisibility() && !item.closest(".unseen, svg"))
  .map(item => [item.closest(".said") ? 20 : 16, parseFloat(getComputedStyle(item).fontSize), item.textContent.trim()])
  .filter(([least, size]) => size < least)"""

SAID = """() => [...document.querySelectorAll(".said p")].map(item => {
  const style = getComputedStyle(item);
  return parseFloat(style.lineHeight) / parseFloat(style.fontSize);
})"""

PLACE = """item => { const box = item.getBoundingClientRect(); return `${box.left} ${box.top + scrollY}`; }"""

WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


VIEWS = [View(320, "light"), View(1280, "light"), View(768, "dark")]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = View(1280, "light").open(chromium)
    yield opened
    opened.context.close()


def audit(page: Page, leave: list[str]) -> list[str]:
    """What axe finds wrong, one line a rule."""
    rules = {name: {"enabled": True} for name in ASKED} | {name: {"enabled": False} for name in leave}
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "rules": rules})
    return [f"{wrong['id']}: {wrong['nodes'][0]['html'][:160]}" for wrong in found.response["violations"]]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view.width} {view.scheme}")
def test_every_state_measured(chromium: Browser, site: Site, view: View) -> None:
    page = view.open(chromium)
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    wrong: dict[str, list[Any]] = {}
    for name in states(page, site):
        found = audit(page, RELOADS if name == "preparing" else [])
        found += page.evaluate(TARGETS) + page.evaluate(LINES, LONGEST_LINE) + page.evaluate(TYPE)
        found += [f"line height {height}" for height in page.evaluate(SAID) if height < 1.5]
        found += ["wider than the screen"] if page.evaluate(WIDER) else []
        found += [f"{count} h1" for count in [page.locator("h1").count()] if count != 1]
        if found:
            wrong[name] = found
    page.context.close()
    assert wrong == {}
    assert refused == []


@pytest.mark.parametrize(
    "strain",
    [
        pytest.param(
            "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"
            " p { margin-bottom: 2em !important }",
            id="WCAG 1.4.12 spacing",
        ),
        pytest.param("html { font-size: 250% !important }", id="text twice as large"),
    ],
)
def test_larger_text_and_spacing_lose_nothing(chromium: Browser, site: Site, strain: str) -> None:
    for width in (320, 640) if "spacing" in strain else (640,):
        page = View(width, "light").open(chromium, bypass_csp=True)
        start(page, site)
        page.add_style_tag(content=strain)
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

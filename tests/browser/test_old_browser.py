"""A browser of eight years ago: what it does not know of our sheet is taken out, and the page can still be used."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from channels.web.assets import FOLDER
from tests.browser.conftest import Site
from tests.browser.walk import View, first_choice, press, start

# Not in Chromium 70 or Firefox 63, of the end of 2018 (MDN, browser compatibility data).
UNKNOWN = (
    re.compile(r"[\w-]*(?:padding|margin|border|inset)-(?:block|inline)[\w-]*\s*:[^;}]*;?"),
    re.compile(r"[\w-]+\s*:[^;{}]*\b(?:max|min|clamp)\((?:[^;{}])*;?"),
    re.compile(r"(?:text-wrap|text-size-adjust|overflow-wrap)\s*:\s*(?:pretty|balance|100%|anywhere);?"),
)
RULES = re.compile(r"[^{}]*:(?:is|where|has|focus-visible)\b[^{}]*\{[^{}]*\}")
# `gap` was known between the boxes of a grid, not between those of a row.
NO_GAP = """() => document.querySelectorAll("body *").forEach(one => {
  if (getComputedStyle(one).display.includes("flex")) one.style.gap = "0";
})"""
TOUCHING = """() => [...document.querySelectorAll(".icon, .mark, .dot")]
  .filter(icon => icon.checkVisibility({ visibilityProperty: true }) && icon.nextElementSibling)
  .map(icon => [icon.nextElementSibling, icon.getBoundingClientRect()])
  .filter(([words, box]) => {
    const next = words.getBoundingClientRect();
    return next.left - box.right < 4 && next.top - box.bottom < 4;
  })
  .map(([words]) => words.textContent.trim())"""
AT_THE_EDGE = """() => [...document.querySelectorAll("h1, h2, p, li, button, a, summary, textarea")]
  .filter(one => one.checkVisibility() && !one.closest(".unseen, .skip, svg"))
  .map(one => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.left < 8 || box.right > document.documentElement.clientWidth - 4))
  .map(([one]) => one.textContent.trim().slice(0, 40))"""
SMALL = """() => [...document.querySelectorAll("main button, summary")]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 48).map(one => one.textContent.trim())"""
WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


def old(sheet: str) -> str:
    """The sheet as that browser reads it."""
    sheet = RULES.sub("", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))
    for pattern in UNKNOWN:
        sheet = pattern.sub("", sheet)
    return sheet


@pytest.fixture(params=[320, 1280])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    opened = View(request.param, "light").open(chromium)

    def answer(route: Route) -> None:
        route.fulfill(body=old((FOLDER / "camille.css").read_text(encoding="utf-8")), content_type="text/css")

    opened.route("**/camille.css*", answer)
    yield opened
    opened.context.close()


def measured(page: Page) -> dict[str, list[str]]:
    page.evaluate(NO_GAP)
    found = {
        name: page.evaluate(rule) for name, rule in (("touching", TOUCHING), ("edge", AT_THE_EDGE), ("low", SMALL))
    }
    found["wide"] = ["wider than the screen"] if page.evaluate(WIDER) else []
    return {name: wrong for name, wrong in found.items() if wrong}


def test_nothing_touches_and_nothing_is_cut(page: Page, site: Site) -> None:
    page.goto(site.url)
    wrong = {"first page": measured(page)}
    start(page, site)
    wrong["step"] = measured(page)
    for _ in range(4):
        first_choice(page)
    page.get_by_text("Ce qui a été dit avant").click()
    wrong["drawing, what was said before"] = measured(page)
    press(page, "Parler à quelqu’un")
    wrong["a person"] = measured(page)
    press(page, "Continuer ailleurs")
    wrong["code"] = measured(page)
    page.goto(f"{site.url}/mentions")
    wrong["mentions"] = measured(page)
    assert {name: found for name, found in wrong.items() if found} == {}


def test_the_sheet_made_old_is_another_one() -> None:
    sheet = (FOLDER / "camille.css").read_text(encoding="utf-8")
    made = old(sheet)
    assert len(made) > len(sheet) / 2
    assert re.findall(r"\bmax\(|padding-inline|:has\(|:is\(|focus-visible", made) == []
    assert made.count("{") == made.count("}")

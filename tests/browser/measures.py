"""What every page is measured by in a real Chromium: axe, the size of what is pressed and read, nothing cut off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.walk import View

AXE = Axe().axe_script
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

# The lines of a message lie one and a half times their letters apart (WCAG 1.4.8).
CLOSE = """() => [...document.querySelectorAll(".said p")].map(item => getComputedStyle(item))
  .map(style => parseFloat(style.lineHeight) / parseFloat(style.fontSize)).filter(height => height < 1.5)"""

WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"

# The narrowest last: pages are walked through in it, as nowhere else so much lies over or under one another.
VIEWS = [View(1280, "light"), View(768, "dark"), View(320, "light")]
CUT = """() => [...document.querySelectorAll('button, label, h1')]
  .filter(item => item.scrollWidth > item.clientWidth + 1).map(item => item.textContent.trim())"""

# The page's own letters are a quarter larger than the browser's.
TWICE = "html { font-size: 250% !important }"
SPACED = (
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"
    " p { margin-bottom: 2em !important }"
)
STRAINS = {"WCAG 1.4.12 spacing": SPACED, "text twice as large": TWICE}


def audit(page: Page, leave: Sequence[str] = ()) -> list[str]:
    """What axe finds wrong, one line a rule."""
    rules = {name: {"enabled": True} for name in ASKED} | {name: {"enabled": False} for name in leave}
    only = {"type": "tag", "values": TAGS}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    # What passes is not told node by node: that took as long as all the rest.
    options = {"runOnly": only, "rules": rules, "resultTypes": ["violations"]}
    found = page.evaluate("async options => (await axe.run(options)).violations", options)
    return [f"{wrong['id']}: {wrong['nodes'][0]['html'][:160]}" for wrong in found]


def faults(page: Page, pressed: str, leave: Sequence[str] = ()) -> list[Any]:
    """Everything that is wrong with the page that is shown. `pressed` finds what is too small to press."""
    found = audit(page, leave) + page.evaluate(pressed) + page.evaluate(TYPE) + page.evaluate(LINES, LONGEST_LINE)
    found += [f"line height {height}" for height in page.evaluate(CLOSE)]
    found += ["wider than the screen"] if page.evaluate(WIDER) else []
    return found + [f"{count} h1" for count in [page.locator("h1").count()] if count != 1]


def measured(
    page: Page,
    names: Iterator[str],
    pressed: str,
    views: Sequence[View] = VIEWS,
    leave: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> dict[str, list[Any]]:
    """The faults of each of the pages that `names` shows in each of the `views`; of a sound page, nothing.

    The page stays and the view changes: walking through all of them once for each view took three times as long.
    """
    wrong = {}
    for name in names:
        for view in views:
            view.look(page)
            if found := faults(page, pressed, leave.get(name, ())):
                wrong[f"{name}, {view}"] = found
    return wrong


def strained(page: Page, names: Iterator[str]) -> dict[str, list[str]]:
    """What is cut off, or too wide, on each of the pages that `names` shows, under each of the strains."""
    wrong = {}
    for name in names:
        for strain, style in STRAINS.items():
            tag = page.add_style_tag(content=style)
            found = page.evaluate(CUT) + (["wider than the screen"] if page.evaluate(WIDER) else [])
            tag.evaluate("tag => tag.remove()")
            if found:
                wrong[f"{name}, {strain}"] = found
    return wrong


def refusals(page: Page) -> list[str]:
    """What the browser refuses by the policy of contents, from now on."""
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    return refused

"""The reviewer's book in a real browser: accessible, no wider than the screen or the sheet, and it asks for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from assistant.guide import Guide
from channels.book.page import book_page
from tests.browser.measures import WIDER, audit
from tests.browser.walk import View

# The four hundred cards are made by three macros, and the plans of the journeys by one: over all of them axe takes
# minutes, and it learns nothing from the last. The first of each chapter stay, and whatever holds something else.
FEW = """() => {
  const seen = new Set();
  const kind = part => [part.parentElement.className, part.tagName, part.className].join(" ");
  for (const chapter of document.querySelectorAll("main > section"))
    for (const [one, few] of [[".card", 2], [".line > li", 6], [".facts li", 4]])
      [...chapter.querySelectorAll(one)].forEach((item, index) => {
        const parts = [item, ...item.querySelectorAll("*")];
        if (index >= few && parts.every(part => seen.has(kind(part)))) item.remove();
        else parts.filter(part => part.closest(one) === item).forEach(part => seen.add(kind(part)));
      });
}"""
PAST_THE_EDGE = """() => [...document.querySelectorAll("main *")]
  .filter(item => item.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(item => item.textContent.trim().slice(0, 60))"""
NARROW = """(least) => [...document.querySelectorAll(".node")]
  .filter(node => node.getBoundingClientRect().width < least)
  .map(node => node.textContent)"""


@pytest.fixture(scope="module")
def book(guide: Guide, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("book") / "livre.html"
    path.write_text(book_page(guide.book, date(2026, 11, 25)), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(params=[320, 1280], ids=lambda width: f"{width} px")
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    # The page's own policy lets no script in, not even the one that measures it.
    opened = View(request.param, "light").open(chromium, bypass_csp=True)
    yield opened
    opened.context.close()


def test_nothing_is_wrong_for_axe(page: Page, book: str) -> None:
    page.goto(book)
    page.evaluate(FEW)
    assert audit(page) == []


def test_it_fits_the_screen(page: Page, book: str) -> None:
    page.goto(book)
    assert not page.evaluate(WIDER)
    assert page.evaluate(PAST_THE_EDGE) == []
    assert page.evaluate(NARROW, 90) == []


def test_it_fits_the_sheet(chromium: Browser, book: str) -> None:
    page = View(703, "light").open(chromium)  # A4 without its margins, at 96 dots an inch
    page.emulate_media(media="print")
    page.goto(book)
    assert not page.evaluate(WIDER)
    assert page.evaluate(PAST_THE_EDGE) == []
    assert not page.locator(".skip").is_visible()
    page.context.close()


def test_it_asks_for_nothing_but_itself(chromium: Browser, book: str) -> None:
    page = View(1280, "light").open(chromium)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(book)
    page.locator(".toc a").first.click()
    assert {url.partition("#")[0] for url in asked} == {book}
    page.context.close()

"""« Cela m'a aidé »: pressed in a browser, with and without JavaScript, once and in haste."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site
from tests.browser.walk import View, start, write

THANKED = "Merci. Votre avis est noté, sans votre nom."


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_it_thanks_in_place_and_the_answer_stays(chromium: Browser, site: Site, script: bool) -> None:
    page = View(320, "light").open(chromium, java_script_enabled=script)
    start(page, site)
    write(page, "c'est utile ?")
    title, said = page.title(), page.locator(".said").inner_text()
    page.get_by_role("button", name="Cela m’a aidé").click(click_count=2, delay=20)
    thanks = page.locator(".thanks")
    expect(thanks).to_have_text(THANKED)
    expect(thanks).to_be_in_viewport()
    assert page.get_by_role("button", name="Non", exact=True).count() == 0
    assert (page.title(), page.locator(".said").inner_text()) == (title, said)
    page.reload()
    expect(page.locator(".thanks")).to_have_text(THANKED)
    page.context.close()

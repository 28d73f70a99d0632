"""What a patient sees who scanned the square of her doctor: looked at by axe, walked with the keyboard alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from assistant.inviting import Inviting
from channels.services import Services
from tests.browser.conftest import Site
from tests.browser.measures import audit
from tests.browser.walk import View
from tests.support.practice import open_practice

NEVER = "A" * 22


@pytest.fixture(scope="module")
def letters(site: Site) -> str:
    """Of an invitation that all these tests may take up."""
    practice = open_practice(site.app)
    given: Services = site.app.extensions["camille"]
    inviting = Inviting(given.settings, given.conversation.database)
    martin = practice.martin
    made = inviting.make(practice=martin.practice, physician=martin.id, way="poster", aim="activer", at=given.clock())
    return made.token


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("alive", [True, False], ids=["good", "never made"])
def test_axe_finds_nothing(chromium: Browser, site: Site, letters: str, width: int, scheme: Any, alive: bool) -> None:
    page = View(width, scheme).open(chromium)
    page.goto(f"{site.url}/i/{letters if alive else NEVER}")
    assert audit(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_the_keyboard_alone_leads_to_the_first_step(chromium: Browser, site: Site, letters: str, script: bool) -> None:
    page = View(320, "light").open(chromium, java_script_enabled=script)
    page.goto(f"{site.url}/i/{letters}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Le docteur Martin")
    box, button = page.get_by_role("checkbox"), page.get_by_role("button", name="Commencer")
    _tab_to(page, box)
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    _tab_to(page, button)
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Le docteur Martin vous propose")
    expect(page).to_have_title(re.compile("^Étape 1 sur 6"))
    page.context.close()


def _tab_to(page: Any, wanted: Any, most: int = 20) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    pytest.fail("The keyboard does not get there")

"""The physician's screen in a real Chromium: presses counted, every page measured, the square read off the screen."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select

from assistant.storage.practices import Member
from assistant.storage.schema import invitations
from channels.practice import making
from channels.services import Services
from channels.web.qr import QUIET
from tests.browser.conftest import Site
from tests.browser.measures import TARGETS, measured, refusals, strained
from tests.browser.test_paper import COLOURS, LEAST, PRESSED, SMALL
from tests.browser.walk import View, press
from tests.support.practice import Practice, open_practice

# A radio button is pressed by its label, which is measured in its place.
PRESSABLE = TARGETS.replace("input:not([type=hidden])", "select, .aims label")
MOST = 3
WAITING_ROOM = {"twilio_sender": "38123", "voice_number": "0937000001"}


@pytest.fixture(scope="module")
def practice(site: Site) -> Iterator[Practice]:
    """A practice of the site, whose lines are all open."""
    services: Services = site.app.extensions["camille"]
    account = {"twilio_account_sid": "AC" + "0" * 32, "twilio_auth_token": "z" * 32}
    site.app.extensions["camille"] = replace(services, settings=replace(services.settings, **account, **WAITING_ROOM))
    yield open_practice(site.app)
    site.app.extensions["camille"] = services


def signed_in(chromium: Browser, site: Site, practice: Practice, view: View, **more: Any) -> Page:
    page = view.open(chromium, **more)
    let_in(page, site, practice, practice.martin)
    return page


def let_in(page: Page, site: Site, practice: Practice, who: Member) -> None:
    name, token = practice.cookie(who, site.url)
    page.context.add_cookies([{"name": name, "value": token, "url": site.url}])


def loads(page: Page) -> list[str]:
    """The addresses of the pages that open from now on, redirections not counted: nobody waits for them apart."""
    seen: list[str] = []
    page.on("load", lambda opened: seen.append(opened.url))
    return seen


@pytest.mark.parametrize(("label", "end"), [("Montrer", "/medecin/montrer?"), ("Imprimer", "/medecin/feuille?")])
def test_thirty_seconds_are_one_press_and_two_pages(
    chromium: Browser, site: Site, practice: Practice, label: str, end: str
) -> None:
    page = signed_in(chromium, site, practice, View(1280, "light"))
    seen = loads(page)
    page.goto(f"{site.url}/medecin")
    presses = 1
    with page.expect_navigation():
        page.get_by_role("button", name=label).click()
    page.wait_for_load_state("load")
    assert end in page.url
    assert page.locator(".square").is_visible()
    assert (presses, len(seen)) == (1, 2)
    assert presses + len(seen) <= MOST
    page.context.close()


def states(page: Page, site: Site) -> Iterator[str]:
    """Every page of this face, and what it is called."""
    page.goto(f"{site.url}/medecin")
    yield "the one screen"
    with page.expect_navigation():
        page.get_by_role("button", name="Montrer").click()
    yield "shown"
    page.goto(f"{site.url}/medecin")
    with page.expect_navigation():
        page.get_by_role("button", name="Imprimer").click()
    yield "leaflet"
    page.goto(f"{site.url}/medecin/feuille")
    press(page, "Une pile de 20 feuilles")
    yield "stack"
    page.goto(f"{site.url}/medecin/feuille")
    yield "stacks"
    page.goto(f"{site.url}/medecin/affiche")
    press(page, "Faire l’affiche")
    yield "poster"
    page.goto(f"{site.url}/medecin/affiche")
    yield "posters"
    page.goto(f"{site.url}/medecin/dire")
    yield "what to say"
    for line in page.locator("summary").all():
        line.click()
    yield "what to say, with sources"
    page.goto(f"{site.url}/medecin/chez-vous")
    yield "for the practice"
    page.goto(f"{site.url}/medecin/montrer?i=x")
    yield "gone"


@pytest.mark.parametrize("role", ["physician", "delegate"])
def test_every_page_measured(chromium: Browser, site: Site, practice: Practice, role: str) -> None:
    page = View(320, "light").open(chromium)
    let_in(page, site, practice, practice.martin if role == "physician" else practice.desk)
    refused = refusals(page)
    wrong = measured(page, states(page, site), PRESSABLE)
    page.context.close()
    assert wrong == {}
    assert refused == []


def test_larger_text_and_spacing_lose_nothing(chromium: Browser, site: Site, practice: Practice) -> None:
    page = signed_in(chromium, site, practice, View(640, "light"), bypass_csp=True)
    assert strained(page, states(page, site)) == {}
    page.context.close()


def test_keyboard_alone(chromium: Browser, site: Site, practice: Practice) -> None:
    page = signed_in(chromium, site, practice, View(1280, "light"))
    page.goto(f"{site.url}/medecin")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "activer"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == "partager"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Montrer")
    ring = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth] }"
    )
    assert ring[0] == "solid"
    assert float(ring[1].removesuffix("px")) >= 3
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "pour partager un document" in page.locator(".shown-by").inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Terminé"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("input[name=pour]:checked").get_attribute("value") == "partager"
    page.context.close()


def test_whole_without_javascript(chromium: Browser, site: Site, practice: Practice) -> None:
    page = signed_in(chromium, site, practice, View(320, "light"), java_script_enabled=False)
    names = list(states_without_details(page, site))
    assert len(names) == 7
    page.goto(f"{site.url}/medecin/chez-vous")
    assert page.locator("#signature").is_visible()
    assert not page.get_by_role("button", name="Copier").first.is_visible()
    page.context.close()


def states_without_details(page: Page, site: Site) -> Iterator[str]:
    for name in states(page, site):
        if name == "what to say":
            return
        yield name
    raise AssertionError("« Que dire » was not reached")


# The square, for the telephone of whoever sits in front of the screen.


@pytest.mark.parametrize("size", [(1280, 720), (1280, 600), (1024, 768), (320, 568), (1920, 1080)], ids=str)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_square_is_as_large_as_the_screen_and_black_on_white(
    chromium: Browser, site: Site, practice: Practice, size: tuple[int, int], scheme: str
) -> None:
    width, height = size
    page = signed_in(chromium, site, practice, View(width, scheme))
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{site.url}/medecin")
    with page.expect_navigation():
        page.get_by_role("button", name="Montrer").click()
    box = page.locator(".square").bounding_box()
    assert box
    assert box["width"] >= 0.9 * min(height, width * 0.6 if width >= 896 else width)
    assert box["y"] + box["height"] <= height, "seen whole, without scrolling"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert read_off(page) == wanted(site, page)
    if width >= 1280 and height >= 720:
        last = page.get_by_role("link", name="Terminé").bounding_box()
        assert last
        assert last["y"] + last["height"] <= height, "all of it is seen at once"
    page.context.close()


def test_what_is_copied_by_hand_is_read_at_arms_length(chromium: Browser, site: Site, practice: Practice) -> None:
    page = signed_in(chromium, site, practice, View(1280, "light"))
    page.goto(f"{site.url}/medecin")
    with page.expect_navigation():
        page.get_by_role("button", name="Montrer").click()
    sizes = page.evaluate(
        "() => [...document.querySelectorAll('.key-words')].map(item => parseFloat(getComputedStyle(item).fontSize))"
    )
    assert len(sizes) == 2
    assert min(sizes) >= 32  # 8 mm at 96 dpi, read at 60 cm by whoever sees half of what others see
    assert page.evaluate(COLOURS) == []
    page.context.close()


def test_a_double_click_makes_one(chromium: Browser, site: Site, practice: Practice) -> None:
    page = signed_in(chromium, site, practice, View(1280, "light"))
    before = made_so_far(site)
    page.goto(f"{site.url}/medecin")
    page.get_by_role("button", name="Montrer").click(click_count=2, delay=20, no_wait_after=True)
    page.wait_for_url("**/medecin/montrer?*")
    here = page.url
    page.reload()
    assert page.url == here
    assert made_so_far(site) == before + 1
    page.context.close()


def made_so_far(site: Site) -> int:
    services: Services = site.app.extensions["camille"]
    with services.conversation.database.transaction() as connection:
        return int(connection.execute(select(func.count()).select_from(invitations)).scalar_one())


def read_off(page: Page) -> list[list[bool]]:
    """The modules of the square as the screen shows them: the middle of each, dark or not."""
    size = int(str(page.locator(".square").get_attribute("viewBox")).split()[2])
    picture = Image.open(io.BytesIO(page.locator(".square").screenshot())).convert("L")
    step = picture.width / size
    return [
        [picture.getpixel((int((column + 0.5) * step), int((row + 0.5) * step))) < 128 for column in range(size)]
        for row in range(size)
    ]


def wanted(site: Site, page: Page) -> list[list[bool]]:
    """The modules of the address of the invitation that is on the screen."""
    name = re.search(r"[?&]i=([\w-]{22})", page.url)
    assert name
    carried = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in page.context.cookies())
    with site.app.test_request_context(base_url=site.url, headers={"Cookie": carried}):
        found = making.find(name[1], "show")
        assert found
        code = segno.make_qr(found.link, error="q")
    return [[bool(dot) for dot in row] for row in code.matrix_iter(border=QUIET)]


# Paper.


@pytest.mark.parametrize(
    ("path", "label", "size"),
    [
        ("/medecin/feuille", "Une seule feuille", (420, 595)),
        ("/medecin/affiche", "Faire l’affiche", (595, 842)),
    ],
)
def test_a_browser_prints_one_sheet(
    chromium: Browser, site: Site, practice: Practice, path: str, label: str, size: tuple[int, int]
) -> None:
    page = signed_in(chromium, site, practice, View(1280, "dark"))
    page.goto(site.url + path)
    press(page, label)
    page.emulate_media(media="print")
    assert page.evaluate(SMALL, LEAST) == []
    assert page.evaluate(COLOURS) == []
    assert page.evaluate(PRESSED) == []
    box = page.locator(".square").bounding_box()
    assert box
    assert box["width"] >= 38 * 96 / 25.4  # millimetres
    with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
        assert [tuple(round(float(side)) for side in sheet.MediaBox[2:]) for sheet in printed.pages] == [size]
    page.context.close()


def test_a_press_copies(chromium: Browser, site: Site, practice: Practice) -> None:
    page = signed_in(chromium, site, practice, View(1280, "light"), permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{site.url}/medecin/chez-vous")
    page.get_by_role("button", name="Copier").nth(1).click()
    assert page.locator(".copied").nth(1).inner_text() == "C’est copié."
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#bouton").input_value()
    assert page.evaluate("document.activeElement.dataset.copy") == "bouton"
    page.context.close()

"""With JavaScript: the same pages without a reload, the focus never lost, and nothing lost when the network is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.browser.conftest import Site
from tests.browser.measures import TARGETS, TWICE, WIDER, audit
from tests.browser.walk import View, first_choice, press, start, write

QUESTION = "Ou écrivez votre question"
LOST = re.compile("Je n’ai pas reçu votre réponse. Rien n’est perdu.")
HEARD = "document.getElementById('annonces').textContent"
ACTIVE = "() => document.activeElement.textContent.trim() || document.activeElement.tagName"
DONE = "Les 6 étapes sont faites"
MOST_STEPS = 40


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = View(1280, "light").open(chromium)
    yield opened
    opened.context.close()


def navigations(page: Page) -> list[str]:
    """The pages that the browser itself went to: to be looked at later."""
    gone: list[str] = []

    def note(request: Request) -> None:
        if request.is_navigation_request():
            gone.append(request.url)

    page.on("request", note)
    return gone


def said(page: Page) -> str:
    return " ".join(page.locator(".said").inner_text().split())


def heard(page: Page, words: str) -> None:
    """The live region says `words`, and never anything but the last message."""
    expect(page.locator("#annonces")).to_contain_text(words)
    assert page.locator("#annonces > *").count() == 1


def by_keyboard(page: Page) -> None:
    """From where the focus is, press the first choice with Tab and Enter only."""
    for _ in range(8):
        if page.evaluate("document.activeElement.matches('.choices button')"):
            break
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("width", "strain", "go"),
    [
        pytest.param(320, "", first_choice, id="320 px"),
        pytest.param(1280, "", first_choice, id="1280 px"),
        pytest.param(640, TWICE, first_choice, id="text twice as large"),
        pytest.param(320, "", by_keyboard, id="320 px, keyboard"),
        pytest.param(1280, "", by_keyboard, id="1280 px, keyboard"),
    ],
)
def test_the_whole_activation_without_a_reload(chromium: Browser, site: Site, width: int, strain: str, go: Any) -> None:
    page = View(width, "light").open(chromium, bypass_csp=bool(strain))
    gone = navigations(page)
    page.goto(site.url)
    if strain:
        page.add_style_tag(content=strain)
    page.locator("main").focus()
    page.evaluate("window.region = document.getElementById('annonces')")
    for _ in range(MOST_STEPS):
        if DONE in page.inner_text("main"):
            break
        go(page)
        assert page.evaluate("document.activeElement.id") == "titre", "the choice is gone: the focus is on the heading"
        assert page.evaluate("scrollY") == 0
        assert not page.evaluate(WIDER)
        heard(page, said(page).partition(".")[0])
    assert page.title().startswith("C’est terminé")
    assert gone == [f"{site.url}/"]
    assert page.evaluate("window.region === document.getElementById('annonces')"), "the region was mounted again"
    assert page.locator("[role=log], [role=status], [role=alert], [aria-live]").count() == 1
    page.context.close()


def test_the_live_region_is_there_and_empty_at_first(page: Page, site: Site) -> None:
    html = page.request.get(site.url).text()
    assert re.search(r'<div class="unseen" id="annonces" role="log"[^>]*></div>', html)
    page.goto(site.url)
    assert page.evaluate(HEARD) == ""


# The focus.


def test_a_button_that_stays_in_sight_keeps_the_focus(page: Page, site: Site) -> None:
    start(page, site)
    page.evaluate("window.stuck = document.querySelector('.help button')")
    press(page, "Je suis bloqué")
    assert page.evaluate("document.activeElement === window.stuck && window.stuck.isConnected")
    heard(page, said(page).partition(".")[0])


def test_a_button_out_of_sight_gives_the_focus_to_the_heading(chromium: Browser, site: Site) -> None:
    page = View(320, "light").open(chromium)
    start(page, site)
    press(page, "Je suis bloqué")
    assert page.evaluate("document.activeElement.id") == "titre"
    assert page.evaluate("scrollY") == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.choices button')")
    page.context.close()


def test_words_typed_stay_when_another_button_is_pressed(page: Page, site: Site) -> None:
    start(page, site)
    page.get_by_label(QUESTION).fill("ma carte est")
    press(page, "Expliquez autrement")
    assert page.get_by_label(QUESTION).input_value() == "ma carte est"
    write(page, "c'est utile ?")
    assert page.get_by_label(QUESTION).input_value() == ""


def test_a_rating_thanks_where_it_was_given(page: Page, site: Site) -> None:
    start(page, site)
    write(page, "c'est utile ?")
    page.get_by_text("En savoir plus").click()
    page.get_by_role("button", name="Cela m’a aidé").scroll_into_view_if_needed()
    here = page.evaluate("scrollY")
    press(page, "Cela m’a aidé")
    assert page.evaluate("scrollY") == here
    assert page.locator(".more").is_visible(), "what was opened stays open"
    assert page.evaluate("document.activeElement.id") == "avis"
    heard(page, "Merci. Votre avis est noté")
    assert "Savoir si c’est utile" not in page.evaluate(HEARD)


# Back, reload, twice.


def test_back_tells_where_one_is_and_how_to_go_back(page: Page, site: Site) -> None:
    start(page, site)
    first_choice(page)
    here = said(page)
    page.go_back()
    expect(page.locator(".told")).to_contain_text("Vous êtes toujours à la même étape")
    assert said(page) == here
    heard(page, "appuyez sur")
    page.go_back()
    expect(page.locator(".told")).to_contain_text("Vous êtes toujours à la même étape")
    page.reload()
    assert said(page) == here
    first_choice(page)
    assert said(page) != here
    assert not page.locator(".told").is_visible()


def test_back_from_another_address(page: Page, site: Site) -> None:
    gone = navigations(page)
    start(page, site)
    here = said(page)
    press(page, "Continuer ailleurs")
    assert page.url == f"{site.url}/reprise"
    page.go_back()
    expect(page.locator(".said")).to_contain_text(here[:30])
    assert page.title().startswith("Étape 1 sur 6")
    page.go_forward()
    expect(page).to_have_title(re.compile("^Continuer ailleurs"))
    page.reload()
    expect(page).to_have_title(re.compile("^Continuer ailleurs"))
    assert gone == [f"{site.url}/", f"{site.url}/reprise"], "one page opened, one reloaded"


def test_the_link_to_the_content_is_no_step_back(page: Page, site: Site) -> None:
    start(page, site)
    page.evaluate("document.querySelector('.skip').click()")
    page.go_back()
    page.locator(".choices button").first.click()
    expect(page).to_have_title(re.compile("^Étape 2 sur 6"))
    assert not page.locator(".told").is_visible()


def test_twice_is_once(chromium: Browser, site: Site) -> None:
    page = View(320, "light").open(chromium, has_touch=True)
    start(page, site)
    page.locator(".choices button").first.dblclick()
    expect(page).to_have_title(re.compile("^Étape 2 sur 6"))
    first = page.locator(".choices button").first
    shown = said(page)
    first.scroll_into_view_if_needed()
    box = first.bounding_box()
    assert box
    for _ in range(2):
        page.touchscreen.tap(box["x"] + 40, box["y"] + 20)
    expect(page.locator(".said")).not_to_contain_text(shown[:30])
    once = said(page)
    page.wait_for_timeout(400)
    assert said(page) == once
    page.reload()
    assert said(page) == once
    page.context.close()


def test_a_key_held_down_presses_once(page: Page, site: Site) -> None:
    start(page, site)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Je suis bloqué").focus()
    for _ in range(4):
        page.keyboard.down("Enter")  # without `up`: a key that repeats
    page.keyboard.up("Enter")
    page.wait_for_timeout(600)
    assert len(sent) == 1


# What goes wrong.


def test_the_network_goes_and_comes_back(page: Page, site: Site) -> None:
    start(page, site)
    here = said(page)
    page.context.set_offline(True)
    page.get_by_label(QUESTION).fill("c'est utile ?")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".told")).to_contain_text(LOST)
    heard(page, "Je n’ai pas reçu votre réponse")
    assert said(page) == here
    assert page.get_by_label(QUESTION).input_value() == "c'est utile ?"
    assert page.evaluate(ACTIVE) == "Envoyer"
    assert audit(page) == []
    page.context.set_offline(False)
    press(page, "Envoyer")
    assert page.title().startswith("Étape 1 sur 6, Savoir si")
    assert page.get_by_label(QUESTION).input_value() == ""
    assert not page.locator(".told").is_visible()


def test_a_server_that_broke(page: Page, site: Site) -> None:
    start(page, site)
    page.route("**/*", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>", content_type="text/html"))
    page.locator(".choices button").first.click()
    expect(page.locator(".told")).to_contain_text(LOST)
    page.unroute_all()
    first_choice(page)
    assert page.title().startswith("Étape 2 sur 6")


def test_a_slow_answer_says_so_and_a_second_press_waits(page: Page, site: Site) -> None:
    start(page, site)
    held: list[Route] = []
    page.route("**/*", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    page.locator(".choices button").first.click()
    expect(page.locator(".told")).to_have_text("Un petit moment, s’il vous plaît.")
    page.get_by_role("button", name="Je suis bloqué").click()
    assert len(held) == 1
    held[0].continue_()
    expect(page).to_have_title(re.compile("^Étape 2 sur 6"))
    assert not page.locator(".told").is_visible()


def test_a_token_refused_is_asked_for_again(page: Page, site: Site) -> None:
    start(page, site)
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach(field => { field.value = 'x' })")
    page.get_by_label(QUESTION).fill("c'est utile ?")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".told")).to_contain_text("Appuyez encore une fois.")
    assert page.get_by_label(QUESTION).input_value() == "c'est utile ?"
    press(page, "Envoyer")
    assert page.title().startswith("Étape 1 sur 6, Savoir si")


def test_refused_twice_is_explained_by_the_server(page: Page, site: Site) -> None:
    start(page, site)
    page.context.clear_cookies()
    page.locator(".choices button").first.click()
    expect(page.locator(".told")).to_be_visible()
    page.context.clear_cookies()
    press(page, "Je suis bloqué")
    expect(page.locator("main")).to_contain_text("votre appareil refuse peut-être les cookies")


def test_a_page_that_is_not_ours_is_left_to_the_browser(page: Page, site: Site) -> None:
    start(page, site)
    doors = iter(["<h1>Wi-Fi public</h1>"])

    def stand_before(route: Route) -> None:
        door = next(doors, "") if route.request.method == "POST" else ""
        if door:
            route.fulfill(body=door, content_type="text/html")
        else:
            route.continue_()

    page.route("**/*", stand_before)
    gone = navigations(page)
    first_choice(page)
    assert page.title().startswith("Étape 2 sur 6")
    assert len(gone) >= 1


def test_a_press_while_camille_gets_ready(page: Page, site: Site) -> None:
    start(page, site)
    site.mind.ready, site.mind.state = False, "loading"
    first_choice(page)
    assert page.title() == "Camille se prépare – Camille"
    site.mind.ready, site.mind.state = True, "ready"
    expect(page).to_have_title(re.compile("^Étape 2 sur 6"), timeout=9_000)


def test_erased_leaves_nothing_behind(page: Page, site: Site) -> None:
    gone = navigations(page)
    start(page, site)
    press(page, "Effacer mes données")
    press(page, "Oui, effacer")
    assert page.title().startswith("Tout est effacé")
    assert page.locator("form").count() == 0
    heard(page, said(page).partition(".")[0])
    assert len(gone) == 1


@pytest.mark.parametrize("media", [{"forced_colors": "active"}, {"color_scheme": "dark"}], ids=min)
def test_what_is_told_in_other_colours(page: Page, site: Site, media: dict[str, Any]) -> None:
    page.emulate_media(**media)
    start(page, site)
    page.go_back()
    expect(page.locator(".told")).to_be_visible()
    # The reader's own colours are not ours to measure.
    assert audit(page, ["color-contrast", "color-contrast-enhanced"] if "forced_colors" in media else []) == []
    assert page.evaluate(TARGETS) == []
    assert page.evaluate("() => parseFloat(getComputedStyle(document.querySelector('.told')).borderLeftWidth)") >= 3

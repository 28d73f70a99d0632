"""The button of another site, as its visitors meet it: docs/exemple-bouton.html, served from another origin."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from assistant.conversation import Conversation
from assistant.settings import ROOT, read_settings
from assistant.storage.database import Database
from channels.app import create_app
from tests.browser.conftest import FewWords, Quiet
from tests.browser.measures import audit

EXAMPLE = ROOT / "docs" / "exemple-bouton.html"
OURS = "http://127.0.0.1:8000"
Serve = Callable[..., str]


@dataclass(frozen=True)
class Town:
    """Somebody else's site, and the address of Camille behind its buttons."""

    url: str
    camille: str

    def open(self, page: Page) -> Page:
        page.goto(f"{self.url}/")
        return page


@contextmanager
def served(app: Flask, host: str = "127.0.0.1") -> Iterator[str]:
    """`host` tells sites apart: for a browser, localhost and 127.0.0.1 are two, their ports alone are not."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://{host}:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Callable[..., Town]]:
    """Makes towns: allowed or not to show the window, with a policy of their own or without."""
    with ExitStack() as until:

        def make(*, allowed: bool = True, policy: str = "") -> Town:
            pages = Flask("town")
            url = until.enter_context(served(pages, "localhost"))
            settings = read_settings(
                {
                    "CAMILLE_VAR": str(tmp_path),
                    "SECRET_KEY": "x" * 40,
                    "PSEUDONYM_PEPPER": "y" * 40,
                    "EMBED_ORIGINS": url if allowed else "https://www.autre.example",
                }
            )
            database = Database(settings.database_url)
            database.upgrade()
            mind: Any = FewWords()
            conversation = Conversation(settings, database, mind)
            until.callback(conversation.close)
            mind.guide = conversation.guide
            camille = until.enter_context(served(create_app(settings, conversation)))
            html = EXAMPLE.read_text(encoding="utf-8")
            assert OURS in html

            @pages.get("/")
            def town_page() -> Response:
                answer = Response(html.replace(OURS, camille), mimetype="text/html")
                if policy:
                    answer.headers["Content-Security-Policy"] = policy.format(camille=camille)
                return answer

            return Town(url, camille)

        yield make


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def opened(page: Page) -> Page:
    """The real page, that the one link leads to."""
    with page.context.expect_page() as new:
        page.keyboard.press("Enter")
    new.value.wait_for_load_state()
    return new.value


def test_the_button_opens_a_page_of_its_own_with_a_visit_that_holds(town: Callable[..., Town], page: Page) -> None:
    made = town()
    button = made.open(page).get_by_role("link", name="Activer Mon espace santé, pas à pas")
    assert "Nouvelle page" in button.inner_text()
    box = button.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 48
    button.focus()
    camille = opened(page)
    assert camille.url == f"{made.camille}/"
    assert camille.evaluate("document.referrer") == ""
    assert camille.evaluate("window.opener") is None
    camille.get_by_role("button", name="Activer mon espace", exact=True).click()
    expect(camille).to_have_title("Étape 1 sur 6, Préparer – Camille")


def test_the_window_is_shown_closed_and_left_with_the_focus_back(town: Callable[..., Town], page: Page) -> None:
    town().open(page)
    button = page.get_by_role("button", name="Se faire aider")
    dialog = page.get_by_role("dialog", name="Camille vous aide")
    frame = page.frame_locator("iframe[title='Présentation de Camille']")
    button.focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    expect(frame.get_by_role("heading", name="Activer Mon espace santé, pas à pas")).to_be_visible()
    expect(dialog.get_by_role("link", name="Ouvrir Camille")).to_be_hidden()  # the frame has its own
    for close in (
        lambda: page.keyboard.press("Escape"),
        lambda: dialog.get_by_role("button", name="Fermer").click(),
        lambda: frame.get_by_role("link", name="Ouvrir Camille").press("Escape"),  # from inside the frame
    ):
        if not dialog.is_visible():
            page.keyboard.press("Enter")
        close()
        expect(dialog).to_be_hidden()
        expect(button).to_be_focused()


def test_the_window_leads_to_the_real_page(town: Callable[..., Town], page: Page) -> None:
    made = town()
    made.open(page).get_by_role("button", name="Se faire aider").click()
    frame = page.frame_locator("iframe")
    frame.get_by_role("link", name="Ouvrir Camille dans une nouvelle page").focus()
    camille = opened(page)
    assert camille.url == f"{made.camille}/"
    assert camille.title() == "Bienvenue – Camille"


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"allowed": False}, id="a site that was not allowed"),
        pytest.param(
            {"policy": "default-src 'self'; script-src {camille}; style-src 'unsafe-inline'"}, id="its policy forbids"
        ),
        pytest.param({"policy": "default-src 'none'; script-src {camille}"}, id="its policy forbids styles too"),
    ],
)
def test_where_the_frame_may_not_be_a_link_is_left(
    town: Callable[..., Town], page: Page, given: dict[str, Any]
) -> None:
    made = town(**given)
    made.open(page).get_by_role("button", name="Se faire aider").click()
    page.wait_for_timeout(500)
    dialog = page.get_by_role("dialog")
    assert not page.locator("iframe").is_visible()
    dialog.get_by_role("link", name="Ouvrir Camille").focus()
    assert opened(page).url == f"{made.camille}/"


def test_a_browser_without_windows_gets_the_link(town: Callable[..., Town], page: Page) -> None:
    page.add_init_script("delete window.HTMLDialogElement")
    town().open(page)
    assert page.get_by_role("link", name="Se faire aider").is_visible()
    assert page.get_by_role("button", name="Se faire aider").count() == 0


def test_nothing_is_asked_of_us_before_a_press_but_the_script(town: Callable[..., Town], page: Page) -> None:
    made, asked = town(), []
    page.on("request", lambda request: asked.append(request.url))
    made.open(page)
    assert {url for url in asked if url.startswith(made.camille)} == {f"{made.camille}/bouton.js"}
    assert page.context.cookies() == []


def test_the_frame_has_no_visit(town: Callable[..., Town], page: Page) -> None:
    made = town()
    made.open(page).get_by_role("button", name="Se faire aider").click()
    expect(page.frame_locator("iframe").get_by_role("heading").first).to_be_visible()
    assert page.context.cookies() == []


def test_no_other_page_of_ours_can_be_framed(town: Callable[..., Town], page: Page) -> None:
    """By an allowed site either: a frame over the real page could be dressed up to steal presses."""
    made = town()
    made.open(page).evaluate(
        "url => { const frame = document.createElement('iframe'); frame.src = url; document.body.append(frame); }",
        f"{made.camille}/",
    )
    page.wait_for_timeout(500)
    assert not [frame for frame in page.frames if frame.url.startswith(made.camille)]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_button_and_its_window_pass_the_audit(town: Callable[..., Town], chromium: Browser, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 700}, locale="fr-FR")
    page = context.new_page()
    town().open(page)
    wrong = {}
    for state in ("closed", "open"):
        if state == "open":
            page.get_by_role("button", name="Se faire aider").click()
            expect(page.frame_locator("iframe").get_by_role("heading").first).to_be_visible()
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        wrong[state] = audit(page)
    context.close()
    assert wrong == {"closed": [], "open": []}

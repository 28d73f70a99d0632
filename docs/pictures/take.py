"""Takes the README's pictures from the running program: `make pictures`. Needs Chromium and the trained model.

A folder may be named, to put them elsewhere. The one for physicians needs Node and npm, for the pretend sign-in.
"""

from __future__ import annotations

import base64
import io
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import Browser, Page, expect, sync_playwright
from rich.console import Console
from rich.text import Text

from assistant.clock import now
from assistant.content.book import open_book
from assistant.conversation import Conversation
from assistant.settings import ROOT, read_settings
from assistant.storage import operator_sessions, operators
from assistant.storage.database import Database
from assistant.storage.practice_sessions import new_token
from channels.web.drawings import read_drawings
from channels.web.typography import typeset
from tests.support.lived import Hears, Month

HERE = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
PORT = 8459
ADDRESS = f"http://127.0.0.1:{PORT}"
TEXTS = ["bonjour", "1", "pour moi", "je trouve pas ma carte"]
PROMPT = b"SMS > "
COLUMNS = 64
READY_WITHIN = 120.0
SHEET = """.sheet { display: grid; grid-template-columns: repeat(5, 1fr); gap: 0.6rem; padding: 0.6rem; }
.sheet div { padding: 0.7rem; border-radius: 0.5rem; background: var(--card); }
.sheet .drawing { margin: 0 0 0.5rem; } .sheet p, .sheet figcaption { font-size: 0.75rem; }"""


STATES_SHEET = """body { margin: 0; padding: 24px; background: #d9d2c3; font: 600 20px system-ui, sans-serif; }
ol { display: grid; grid-template-columns: repeat(4, 320px); gap: 24px; margin: 0; padding: 0; list-style: none; }
img { display: block; width: 320px; margin-top: 8px; border-radius: 8px; }"""


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is not installed: no pictures.")
    with tempfile.TemporaryDirectory() as var, sync_playwright() as play:
        environment = os.environ | {"CAMILLE_VAR": var, "PORT": str(PORT), "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)}
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        token = _lived(environment)
        with _served(environment):
            _steering(browser.new_page(viewport={"width": 1280, "height": 1360}), token)
            _page(browser.new_page(viewport={"width": 1280, "height": 1100}))
            _comfort(browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2), ADDRESS)
            _states(browser, ADDRESS)
            _practice(browser.new_page(viewport={"width": 1280, "height": 800}))
            _drawings(browser.new_page(viewport={"width": 1280, "height": 900}, bypass_csp=True), ADDRESS)
        _telephone(browser.new_page(device_scale_factor=1.5), environment)
        browser.close()


def _page(page: Page) -> None:
    """The second stage, reached as a person would."""
    page.goto(ADDRESS)
    for label in ("Activer mon espace", "Pour moi", "J’ai tout"):
        page.get_by_role("button", name=label).click()
    expect(page).to_have_title(re.compile("^Étape 2"))  # it comes without a reload
    page.mouse.move(0, 0)  # nothing is about to be pressed
    page.screenshot(path=HERE / "page.png")


def _practice(page: Page) -> None:
    """A physician's screen, signed in by the pretend provider."""
    sign_in = page.get_by_role("button", name=re.compile("Se connecter"))
    # It may have to be fetched first: until then, the page offers no way in.
    _until(lambda: page.goto(f"{ADDRESS}/medecin") is not None and sign_in.count() > 0, lambda: time.sleep(1))
    sign_in.click()
    page.get_by_text("Médecin d’essai, un cabinet").click()
    expect(page.get_by_role("heading", name="Proposer Camille")).to_be_visible()
    page.mouse.move(0, 0)
    page.screenshot(path=HERE / "practice.png")


def _lived(environment: dict[str, str]) -> str:
    """A month of people in the database that is about to be served, and a session of somebody who may look at it."""
    settings, mind, token = read_settings(environment), Hears(), new_token()
    database = Database(settings.database_url)
    database.upgrade()
    conversation = Conversation(settings, database, cast(Any, mind))
    mind.guide = conversation.guide
    Month(conversation, now()).live(300)
    with database.transaction() as connection:
        name, _ = operators.add(connection, "marie", "lecture", now())
        operator_sessions.begin(connection, token, name, now())
    database.close()
    return token


def _steering(page: Page, token: str) -> None:
    """Where people stop, for those who run the service."""
    page.context.add_cookies([{"name": "camille-pilotage", "value": token, "url": ADDRESS}])
    page.goto(f"{ADDRESS}/pilotage/parcours")
    expect(page.get_by_role("heading", name="Où les gens s’arrêtent")).to_be_visible()
    page.screenshot(path=HERE / "steering.png")


def _comfort(page: Page, address: str) -> None:
    """On a telephone, the same step in large letters and strong contrast, with the place where they are chosen."""
    page.goto(address)
    page.get_by_role("button", name="Affichage").click()
    for label in ("Grande", "Fort"):
        page.get_by_role("button", name=label, exact=True).click()
    page.screenshot(path=HERE / "display.png")
    page.get_by_role("button", name="Affichage").click()
    for label in ("Activer mon espace", "Pour moi"):
        page.get_by_role("button", name=label).click()
    expect(page.locator(".said")).to_contain_text("carte Vitale")
    page.screenshot(path=HERE / "large.png")


def _states(browser: Browser, address: str) -> None:
    """The main states on a small telephone, side by side: without scripts, as anybody can have them."""
    context = browser.new_context(viewport={"width": 390, "height": 900}, java_script_enabled=False)
    page, shown = context.new_page(), list[tuple[str, bytes]]()

    def see(name: str, at: str = "header") -> None:
        page.mouse.move(0, 0)
        page.locator(at).first.evaluate("place => place.scrollIntoView()")
        shown.append((name, page.screenshot()))

    def press(label: str) -> None:
        page.get_by_role("button", name=label, exact=True).click()

    page.goto(address)
    see("L’accueil")
    for label in ("Activer mon espace", "Pour moi", "J’ai tout", "Le site"):
        press(label)
    see("Une consigne, un dessin")
    press("Parler à quelqu’un")
    see("Une personne")
    press("Continuer mon étape")
    page.get_by_text("Ce qui a été dit avant").click()
    see("Ce qui a été dit avant", ".earlier")
    page.get_by_label("Ou écrivez votre question").fill("j’ai mal dans la poitrine")
    press("Envoyer")
    see("Un danger")
    press("Continuer ailleurs")
    see("Continuer ailleurs")
    page.goto(address)
    press("Effacer mes données")
    see("Tout effacer")
    press("Non, garder")
    press("Continuer mon étape")
    _until(lambda: page.title().startswith("C’est terminé"), page.locator(".choices button").first.click)
    see("C’est terminé")
    context.close()
    _side_by_side(browser.new_page(viewport={"width": 1400, "height": 900}), shown)


def _until(over: Callable[[], bool], go_on: Callable[[], None], most: int = 60) -> None:
    for _ in range(most):
        if over():
            return
        go_on()
    sys.exit("A state was not reached.")


def _side_by_side(page: Page, shown: list[tuple[str, bytes]]) -> None:
    cells = "".join(
        f'<li>{name}<img src="data:image/png;base64,{base64.b64encode(picture).decode()}" alt=""></li>'
        for name, picture in shown
    )
    page.set_content(f"<style>{STATES_SHEET}</style><ol>{cells}</ol>")
    page.screenshot(path=HERE / "states.png", full_page=True)


def _drawings(page: Page, address: str) -> None:
    """All drawings side by side, in the page's own sheet and as high as on its steps, each above its words."""
    pages = Environment(loader=FileSystemLoader(ROOT / "channels" / "web" / "templates"), autoescape=True)
    pages.filters["typeset"] = typeset
    drawn = pages.get_template("web/drawing.html").module.drawn  # type: ignore[attr-defined]
    drawings, _ = read_drawings(ROOT / "data", open_book(ROOT / "data"))
    cells = "".join(f"<div>{drawn(one)}<p>{typeset(one.alt)}</p></div>" for one in drawings)
    page.goto(address)
    page.add_style_tag(content=SHEET)
    page.evaluate("cells => { document.body.innerHTML = `<main class='sheet'>${cells}</main>` }", cells)
    page.locator(".sheet").screenshot(path=HERE / "drawings.png")


def _telephone(page: Page, environment: dict[str, str]) -> None:
    """What `camille sms` shows in a real terminal, drawn."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(_in_terminal(environment)))
    # The drawing asks another site for its letters; the machine's own will do.
    drawn = re.sub(r"@font-face \{.*?\}", "", console.export_svg(title="camille sms"), flags=re.DOTALL)
    page.set_content(f'<div id="drawn" style="width: 780px">{drawn.replace("Fira Code", "DejaVu Sans Mono")}</div>')
    page.locator("#drawn svg").screenshot(path=HERE / "telephone.png")


def _in_terminal(environment: dict[str, str]) -> str:
    """Type TEXTS, each when it is asked for, and return all that was shown."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "channels.cli", "sms"]
    shown, waiting = b"", [f"{text}\n".encode() for text in TEXTS]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        while True:
            try:
                shown += os.read(ours, 65536)
            except OSError:  # the other side was closed: the end
                break
            if shown.endswith(PROMPT):
                os.write(ours, waiting.pop(0) if waiting else b"\x04")
        process.wait()
    _, _, screen = shown.decode().replace("\r\n", "\n").partition("╭")  # before it, a spinner turned
    return "╭" + screen


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "channels.cli", "serve"], env=environment)
    try:
        end = time.monotonic() + READY_WITHIN
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{ADDRESS}/readyz"):
                    break
            except OSError:
                time.sleep(0.5)
        else:
            sys.exit("Camille did not get ready.")
        yield
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()

"""Takes the README's pictures from the running program: `make pictures`. Needs Chromium and the trained model."""

from __future__ import annotations

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import Page, expect, sync_playwright
from rich.console import Console
from rich.text import Text

from assistant.content.book import open_book
from assistant.settings import ROOT
from channels.web.drawings import read_drawings
from channels.web.typography import typeset

HERE = Path(__file__).parent
PORT = 8459
ADDRESS = f"http://127.0.0.1:{PORT}"
TEXTS = ["bonjour", "1", "pour moi", "je trouve pas ma carte"]
PROMPT = b"SMS > "
COLUMNS = 64
READY_WITHIN = 120.0
SHEET = """.sheet { display: grid; grid-template-columns: repeat(5, 1fr); gap: 0.6rem; padding: 0.6rem; }
.sheet div { padding: 0.7rem; border-radius: 0.5rem; background: var(--card); }
.sheet .drawing { margin: 0 0 0.5rem; } .sheet p, .sheet figcaption { font-size: 0.75rem; }"""


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is not installed: no pictures.")
    with tempfile.TemporaryDirectory() as var, sync_playwright() as play:
        environment = os.environ | {"CAMILLE_VAR": var, "PORT": str(PORT), "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)}
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with _served(environment):
            _page(browser.new_page(viewport={"width": 1280, "height": 1100}))
            _comfort(browser.new_page(viewport={"width": 390, "height": 844}, device_scale_factor=2), ADDRESS)
            _drawings(browser.new_page(viewport={"width": 1280, "height": 900}, bypass_csp=True), ADDRESS)
        _telephone(browser.new_page(device_scale_factor=1.5), environment)
        browser.close()


def _page(page: Page) -> None:
    """The second stage, reached as a person would."""
    page.goto(ADDRESS)
    for label in ("Activer mon espace", "Pour moi", "J’ai tout"):
        page.get_by_role("button", name=label).click()
    expect(page).to_have_title(re.compile("^Étape 2"))  # it comes without a reload
    page.screenshot(path=HERE / "page.png")


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

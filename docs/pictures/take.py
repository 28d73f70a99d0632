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

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
PORT = 8459
ADDRESS = f"http://127.0.0.1:{PORT}"
TEXTS = ["bonjour", "1", "pour moi", "je trouve pas ma carte"]
PROMPT = b"SMS > "
COLUMNS = 64
READY_WITHIN = 120.0


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is not installed: no pictures.")
    with tempfile.TemporaryDirectory() as var, sync_playwright() as play:
        environment = os.environ | {"CAMILLE_VAR": var, "PORT": str(PORT), "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)}
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with _served(environment):
            _page(browser.new_page(viewport={"width": 1280, "height": 1100}))
        _telephone(browser.new_page(device_scale_factor=1.5), environment)
        browser.close()


def _page(page: Page) -> None:
    """The second stage, reached as a person would."""
    page.goto(ADDRESS)
    for label in ("Activer mon espace", "Pour moi", "J’ai tout"):
        page.get_by_role("button", name=label).click()
    page.screenshot(path=HERE / "page.png")


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

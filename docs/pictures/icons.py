"""Draws the icons of telephones from our own mark, `camille.svg`: python docs/pictures/icons.py. Needs Chromium."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).parents[2] / "channels" / "web" / "static"
GROUND = "#f6f1e7"
# Some telephones cut the icon to a circle: all that matters lies within 80 % of it (W3C, maskable icons), with room.
# (file, size in pixels, part of it that the mark takes, ground)
ICONS = (
    ("camille-192.png", 192, 0.92, "transparent"),
    ("camille-512.png", 512, 0.92, "transparent"),
    ("camille-512-edge.png", 512, 0.54, GROUND),
)


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is not installed: no icons.")
    mark = (STATIC / "camille.svg").read_text(encoding="utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, size, part, ground in ICONS:
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(
                f"<style>html, body {{ margin: 0; background: {ground} }} body {{ display: grid; place-items: center;"
                f" height: {size}px }} svg {{ width: {size * part}px }}</style>{mark}"
            )
            page.screenshot(path=STATIC / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()

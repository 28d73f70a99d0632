"""Chromium itself says whether Camille can be put on a telephone's first screen, and with what."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import CHROMIUM, Site


def test_the_browser_would_install_it(chromium: Browser, site: Site, tmp_path: Path) -> None:
    # With a profile: nothing is installed from a private window.
    context = chromium.browser_type.launch_persistent_context(
        str(tmp_path), executable_path=CHROMIUM, args=["--no-sandbox"]
    )
    page = context.new_page()
    page.goto(site.url)
    tools = context.new_cdp_session(page)
    read = tools.send("Page.getAppManifest")
    errors = tools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    context.close()
    assert read["errors"] == []
    assert read["url"] == f"{site.url}/manifest.webmanifest"
    assert json.loads(read["data"])["short_name"] == "Camille"
    assert errors == []

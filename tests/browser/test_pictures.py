"""The READMEs' pictures are of the running program: each can be taken again, and is still what is shown."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from assistant.settings import ROOT

SHOWN = re.compile(r"!\[[^\]]+\]\(docs/pictures/([a-z]+\.png)\)")


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("Node and npm are not installed: nobody can sign in to be pictured")
    folder = tmp_path_factory.mktemp("pictures")
    command = [sys.executable, "docs/pictures/take.py", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.mark.parametrize("readme", ["README.md", "README.fr.md"])
def test_every_picture_of_the_readme_can_be_taken_again(taken: Path, readme: str) -> None:
    names = SHOWN.findall((ROOT / readme).read_text(encoding="utf-8"))
    assert len(names) >= 4
    for name in names:
        with Image.open(taken / name) as fresh, Image.open(ROOT / "docs" / "pictures" / name) as kept:
            # Letters differ from machine to machine, the page does not: as wide, nearly as high, and drawn on.
            assert fresh.width == kept.width, name
            assert abs(fresh.height - kept.height) < 0.15 * kept.height, name
            assert len(fresh.convert("RGB").resize((64, 64)).getcolors(64 * 64) or ()) > 20, name

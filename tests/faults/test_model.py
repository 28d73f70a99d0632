"""A model file that was cut short or altered, or a memory of Rasa's own: the real command refuses, in one sentence."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.settings import ROOT
from assistant.training import MODEL

pytestmark = pytest.mark.model

COPIED, LINKED = ("assistant", "channels", "models"), ("data", "config.yml", "domain.yml")
REFUSED_WITHIN = 60.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Camille once more, in a folder where her model may be broken."""
    made = tmp_path_factory.mktemp("place")
    for name in COPIED:
        shutil.copytree(ROOT / name, made / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in LINKED:
        (made / name).symlink_to(ROOT / name)
    return made


def understand(place: Path, port: int = 1) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "CAMILLE_VAR": str(place / "var"),
        "UNDERSTANDING_BIND": f"127.0.0.1:{port}",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    command = [sys.executable, "-W", "ignore", "-m", "channels.cli", "understand"]
    return subprocess.run(
        command, cwd=place, env=environment, capture_output=True, text=True, timeout=REFUSED_WITHIN, check=False
    )


def cut_short(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def altered(whole: bytes) -> bytes:
    return whole[:-1] + bytes([whole[-1] ^ 1])


def emptied(whole: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("broken", [cut_short, altered, emptied])
def test_a_broken_model_is_refused(place: Path, broken: Callable[[bytes], bytes]) -> None:
    model = place / "models" / MODEL
    whole = model.read_bytes()
    model.write_bytes(broken(whole))
    try:
        done = understand(place)
    finally:
        model.write_bytes(whole)
    assert done.returncode == 1
    (sentence,) = done.stderr.strip().splitlines()
    assert sentence.startswith("Camille : Le modèle manque, ou n'est plus celui des données.")


def test_a_memory_of_rasa_s_own_is_refused(place: Path) -> None:
    path = place / "endpoints.yml"
    path.write_text("tracker_store:\n  type: SQL\n  dialect: postgresql\n  url: 127.0.0.1:1\n")
    try:
        done = understand(place)
    finally:
        path.unlink()
    assert done.returncode == 1
    (sentence,) = done.stderr.strip().splitlines()
    assert "tracker_store" in sentence


def test_the_whole_one_is_taken(place: Path) -> None:
    """It goes on until the port, which is not to be had: what is refused above is refused for the model."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = understand(place, port)
    assert done.returncode == 1
    assert f"le port {port} est déjà pris" in done.stderr

"""A voice of this machine (espeak-ng, Debian): how long a text lasts when it is spoken, and how it is pronounced.

Skips, and says why, where espeak-ng is missing. Not the voice that people hear: slower and with longer stops than
Twilio's, so that what is short enough here is short enough.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from xml.etree.ElementTree import fromstring, tostring

import pytest

WORDS_A_MINUTE = 140
RATE, WIDTH, HEADER = 22_050, 2, 44


def speaker() -> str:
    """The program; the test that asks is skipped without it."""
    found = shutil.which("espeak-ng")
    if not found:
        pytest.skip("espeak-ng is not installed here (Debian: apt-get install espeak-ng)")
    return found


def seconds(twiml: Iterable[str]) -> list[float]:
    """How long each document speaks, its pauses included, read off the sound itself."""
    program = speaker()

    def spoken(document: str) -> float:
        root = fromstring(document)  # noqa: S314 - our own answer
        marked = "".join(
            tostring(part, encoding="unicode") for say in root.iter("Say") for prosody in say for part in prosody
        )
        if not marked:
            return 0.0
        # Our own rate is for Twilio's voice; here it is told in words a minute.
        command = [program, "-v", "fr", "-s", str(WORDS_A_MINUTE), "-m", "-z", "--stdin", "--stdout"]
        sound = subprocess.run(command, input=f"<speak>{marked}</speak>".encode(), capture_output=True, check=True)
        return (len(sound.stdout) - HEADER) / WIDTH / RATE

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(spoken, twiml))


def phonemes(text: str) -> str:
    """How `text` is pronounced, in the international alphabet, without stress marks, stops or mute e."""
    command = [speaker(), "-v", "fr", "-q", "--ipa", text]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "".join(told.translate(dict.fromkeys(map(ord, "ˈˌə-"))).split())

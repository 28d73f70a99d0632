"""Cuts a text into sentences that a voice reads well: no sign, no bracket, numbers in pairs with a pause."""

from __future__ import annotations

import re
import unicodedata

from channels.voice.phrases import HOUR, READ_AS

SIGNS = re.compile("|".join(map(re.escape, READ_AS)))
APOSTROPHES = str.maketrans(dict.fromkeys("’‘‛`´′", "'"))
# Brackets and long dashes are heard as a short stop; so are list marks between words.
ASIDES = re.compile(r"[()\[\]{}—–―•·|]|(?<=\s)-+(?=\s)|^\s*[-*]\s+", re.MULTILINE)
CLOCK = re.compile(r"\b(\d{1,2}) ?h(?: ?(\d{2}))?\b")
# « trente-quatre vingt-deux » without a pause is heard as 30 82.
PAIRS = re.compile(r"\b\d{2}(?: \d{2})+\b")
# Letters, digits and what a voice reads as a pause. The rest (emoji, quotes, markdown) is left out.
SPOKEN = frozenset("'-.,;:!? ")


def sentences(text: str) -> list[str]:
    """The sentences of `text`, in order, each with something to say in it. Nothing in them is outside XML."""
    plain = unicodedata.normalize("NFC", text).translate(APOSTROPHES).replace("…", ". ")
    plain = ASIDES.sub(", ", plain)
    plain = SIGNS.sub(lambda found: READ_AS[found.group()], plain)
    plain = "".join(_spoken(character) for character in plain)
    plain = CLOCK.sub(_clock, plain)
    plain = PAIRS.sub(lambda found: found.group().replace(" ", ", "), plain)
    parts = re.split(r"(?<=[.!?])\s+", _tidy(plain))
    return [part for part in parts if any(character.isalnum() for character in part)]


def _spoken(character: str) -> str:
    if character in SPOKEN:
        return character
    kind = unicodedata.category(character)[0]
    if kind in "LN":
        return character
    return " " if kind in "ZCP" else ""


def _clock(found: re.Match[str]) -> str:
    hours, minutes = found.groups()
    return " ".join(filter(None, (hours, HOUR, minutes)))


def _tidy(text: str) -> str:
    """Stops left alone or doubled by what was taken out."""
    spaced = re.sub(r"\s+", " ", text).strip()
    tight = re.sub(r" +([,.])", r"\1", spaced)
    once = re.sub(r",(?:\s*,)+", ",", tight)
    ended = re.sub(r",\s*([.;:!?])", r"\1", once)
    begun = re.sub(r"([.;:!?]),", r"\1", ended)
    return re.sub(r"([.!?])(?:\s*[.!?])+", r"\1", begun).strip(" ,;")

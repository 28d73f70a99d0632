"""Makes words comparable: case, accents, apostrophes, punctuation and drawn-out letters folded away."""

from __future__ import annotations

import re
import unicodedata

# A person's message is a few sentences; beyond this it is a paste, and reading on would only cost time.
LONGEST = 1_600
INVISIBLE = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
DRAWN_OUT = re.compile(r"([a-z])\1{2,}")


def clean(text: str) -> str:
    """`text` in NFKC, without control, zero-width or direction marks, at most LONGEST characters, spaces made plain.

    Every kind of digit (full-width, Arabic-Indic...) becomes an ASCII digit, so that masking sees it.
    """
    cut = unicodedata.normalize("NFKC", text[: LONGEST * 4])[:LONGEST]
    plain = INVISIBLE.sub("", cut)
    if not plain.isascii():
        plain = "".join(
            str(unicodedata.digit(character, character)) if not character.isascii() and character.isdigit() else character
            for character in plain
        )
    return " ".join(plain.split())


def fold(text: str) -> str:
    """`text` as lower-case words without accents or punctuation: « C'est FAIT !!! » gives "c est fait"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(
        character if character.isalnum() else " " for character in decomposed if not unicodedata.combining(character)
    )
    return " ".join(DRAWN_OUT.sub(r"\1", letters).split())

"""Makes words comparable: case, accents, apostrophes, punctuation and drawn-out letters folded away."""

from __future__ import annotations

import re
import unicodedata

# A person's message is a few sentences; beyond this it is a paste, and reading on would only cost time.
LONGEST = 1_600
# Control, zero-width and direction marks, lone surrogates, and the letters that show nothing (Hangul fillers).
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff\U000e0000-\U000e0fff]"
)
DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
# How a word sounds, from its folded letters: what is written otherwise by ear comes out the same.
SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"(?<!c)h", ""),
        (r"gu(?=[eiy])|gg", "G"),
        (r"g(?=[eiy])", "j"),
        (r"sc(?=[eiy])|c(?=[eiy])|ss", "s"),
        (r"qu|q|ck|c(?!h)", "k"),
        (r"eau|au", "o"),
        (r"(?<=[a-zG]{2})(?:er|ez|ees?|es?|aient|ait|ais|ai|ents?|[dtsxpz]+)$", ""),
        (r"ai|ei|ay|ey", "e"),
        (r"[ea][nm](?![aeiouynm])", "an"),
        (r"om(?=[bp])", "on"),
        (r"y", "i"),
        (r"z", "s"),
        (r"([a-zG])\1+", r"\1"),
    )
)


def clean(text: str) -> str:
    """`text` in NFKC, without control, zero-width or direction marks, at most LONGEST characters, spaces made plain.

    Every kind of digit (full-width, Arabic-Indic...) becomes an ASCII digit, so that masking sees it.
    """
    # Before, or a mark between a letter and its accent would part them; after, for what NFKC makes invisible.
    shown = INVISIBLE.sub("", text[: LONGEST * 4])
    plain = INVISIBLE.sub("", unicodedata.normalize("NFKC", shown))[:LONGEST]
    if not plain.isascii():
        plain = "".join(
            str(unicodedata.digit(character)) if not character.isascii() and character.isdigit() else character
            for character in plain
        )
    return " ".join(plain.split())


def fold(text: str) -> str:
    """`text` as lower-case words without accents or punctuation: « C'est FAIT !!! » gives "c est fait"."""
    # Before accents go: « créée » holds one letter twice, not three times.
    lower = DRAWN_OUT.sub(r"\1", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    decomposed = unicodedata.normalize("NFKD", lower)
    return " ".join(
        "".join(
            character if character.isalnum() else " "
            for character in decomposed
            if not unicodedata.combining(character)
        ).split()
    )


def sound(word: str) -> str:
    """How folded `word` sounds, roughly: "respirer", "respiré" and "respirais" all give "respir"."""
    for pattern, heard in SOUNDS:
        word = pattern.sub(heard, word)
    return word

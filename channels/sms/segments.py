"""Counts what an SMS costs, and writes it so that it costs no more than it must.

Tables: GSM 03.38 / 3GPP 23.038. Every segment is billed as one message. One character outside the alphabet turns the
whole message into UCS-2, where a segment holds 70 characters instead of 160 (docs/architecture.md, « SMS »).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of these is written as an escape and a character: two septets.
EXTENSION = frozenset("^{}\\[~]|€\f")
GSM = BASIC | EXTENSION

# French letters outside GSM-7. Without them a word is still read, but looks like a fraud: they stay if they are free.
SPARED = "çâêîôûëïÿÀÂÈÊËÎÏÔÙÛŸ"
BARE = {ord(letter): unicodedata.normalize("NFD", letter)[0] for letter in SPARED}

PLAIN = str.maketrans(
    {
        **dict.fromkeys("’‘‚‛`´′‹›", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−•·", "-"),
        **dict.fromkeys("\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f", " "),
        **dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n"),
        "…": "...",
        "→": "->",
        "×": "x",
        "⁄": "/",
        "°": "o",
        "œ": "oe",
        "Œ": "Oe",
    }
)


@dataclass(frozen=True)
class Segments:
    """How a text travels: `units` are septets in GSM-7 and UTF-16 code units in UCS-2, `count` is what is billed."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    count: int

    @classmethod
    def of(cls, text: str) -> Segments:
        """The segments of `text` as it is. An empty text still takes one."""
        if all(character in GSM for character in text):
            sizes = [2 if character in EXTENSION else 1 for character in text]
            return cls("GSM-7", sum(sizes), _parts(sizes, alone=160, joined=153))
        sizes = [2 if ord(character) > 0xFFFF else 1 for character in text]
        return cls("UCS-2", sum(sizes), _parts(sizes, alone=70, joined=67))


def sanitise(text: str) -> str:
    """`text` as an SMS: plain punctuation, no emoji; ç, circumflexes and accented capitals only where they are free.

    What is outside GSM-7 becomes its nearest letter, "?" for a letter of another alphabet, nothing for a picture.
    Only the line feed is left of the control characters, so that the result may stand in XML. Doing it twice changes
    nothing more.
    """
    plain = _plain(text)
    bare = plain.translate(BARE)
    return bare if Segments.of(bare).count < Segments.of(plain).count else plain


def _parts(sizes: list[int], *, alone: int, joined: int) -> int:
    """Into how many parts characters of `sizes` go. A character of two units is never cut in half."""
    if sum(sizes) <= alone:
        return 1
    parts, room = 1, joined
    for size in sizes:
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return parts


def _plain(text: str) -> str:
    # Decomposed accents are outside GSM-7 even where the letter is in it: compose first.
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    quoted = re.sub(r"(?<=«)\s+|\s+(?=»)", "", composed)
    letters = (character if _stays(character) else _nearest(character) for character in quoted.translate(PLAIN))
    lines = (re.sub(r" {2,}", " ", line).strip() for line in "".join(letters).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _stays(character: str) -> bool:
    return character in GSM or character in SPARED


def _nearest(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character).translate(PLAIN)
    near = "".join(part for part in decomposed if part in GSM and part != "\n")
    if near:
        return near
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    return "?" if unicodedata.category(character)[0] in "LN" else ""

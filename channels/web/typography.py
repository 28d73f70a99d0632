"""Sets French text for the screen: one sentence a line, and no number or sign left alone at a line's start."""

from __future__ import annotations

import re

# A sentence ends at . ? or !, with its closing guillemet if any, before a capital letter or an opening guillemet.
SENTENCE_END = re.compile(r"(?:(?<=[.?!])|(?<=[.?!] »))\s+(?=[A-ZÀ-ÖØ-Þ«])")
NO_BREAK = "\N{NO-BREAK SPACE}"
# The narrow no-break space would be the printer's choice; it shows as a box with some old fonts.
STUCK = (
    (re.compile(r" (?=[?!:;»])"), NO_BREAK),
    (re.compile(r"(?<=«) "), NO_BREAK),
    (re.compile(r"(?<=\d) (?=\d)"), NO_BREAK),  # 34 22
    (re.compile(r"(?<=\d) (?=h\b)|(?<=\bh) (?=\d)"), NO_BREAK),  # 8 h 30
    (re.compile(r"(?<=\w)'(?=[\w«])"), "’"),
)


def sentences(text: str) -> list[str]:
    """`text` cut into sentences, each ready for the screen."""
    return [typeset(sentence) for sentence in SENTENCE_END.split(text) if sentence]


def typeset(text: str) -> str:
    """`text` with no-break spaces and the curly apostrophe of French printing."""
    for pattern, sign in STUCK:
        text = pattern.sub(sign, text)
    return text

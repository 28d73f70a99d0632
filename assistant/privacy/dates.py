"""Takes out dates of birth with the month in letters, or short and near « né ». Full dates are the digits' work."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.numerals import WORDS

Put = Callable[[str], str]

MONTH = r"(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[ée]cembre)"
SAID = rf"(?:{'|'.join(sorted(WORDS, key=len, reverse=True))}|premier|et)".replace("zero", "z[ée]ro")
SAID_RUN = rf"{SAID}(?:[\s\-]{SAID}){{0,9}}"
# « née en Algérie le 3 mai 48 »: near the word, a day and a month are enough.
NEAR_BIRTH = re.compile(
    r"((?:\bn[ée]+e?s?\b|naissance|\bnai[ts]\b|anniversaire)[^.!?\d]{0,40}?)"
    rf"((?:\d{{1,2}}(?:er)?|{SAID_RUN})\s+{MONTH}(?:\s+(?:\d{{2,4}}|{SAID_RUN}))?)\b",
    re.I,
)
# Anywhere else, only a year that is somebody's age away.
LONG_AGO = re.compile(rf"\b(?:\d{{1,2}}(?:er)?|{SAID_RUN})\s+{MONTH}\s+(?:19\d\d|200\d|mille\s(?:{SAID_RUN}))\b", re.I)


def without_births(text: str, put: Put) -> str:
    """`text` without them. « rdv le 3 mai 2026 » stays."""
    text = NEAR_BIRTH.sub(lambda match: match.group(1) + put("date"), text)
    return LONG_AGO.sub(lambda match: put("date"), text)

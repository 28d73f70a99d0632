"""Reads French number words as the digits they stand for: « quatre-vingt-cinq zéro six » gives "8506"."""

from __future__ import annotations

from collections.abc import Sequence

# As said in France, Belgium and Switzerland, and as often misspelt. Folded.
UNDER_TEN = {
    "zero": 0, "zeros": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "troi": 3, "quatre": 4, "katre": 4,
    "cinq": 5, "cink": 5, "six": 6, "sept": 7, "set": 7, "huit": 8, "uit": 8, "neuf": 9,
}  # fmt: skip
TEENS = {"dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16}
TENS = {
    "vingt": 20, "vingts": 20, "vin": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "septante": 70, "huitante": 80, "octante": 80, "nonante": 90,
}  # fmt: skip
HUNDRED = frozenset({"cent", "cents"})
THOUSAND = frozenset({"mille", "mil"})
# « soixante et onze »: said inside a number, never between two.
AND = "et"
WORDS = frozenset({*UNDER_TEN, *TEENS, *TENS, *HUNDRED, *THOUSAND})


def digits(words: Sequence[str]) -> str:
    """The digits that folded `words` say, each number read as long as it goes. Words that are no number are skipped."""
    said, place = "", 0
    while place < len(words):
        if words[place] not in WORDS:
            place += 1
            continue
        value, place = _number(words, place)
        said += str(value)
    return said


def _number(words: Sequence[str], place: int) -> tuple[int, int]:
    """One number that begins at `place`, and where the next begins."""
    value, place = _under_thousand(words, place)
    if _at(words, place) in THOUSAND and value:
        rest, after = _under_thousand(words, place + 1)
        return value * 1000 + rest, after
    return value, place


def _under_thousand(words: Sequence[str], place: int) -> tuple[int, int]:
    if _at(words, place) in THOUSAND:
        # « mille neuf cent », without a number before.
        return (1, place) if place < len(words) else (0, place)
    value, after = _under_hundred(words, place)
    hundreds = 1 if after == place else value
    if _at(words, after) in HUNDRED and 0 < hundreds < 10:
        rest, end = _under_hundred(words, after + 1)
        return hundreds * 100 + rest, end
    return value, after


def _under_hundred(words: Sequence[str], place: int) -> tuple[int, int]:
    """A number from 0 to 99. `place` unmoved when there is none."""
    word = _at(words, place)
    if word == "quatre" and _at(words, place + 1) in ("vingt", "vingts"):
        return _with_unit(words, place + 2, 80)
    if word in TENS:
        return _with_unit(words, place + 1, TENS[word])
    if word == "dix" and _at(words, place + 1) in ("sept", "huit", "neuf"):
        return 10 + UNDER_TEN[words[place + 1]], place + 2
    if word in TEENS:
        return TEENS[word], place + 1
    if word in UNDER_TEN:
        return UNDER_TEN[word], place + 1
    return 0, place


def _with_unit(words: Sequence[str], place: int, tens: int) -> tuple[int, int]:
    start = place + 1 if _at(words, place) == AND and _at(words, place + 1) in ("un", "une", "onze") else place
    word = _at(words, start)
    if UNDER_TEN.get(word):
        return tens + UNDER_TEN[word], start + 1
    if word in TEENS and tens in (60, 80):
        teen, after = _under_hundred(words, start)
        return tens + teen, after
    return tens, place


def _at(words: Sequence[str], place: int) -> str:
    return words[place] if place < len(words) else ""

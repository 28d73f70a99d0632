"""Writes French as people write an SMS: a seeded noise, in the proportions of 1,001 real ones.

Calibrated on its figures: how often a phrase of danger survives letter for letter (72, 49, 23 % at the three
levels), or once accents are folded (81, 61, 32 %). `test_danger.py` checks that it still does, roughly.
"""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass

SHORT = {
    "pour": "pr", "tout": "tt", "tous": "ts", "toujours": "tjs", "c'est": "c", "pas": "pa", "plus": "pu",
    "je": "j", "quand": "qd", "dans": "ds", "vous": "vs", "nous": "ns", "mais": "ms", "avec": "avc", "que": "ke",
    "qui": "ki", "quoi": "koi", "beaucoup": "bcp", "comment": "cmt", "j'ai": "g", "s'il": "sil", "est": "é",
    "très": "tré", "faut": "fo", "trop": "tro", "veux": "veu", "peux": "peu", "vais": "vé", "fait": "fé",
    "suis": "sui", "mal": "mal", "tête": "tete", "elle": "el", "ça": "sa", "ses": "c", "parle": "parl",
}  # fmt: skip
FUSED = {
    "je suis": "chui", "je ne": "jne", "je me": "jme", "je veux": "jveu", "je vais": "jvé", "je peux": "jpeu",
    "je n'ai": "jnai", "je n'arrive": "jnarrive", "il y a": "ya", "je voudrais": "jvoudrai", "je ne suis": "jsui",
}  # fmt: skip
ENDINGS = (
    (r"(?<=\w\w)(er|ez|ée|é)$", ("é", "er", "ait")),
    (r"(?<=\w\w)(ais|ait|aient)$", ("é", "ai", "er")),
    (r"(?<=\w\w\w)(e|es|ent)$", ("", "es")),
    (r"(?<=\w\w)(s|t|x|d)$", ("",)),
    (r"eau", ("o",)), (r"(?<=\w)au", ("o",)), (r"qu(?=[eiao])", ("k",)), (r"(.)\1", (r"\1",)),
    (r"^h", ("",)), (r"ph", ("f",)), (r"ç", ("ss",)), (r"(?<=[aeiou])ss(?=[aeiou])", ("s",)), (r"ai(?=[rnst])", ("é",)),
)  # fmt: skip


@dataclass(frozen=True)
class Level:
    """How often, from 0 to 1: a message without accents, a lost apostrophe, and for each word the rest."""

    bare: float
    apostrophe: float
    short: float
    fused: float
    sound: float
    typo: float


LIGHT = Level(bare=0.22, apostrophe=0.22, short=0.02, fused=0.05, sound=0.018, typo=0.012)
AVERAGE = Level(bare=0.36, apostrophe=0.38, short=0.07, fused=0.12, sound=0.05, typo=0.028)
HEAVY = Level(bare=0.6, apostrophe=0.6, short=0.2, fused=0.35, sound=0.13, typo=0.05)


def noised(text: str, level: Level, draw: random.Random) -> str:
    """`text` as somebody could have typed it in a hurry."""
    for plain, short in FUSED.items():
        if draw.random() < level.fused:
            text = re.sub(rf"\b{plain}\b", short, text)
    words = [_word(word, level, draw) for word in text.split()]
    written = " ".join(words)
    return _without_accents(written) if draw.random() < level.bare else written


def _word(word: str, level: Level, draw: random.Random) -> str:
    if word.lower() in SHORT and draw.random() < level.short:
        return SHORT[word.lower()]
    if draw.random() < level.sound:
        word = _by_ear(word, draw)
    if "'" in word and draw.random() < level.apostrophe:
        word = word.replace("'", draw.choice(["", " "]))
    if len(word) > 3 and draw.random() < level.typo:
        word = _mistyped(word, draw)
    return word


def _by_ear(word: str, draw: random.Random) -> str:
    fitting = [(pattern, choices) for pattern, choices in ENDINGS if re.search(pattern, word)]
    if not fitting:
        return word
    pattern, choices = draw.choice(fitting)
    return re.sub(pattern, draw.choice(choices), word, count=1)


def _mistyped(word: str, draw: random.Random) -> str:
    """One letter missing, doubled, swapped with its neighbour, or its neighbour's on the keyboard."""
    place = draw.randrange(1, len(word) - 1)
    kind = draw.choice(["missing", "doubled", "swapped", "missed"])
    if kind == "missing":
        return word[:place] + word[place + 1 :]
    if kind == "doubled":
        return word[:place] + word[place] + word[place:]
    if kind == "swapped":
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    rows = "azertyuiop qsdfghjklm wxcvbn"
    at = rows.find(word[place])
    near = rows[at + 1] if 0 <= at < len(rows) - 1 and rows[at + 1] != " " else "e"
    return word[:place] + near + word[place + 1 :]


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))

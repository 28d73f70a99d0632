"""Measures French text as readers meet it: sentences, words, syllables, and two readability scores.

Kandel-Moles: 207 - 1.015 x words/sentences - 73.6 x syllables/word; the higher, the easier.
LIX: words/sentences + 100 x long words/words; the lower, the easier (under 30: very easy).
Both are noisy under some thirty words: use them over a step or more, not over a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SENTENCE_END = re.compile(r"(?<=[.!?…:])(?:\s*[»\"])?\s+(?=[«\"A-ZÀ-Þ0-9])|\n+")
WORD = re.compile(r"[A-Za-zÀ-ÿœŒ0-9]+(?:[-'’][A-Za-zÀ-ÿœŒ0-9]+)*\+?")
# "qu" and "gu" before a vowel are one sound with it.
SILENT_U = re.compile(r"(?<=[qg])u(?=[eéèêiyaàâo'])")
# Between two vowels, y is an i that closes the first syllable: « voyage » is voi-iage. « Pays » has two as well.
GLIDE = re.compile(r"(?<=[aeiouéèê])y(?=[aeiouéèê])|(?<=^pa)y(?=s)")
# Two vowels that are heard apart: « cré-er », « na-ïf », « méga-octet », and after two consonants « ou-bli-er ».
APART = re.compile(r"é(?=[aàâoôuùiéèêy]|e(?!s?$))|(?<=[aoué])(?=[ïë])|a(?=oc)|(?<=[bcdfgptv][lr])i(?=[aoéèê]|e(?!s?$))")
# What ends a word without being heard: « carte », « cartes », and what verbs alone do, « ils trouv-ent ».
MUTE_END = re.compile(r"(?<=[bcdfghjklmnpqrstvwxz])(?:e|es)$")
MUTE_VERB = re.compile(r"(?<=[bcdfghjklmnpqrstvwxz])ent$")
# These end like a verb and are none. So are those in -ment: « doucement », « document ».
HEARD_END = re.compile(
    r"(?:[aeéiouû]m|mm|^accid|^acc|^ag|^arg|^abs|^c|^cont|^d|^différ|^évid|^fréqu|^par|^perman|^prés|^prud|^réc|^souv"
    r"|^tal|^urg|^v)ent$"
)
# Letters that are read one by one: « S-M-S ».
SPELLED = re.compile(r"[BCDFGHJKLMNPQRSTVXZ]{2,5}|MSA")
VOWELS = re.compile(r"[aàâeéèêëiîïoôuùûüyœæ]+")
LONG_WORD = 6


@dataclass(frozen=True)
class Measures:
    """What a text measures. `longest` is the words of its longest sentence."""

    words: int
    sentences: int
    longest: int
    kandel_moles: float
    lix: float

    @property
    def mean(self) -> float:
        """Words a sentence."""
        return self.words / self.sentences if self.sentences else 0.0


def sentences(text: str) -> list[str]:
    """The sentences of `text`, in order. « 8 h 30. » or « 34 22 » do not cut one."""
    return [part.strip() for part in SENTENCE_END.split(text) if WORD.search(part)]


def words(text: str) -> list[str]:
    """The words of `text`. « L'application » and « demandez-le » are one each, as a reader sees them.

    Counted so, a text full of « demandez-le » is harder than one that names the thing: which it is.
    """
    return WORD.findall(text)


def syllables(word: str) -> int:
    """How many syllables are heard in `word`, at least one. « Rendez-vous » is the sum of its parts."""
    if "-" in word:
        return sum(syllables(part) for part in word.split("-") if part)
    if word.isdecimal():
        return sum(_number(int(pair)) for pair in ([word] if len(word) <= 3 else re.findall(r"\d{1,2}", word)))
    if SPELLED.fullmatch(word):
        return len(word)
    heard = SILENT_U.sub("", word.lower().replace("’", "'"))
    heard = heard.split("'")[-1] if "'" in heard and len(heard.split("'")[0]) <= 2 else heard
    heard = APART.sub(lambda found: found[0] + "-", GLIDE.sub("i-i", heard))
    if len(VOWELS.findall(heard)) > 1:
        heard = MUTE_END.sub("", heard)
        heard = heard if HEARD_END.search(heard) else MUTE_VERB.sub("", heard)
    return max(1, len(VOWELS.findall(heard)))


def _number(number: int) -> int:
    """How many syllables are heard in a number under a thousand: « quinze », « quatre-vingt-dix »."""
    if number >= 100:
        return 1 + (number >= 200) + (_number(number % 100) if number % 100 else 0)
    if number >= 80:
        return 3 + (_number(number - 80) if number > 80 else 0)
    if number < 20:
        return 2 if number in (0, 14, 17, 18, 19) else 1
    tens, rest = min(number // 10, 6), number - 10 * min(number // 10, 6)
    return (2 if tens >= 4 else 1) + (rest % 10 == 1) + (_number(rest) if rest else 0)


def measure(text: str) -> Measures:
    """All measures of `text`; zeros for a text without words."""
    found = sentences(text)
    counts = [len(words(sentence)) for sentence in found]
    total = sum(counts)
    if not total:
        return Measures(0, 0, 0, 0.0, 0.0)
    every = words(text)
    mean = total / len(found)
    heard = sum(syllables(word) for word in every) / len(every)
    long = sum(1 for word in every if len(word.split("'")[-1]) > LONG_WORD) / len(every)
    return Measures(total, len(found), max(counts), 207 - 1.015 * mean - 73.6 * heard, mean + 100 * long)

"""Writes French as people write an SMS: a seeded noise, in the proportions of 1,001 real ones.

Each message is by one writer, drawn anew: most are careful, a few are not at all (hurry is exponential). So spread,
the habits counted word for word in those SMS come out together with what was counted in whole messages: of SMS as long
as those a quarter is left untouched, though nearly a quarter of all words differ. They are the transcribed ones of
88milSMS (Panckhurst, Detrie, Lopez, Moise, Roche, Verine 2014; 36 writers, most of them students, in 2011): older
people may write otherwise. A model that learns from this noise is flattered when it is measured with it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from math import exp
from random import Random

# What stands for private numbers is put there after the person has written.
WORD = re.compile(r"\[[^\]]*\]|[^\W\d_]+(?:['’][^\W\d_]+)*")
# The forms met most often in real SMS; web lists are full of others that nobody writes. Accents folded on the left.
SHORT = {
    "pour": "pr", "tout": "tt", "tous": "ts", "toujours": "tjs", "c'est": "c", "c'etait": "ct", "quand": "qd",
    "dans": "ds", "vous": "vs", "nous": "ns", "mais": "ms", "donc": "dc", "avec": "avc", "meme": "mm", "non": "nn",
    "mon": "mn", "beaucoup": "bcp", "comment": "cmt", "pourquoi": "pk", "message": "msg", "bonjour": "bjr",
    "maintenant": "mtn", "desole": "dsl", "salut": "slt", "probleme": "pb", "long": "lg", "j'ai": "g", "merci": "mrc",
    "s'il vous plait": "svp", "s'il te plait": "stp", "parce que": "pck", "rendez-vous": "rdv", "mot de passe": "mdp",
    "quelqu'un": "qqn", "quelque chose": "qqch", "aujourd'hui": "ajd", "d'accord": "dac", "numero": "num",
}  # fmt: skip
# Said in one breath, or as they sound: whole words.
FUSED = {
    "je suis": "chui", "je ne suis": "jsui", "je ne": "jne", "je me": "jme", "je te": "jte", "je le": "jle",
    "je veux": "jveu", "je vais": "jvé", "je peux": "jpeu", "je sais": "jsé", "je fais": "jfé", "je n'ai": "jnai",
    "je n'arrive": "jnarrive", "je voudrais": "jvoudrai", "il y a": "ya", "il n'y a": "yna", "tu as": "ta",
    "est-ce que": "eske", "qu'est-ce que": "keske", "je comprends": "jcompren", "que": "ke", "qui": "ki",
    "quoi": "koi", "quel": "kel", "quelle": "kel", "elle": "el", "pas": "pa", "plus": "pu", "trop": "tro",
    "faut": "fo", "fait": "fé", "vais": "vé", "suis": "sui", "j'ai": "jé", "est": "é", "tres": "tré", "veux": "veu",
}  # fmt: skip
# Sound alike, and are both right somewhere.
ALIKE = {
    "ça": "sa", "sa": "ça", "ces": "ses", "ses": "ces", "c'est": "s'est", "s'est": "c'est", "a": "à", "à": "a",
    "et": "est", "est": "et", "on": "ont", "ont": "on", "son": "sont", "sont": "son", "ou": "où", "où": "ou",
    "peux": "peut", "peut": "peux", "veux": "veut", "veut": "veux", "dois": "doit", "fait": "fais", "fais": "fait",
    "sais": "sait", "tout": "tous", "tous": "tout", "mes": "mais", "quel": "quelle", "quelle": "quel", "leur": "leurs",
    "cet": "cette", "cette": "cet", "m'a": "ma", "l'a": "la", "la": "là", "quand": "quant", "j'ai": "j'est",
}  # fmt: skip
VOWEL, PAST = "[aeiouyéè]", "ée?s?"
ENDINGS = tuple(
    (re.compile(pattern), endings)
    for pattern, endings in (
        (rf"(?<=\w\w)(?:er|ez|{PAST})$", ("é", "er", "ez")),
        (r"(?<=\w\w)(?:ais|ait|aient)$", ("ai", "ait", "é")),
        (r"(?<=\w\w\w)(?:es|ent|e|s)$", ("e", "es", "")),
    )
)
BY_EAR = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(?<=\w\w)e?[stxd]$", ""), (r"(?<=\w\w\w)es?$", ""), (r"eau", "o"), (r"(?<=\w)au", "o"),
        (r"qu(?=[eio])", "k"), (r"([^\W\d_])\1", r"\1"), (r"\bh(?=\w)", ""), (r"ph", "f"), (r"ç", "ss"),
        (r"c(?=[eiyé])", "s"), (rf"(?<={VOWEL})s(?={VOWEL})", "z"), (r"ai(?=\w)", "é"), (r"ai$", "é"),
        (r"tion", "sion"), (r"g(?=[eié])", "j"), (r"en(?=[tcdsfv])", "an"), (r"ain", "in"), (r"y", "i"),
    )
)  # fmt: skip
ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn")


@dataclass(frozen=True)
class Level:
    """`hurry`: how many times as careless as the writers of the 1,001 SMS, who are the average."""

    hurry: float


LIGHT = Level(0.25)
AVERAGE = Level(1.0)
HEAVY = Level(3.0)

# How often per unit of hurry, wherever it can be done. Averaged over writers and messages, as in the 1,001 SMS: 57 % of
# accents are dropped and 37 % of apostrophes; of all words 3.9 % are shortened, 2.7 % fused or written as they sound,
# 2.5 % taken for one that sounds alike, 2.0 % mistyped by a letter or two. tests/assistant/test_noise.py counts again.
ACCENT, APOSTROPHE = 1.25, 0.58
SHORTENED, JOINED, CONFUSED, HEARD, MISTYPED = 0.47, 0.12, 0.055, 0.017, 0.035
TWICE = 0.2  # of the mistyped


def noised(text: str, level: Level, draw: Random) -> str:
    """`text` as somebody could have typed it in a hurry. The same state of `draw` gives the same text."""
    return _Writer(level.hurry * draw.expovariate(1.0), draw).write(text)


class _Writer:
    """One person with her habits: `hurry` times as careless as the average one."""

    def __init__(self, hurry: float, draw: Random) -> None:
        self._hurry = hurry
        self._draw = draw

    def write(self, text: str) -> str:
        joined = PHRASES.sub(lambda found: self._listed(found[0]) or found[0], text)
        return WORD.sub(lambda found: self._word(found[0]), joined)

    def _does(self, habit: float) -> bool:
        """Whether the habit shows here: at least once, if it comes `habit` times per unit of hurry."""
        return self._draw.random() < 1 - exp(-habit * self._hurry)

    def _listed(self, words: str) -> str:
        """The short or fused form of `words`, when there is one and this writer uses it here; else nothing."""
        plain = _bare(_plain(words))
        for listed, habit in ((SHORT, SHORTENED), (FUSED, JOINED)):
            if plain in listed and self._does(habit):
                return _cased(listed[plain], words)
        return ""

    def _word(self, word: str) -> str:
        if word.startswith("["):
            return word
        if listed := self._listed(word):
            return listed
        if self._does(CONFUSED):
            word = self._confused(word)
        if self._does(HEARD):
            word = self._by_ear(word)
        if ("'" in word or "’" in word) and self._does(APOSTROPHE):
            word = re.sub(r"['’]", self._draw.choice(["", "", " "]), word)
        if word != (bare := _bare(word)) and self._does(ACCENT):
            word = bare
        if len(word) > 3 and self._does(MISTYPED):
            word = self._mistyped(word)
            if self._draw.random() < TWICE:
                word = self._mistyped(word)
        return word

    def _confused(self, word: str) -> str:
        """Another word or ending that sounds alike."""
        alike = ALIKE.get(_plain(word))
        if alike:
            return _cased(alike, word)
        for pattern, endings in ENDINGS:
            if pattern.search(word):
                return pattern.sub(self._draw.choice(endings), word)
        return word

    def _by_ear(self, word: str) -> str:
        fitting = [(pattern, sound) for pattern, sound in BY_EAR if pattern.search(word)]
        if not fitting:
            return word
        pattern, sound = self._draw.choice(fitting)
        return pattern.sub(sound, word, count=1)

    def _mistyped(self, word: str) -> str:
        """One letter missing, doubled, swapped with the next, or its neighbour's on the keyboard; never the first."""
        place = self._draw.randrange(1, len(word) - 1)
        before, letter, after = word[:place], word[place], word[place + 1 :]
        kind = self._draw.choice(["missing", "doubled", "swapped", "beside"])
        if kind == "missing":
            return before + after
        if kind == "doubled":
            return before + letter + letter + after
        if kind == "swapped":
            return before + after[0] + letter + after[1:]
        return before + self._draw.choice(_beside(letter)) + after


def _beside(letter: str) -> str:
    """The keys to the left and right of `letter` on a French keyboard; itself when it has no key of its own."""
    for row in ROWS:
        if (at := row.find(letter)) >= 0:
            return row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
    return letter


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


def _cased(new: str, like: str) -> str:
    """`new` in capitals where `like` is."""
    return new.upper() if like.isupper() and len(like) > 1 else new


def _bare(text: str) -> str:
    """Without accents and cedillas."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if not unicodedata.combining(letter)))


def _phrases() -> re.Pattern[str]:
    """The entries of several words, the longest first, or a mask: what is inside one is no phrase."""
    several = sorted((words for words in {*SHORT, *FUSED} if re.search(r"[ -]", words)), key=lambda w: (-len(w), w))
    spelt = "|".join(re.escape(words).replace("'", "['’]").replace("plait", "pla[iî]t") for words in several)
    return re.compile(rf"\[[^\]]*\]|\b(?:{spelt})\b", re.IGNORECASE)


PHRASES = _phrases()

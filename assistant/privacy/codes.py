"""Takes out the codes of letters and digits, and what looks like a password without being said to be one."""

from __future__ import annotations

import re
from collections.abc import Callable

Put = Callable[[str], str]

# Hours, ranks and counts, which mix letters and digits too: « 14h30 », « 2ème », « 12caracteres ».
ORDINARY = re.compile(
    r"[^\W\d_]*\d{1,2}h\d{0,2}|\d{1,4}(?:er|[èe]re|nde?|[èe]|i?[èe]mes?)"
    r"|\d{1,4}(?:caract[èe]res?|chiffres?|lettres?|minutes?|secondes?|heures?|jours?|semaines?|mois|ann[ée]es?|euros?"
    r"|personnes?|fois|pages?|points?|num[ée]ros?|ans?|min|mn|h|j|s|e|mo|go|km|kg|mg|cm|mm|ml|g|m)"
    r"|covid-?(?:19|2019)\w{0,3}",
    re.I,
)
# « windows10 », « 3ans » : a word and a count. Not at the length of the provisional code (fact B20).
WORD_AND_COUNT = re.compile(r"[^\W\d_]{3,}\d{1,3}|\d{1,3}[^\W\d_]{3,}")
CODE_LENGTH = 12
SHORTEST_MIXED = 8
ALNUM = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# Digits, with letters typed for 0 and 1 or the A and B of Corsica: left to the digits.
NUMBER_LIKE = re.compile(r"[\dOoIl]*(?:2[AaBb][\dOoIl]+)?")
# How a letter prints a code of twelve: three groups of four, two of six; and how people read it out, by three.
GROUPED = re.compile(
    r"(?<![^\W_])(?:[A-Za-z0-9]{4}(?:[ \-][A-Za-z0-9]{4}){2,}|[A-Za-z0-9]{6}[ \-][A-Za-z0-9]{6}"
    r"|[A-Za-z0-9]{3}(?:[ \-][A-Za-z0-9]{3}){3,5})(?![^\W_])"
)
# « j'ai reçu le code A7B2 »: right before, this makes a code of any four letters and digits.
CODE_BEFORE = re.compile(
    r"\b(?:codes?|s[ée]rie|otp)\b(?:\W|(?:provisoire|re[çc]u|temporaire|d|activation|de|s[ée]curit[ée]|secret|est|cest|c|"
    r"suivant|par|sms|marqu[ée]|que|qui|j|ai|le|mon|un)\b){1,24}$",
    re.I,
)
CODE_NEAR = re.compile(r"\b(?:codes?|provisoire|lettre|courrier|papier|re[çc]u|marqu|[ée]crit|activation|il y a)", re.I)
NEAR = 60
TOKEN = re.compile(r"\S+")
EDGES = ".,;:!?)(«»\"'’"
STRONG = "@#$%&*?_=+^~§£!"


def ordinary(word: str) -> bool:
    """Whether `word` mixes letters and digits as hours, ranks and counts do."""
    return bool(ORDINARY.fullmatch(word))


def without_codes(text: str, put: Put) -> str:
    """`text` without them. « covid19 », « 14h30-16h00 », « windows10 » stay."""
    small = any(character.islower() for character in text)

    def strong(match: re.Match[str]) -> str:
        return put("mot de passe") if _strong(match.group()) else match.group()

    def grouped(match: re.Match[str]) -> str:
        near = bool(CODE_NEAR.search(match.string[max(0, match.start() - NEAR) : match.end()]))
        alone = match.group() == text.strip(" .!?")
        return put("code") if _grouped_code(re.split("[ -]", match.group()), small, near or alone) else match.group()

    def mixed(match: re.Match[str]) -> str:
        cued = bool(CODE_BEFORE.search(match.string[max(0, match.start() - NEAR) : match.start()]))
        bracketed = match.string[match.start() - 1 : match.start()] == "["
        return put("code") if not bracketed and _mixed_code(match.group(), small, cued) else match.group()

    return ALNUM.sub(mixed, GROUPED.sub(grouped, TOKEN.sub(strong, text)))


def _strong(token: str) -> bool:
    """Whether `token` has all that sites ask of a password: both cases, a digit, a sign."""
    core = token.strip(EDGES)
    return (
        len(core) >= SHORTEST_MIXED
        and "[" not in core
        and not core.lower().startswith(("http", "www."))
        and any(character.islower() for character in core)
        and any(character.isupper() for character in core)
        and any(character.isdigit() for character in core)
        and any(character in STRONG for character in core)
    )


def _mixed(word: str) -> bool:
    return any(c.isdigit() for c in word) and any(c.isalpha() for c in word) and not ordinary(word)


def _grouped_code(groups: list[str], small: bool, cued: bool) -> bool:
    """`small`: the message has small letters, so capitals stand out. `cued`: it is about a code, or nothing else."""
    if all(map(NUMBER_LIKE.fullmatch, groups)):
        return False
    coded = [_mixed(group) or group.isdigit() or (small and group.isupper()) for group in groups]
    mixed = sum(map(_mixed, groups))
    if len(groups[0]) == 3:  # as long as many a word: one number among four is no code
        both = sum(not group.isdigit() and not group.isalpha() for group in groups)
        return (mixed > 0 and both > 1) or (cued and all(coded))
    if cued and (mixed or all(coded)):
        return True
    return mixed > 1 or (all(coded) and (mixed > 0 or any(group.isdigit() for group in groups)))


def _mixed_code(word: str, small: bool, cued: bool) -> bool:
    groups = word.split("-")
    length = sum(map(len, groups))
    capitals = small and word.isupper()
    if NUMBER_LIKE.fullmatch(word) and not cued:
        return False
    if not any(c.isdigit() for c in word):
        return cued and capitals and len(groups) == 1 and length == CODE_LENGTH
    if not any(c.isalpha() for c in word) or ordinary(word) or all(map(ordinary, groups)):
        return False
    if cued and length >= 4 and (length <= CODE_LENGTH or len(groups) == 1):
        return True
    if length < SHORTEST_MIXED:
        return False
    if len(groups) == 1:
        return length == CODE_LENGTH or not WORD_AND_COUNT.fullmatch(word)
    return capitals or any(_mixed(group) for group in groups)

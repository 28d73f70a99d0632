"""Takes out the runs of digits that are private, however they are spaced, typed or said.

Six typed digits or more never stay, but for public numbers. Fewer stay, « rdv le 12/03 à 14h30 », « 75015 »,
« 120/80 », unless they are said to be a code, or are all that was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.folding import fold
from assistant.numerals import AND, TENS, WORDS, digits

# Short public numbers are the help we give: never masked, typed « 3422 » or « 34 22 ».
PUBLIC_NUMBERS = frozenset("15 17 18 110 112 114 115 116 119 3114 3422 3646 3919 3939 3977 33700".split())
# What people say between the groups of a number that they dictate.
BETWEEN = frozenset(
    "puis ensuite apres espace tiret point virgule slash barre trait alors euh heu donc double cle".split()
)
# So many digits may stay in one run: typed or said; both; with words between.
TYPED_MAY_STAY, MIXED_MAY_STAY, SPREAD_MAY_STAY = 5, 7, 8
SHORTEST_CODE = 4
LONGEST_CODE = 8

# What was taken out before, as a code or a password, may be the beginning of a number: what stands beside it goes too.
# A or B between digits is a piece of its own, also glued to what only looks like one: « l74l22Al7ol4867 ».
PIECE = re.compile(
    r"(?P<masked>\[(?:code|numéro|mot de passe)\])|(?P<digits>\d+)|(?<=\d)[AaBb](?=[OoIl]{1,12}\d)|[^\W\d_]+"
)
LOOKALIKE = re.compile(r"(?!(?:lol|[Ii]l)$)[OoIl]{1,12}")
# The NIR of people born in Corsica has the department 2A or 2B in its midst.
CORSICAN = re.compile(r"[AaBb]")
DAY = r"(?:0?[1-9]|[12]\d|3[01])\s?[/.\- ]\s?(?:0?[1-9]|1[0-2])"
DAY_OF_MONTH = re.compile(r"\d\d?/\d\d?")
DATE = re.compile(DAY + r"\s?[/.\- ]\s?((?:19|20)?\d\d)")
DAY_THEN_HOUR = re.compile(DAY + r"(?:\s?[/.\-]\s?(?:19|20)?\d\d)?[\s,]+\d{1,2}")
HOUR_AFTER = re.compile(r"\s?h(?:\d|\b)", re.I)
YEAR = re.compile(r"(?:19|20)\d\d")
# A date before this year, or near « né », is a birth; a later one is an appointment or a document.
BIRTH_BEFORE = 2010
BIRTH_NEAR = re.compile(r"(?:\bn[ée]+e?s?\b|naissance|\bnai[ts]|anniversaire)[^.!?]{0,25}$", re.I)
PHONE = re.compile(r"0[1-9]\d{8}|(?:00)?330?[1-9]\d{8}|(?:00)?(?:262|508|590|594|596|687|689)\d{6,9}")
CODE_BEFORE = re.compile(
    # Not what was taken out before: « [code] », « [mot de passe] ».
    r"(?<!\[)(?<!\[mot de )"
    r"(?:\bcodes?\b(?!\s?postal)|\botp\b|\bpin\b|\bmdp\b|passe\b|\bs[ée]rie\b|validation|confirmation|\bs[ée]cu|n°"
    r"|\bchiffres\b|\bnum[ée]ros?\b|\bnum\b|\bcl[ée]\b|\bre[çc]ue?s?\b)[^.!?\d]{0,30}$",
    re.I,
)
CODE_AFTER = re.compile(r"\W*(?:c\W?est|est|comme|=)\s*(?:le|mon|un|notre)?\s*(?:code|pin\b|mot de passe)", re.I)
# Right before a year, less counts: « le code reçu en 2024 » tells when.
YEAR_CODE_BEFORE = re.compile(
    r"(?<!\[)(?<!\[mot de )(?:\bcode|\bpin|\bmdp|passe)(?:\W|est\b|c\b|cest\b|secret\b|provisoire\b){1,12}$", re.I
)
AMOUNT_AFTER = re.compile(
    r"\s?(?:€|%|(?:e|euros?|eur|ans?|km|kg|mg|g|ml|cm|m²|heures?|jours?|mois|minutes?|mn|fois|personnes)\b)", re.I
)
# Alone in a message, four digits are a code, but not with the marks of a day, an hour, a price or a blood pressure.
CODE_ALONE = re.compile(r"\W*\d(?:[\s.\-]?\d){3,7}\W*")
NEAR = 60

Put = Callable[[str], str]


@dataclass(frozen=True)
class Piece:
    """A stretch of text: digits "typed", a number "said", a letter "like" 0 or 1, a word "between", one "masked"."""

    start: int
    end: int
    text: str
    kind: str

    @property
    def is_number(self) -> bool:
        return self.kind in ("typed", "like", "masked") or (self.kind == "said" and self.text != AND)


Run = Sequence[Piece]


def without_digits(text: str, put: Put) -> str:
    """`text` with each private run replaced by what `put` gives for its kind. Linear in the length of `text`.

    A date that is no birth is taken out too, as "[date]", but is no secret: `put` hears nothing of it.
    """
    reading, kept, last = _Reading(text), [], 0
    for run in reading.runs():
        kind = reading.private(run)
        if kind:
            before = text[last : run[0].start]
            kept += [before.rstrip("+(") if kind == "téléphone" else before, "[date]" if kind == "jour" else put(kind)]
            last = run[-1].end
    return "".join([*kept, text[last:]])


class _Reading:
    """One text: its runs of numbers, and what each of them is."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._only_a_code = bool(CODE_ALONE.fullmatch(text))

    def runs(self) -> Iterator[Run]:
        """The numbers, each as far as it goes; cut where words part it, when it is not private as a whole."""
        for is_number, pieces in groupby(_pieces(self._text), key=lambda piece: piece is not None):
            if is_number:
                yield from self._cut(_trimmed([piece for piece in pieces if piece]))

    def private(self, run: Run) -> str:
        """What `run` is: "numéro", "téléphone", "code", "date", a mere "jour"; or "" when it may stay."""
        kinds = {piece.kind for piece in run}
        if kinds == {"typed"}:
            return self._private_typed(run)
        if "masked" in kinds:
            alone = kinds == {"masked"} or "said" in kinds
            return "" if alone else next(piece.text for piece in run if piece.kind == "masked")[1:-1]
        typed = sum(len(piece.text) for piece in run if piece.kind == "typed")
        like = sum(len(piece.text) for piece in run if piece.kind == "like") if typed >= SHORTEST_CODE else 0
        words = digits([piece.text for piece in run if piece.kind == "said"])
        if kinds == {"said"} and words in PUBLIC_NUMBERS:
            return ""
        said = len(words)
        if "between" in kinds:
            return "numéro" if typed + said + like > SPREAD_MAY_STAY else ""
        if kinds == {"said"} and said > TYPED_MAY_STAY:
            return "code" if said <= LONGEST_CODE else "numéro"
        if typed > TYPED_MAY_STAY or typed + said + like > MIXED_MAY_STAY:
            return "numéro"
        return "code" if kinds == {"said"} and said >= SHORTEST_CODE and self._told_as_code(run) else ""

    def _cut(self, run: Run) -> Iterator[Run]:
        kinds = {piece.kind for piece in run}
        if kinds == {"typed"}:
            hour = HOUR_AFTER.match(self._text, run[-1].end) and DAY_THEN_HOUR.fullmatch(self._whole(run))
            yield run[:-1] if hour else run
        elif len(kinds) == 1 or (run and self.private(run)):
            yield run
        elif run:
            # At least two kinds: each part is shorter, so the cutting ends.
            parted = next(kind for kind in ("said", "between", "like", "masked") if kind in kinds)
            for _, part in groupby(run, key=lambda piece: piece.kind == parted):
                yield from self._cut(_trimmed(list(part)))

    def _private_typed(self, run: Run) -> str:
        whole, typed = self._whole(run), "".join(piece.text for piece in run)
        if len(typed) < SHORTEST_CODE or _public([piece.text for piece in run]):
            return ""
        if len(typed) <= TYPED_MAY_STAY:
            return self._private_short(run, whole)
        if PHONE.fullmatch(typed):
            return "téléphone"
        date = DATE.fullmatch(whole)
        if date:
            recent = len(date.group(1)) == 4 and int(date.group(1)) >= BIRTH_BEFORE
            return "jour" if recent and not BIRTH_NEAR.search(self._before(run)) else "date"
        return "code" if len(typed) <= LONGEST_CODE else "numéro"

    def _private_short(self, run: Run, whole: str) -> str:
        if BIRTH_NEAR.search(self._before(run)) and re.fullmatch(DAY, whole):
            return "date"
        if self._only_a_code:
            return "code"
        if DAY_OF_MONTH.fullmatch(whole):
            return ""
        if YEAR.fullmatch(whole):
            return "code" if YEAR_CODE_BEFORE.search(self._before(run)) else ""
        amount = AMOUNT_AFTER.match(self._text, run[-1].end)
        return "code" if not amount and self._told_as_code(run) else ""

    def _told_as_code(self, run: Run) -> bool:
        return bool(CODE_BEFORE.search(self._before(run)) or CODE_AFTER.match(self._text, run[-1].end))

    def _whole(self, run: Run) -> str:
        return self._text[run[0].start : run[-1].end]

    def _before(self, run: Run) -> str:
        return self._text[max(0, run[0].start - NEAR) : run[0].start]


def _pieces(text: str) -> Iterator[Piece | None]:
    """The pieces of numbers, in order; None for a word that no number goes on after."""
    before: Piece | None = None
    for match in PIECE.finditer(text):
        kind, word = _piece_kind(match, before)
        before = Piece(match.start(), match.end(), word, kind) if kind else None
        yield before


def _piece_kind(match: re.Match[str], before: Piece | None) -> tuple[str, str]:
    for kind, found in (("masked", match.group("masked")), ("typed", match.group("digits"))):
        if found:
            return kind, found
    word = fold(match.group())
    if word in WORDS or (word == AND and before and before.text in TENS):
        return "said", word
    if word in BETWEEN:
        return "between", word
    glued = before and (before.end == match.start() or match.string[match.end() : match.end() + 1].isdigit())
    corsican = before and before.text.endswith("2") and glued and CORSICAN.fullmatch(match.group())
    if corsican or LOOKALIKE.fullmatch(match.group()):
        return "like", match.group()
    return "", word


def _trimmed(run: Run) -> Run:
    """`run` from its first number to its last."""
    numbers = [index for index, piece in enumerate(run) if piece.is_number]
    return run[numbers[0] : numbers[-1] + 1] if numbers else []


def _public(groups: Sequence[str]) -> bool:
    """Whether `groups` are public numbers one after the other, each of one group or of two pairs: « 34 22 »."""
    reached = {0}
    for place in range(len(groups)):
        if place in reached:
            pair = groups[place : place + 2]
            reached |= {place + 1} if groups[place] in PUBLIC_NUMBERS else set()
            reached |= {place + 2} if "".join(pair) in PUBLIC_NUMBERS and all(len(half) > 1 for half in pair) else set()
    return len(groups) in reached

"""Makes the private numbers that tests hide in messages: valid where a key says so, and of nobody."""

from __future__ import annotations

from hypothesis import strategies as st
from stdnum.fr import nir as official

SPACINGS = [
    "",
    " ",
    "  ",
    "\u00a0",
    "\u202f",
    "\u2009",
    ".",
    "-",
    "/",
    "_",
    "\n",
    " - ",
    ", ",
    "·",
    "\u2013",
    "*",
    "\t",
]
# 2A counts as 19 and 2B as 18 in the key (official rule of the NIR).
CORSICA = {"2A": "19", "2B": "18"}


def key(thirteen: str) -> str:
    """The two digits that end a NIR of thirteen characters."""
    number = int(thirteen[:5] + CORSICA.get(thirteen[5:7], thirteen[5:7]) + thirteen[7:])
    return f"{97 - number % 97:02d}"


@st.composite
def nirs(draw: st.DrawFn, *, strict: bool = False) -> str:
    """Fifteen characters with a right key. Unless `strict`: temporary numbers and unknown months as well."""
    sex = draw(st.sampled_from("12" if strict else "123478"))
    year = draw(st.integers(0, 99))
    month = draw(
        st.integers(1, 12) if strict else st.one_of(st.integers(1, 12), st.integers(20, 42), st.integers(50, 99))
    )
    department = draw(
        st.one_of(st.integers(1, 95).map("{:02d}".format), st.sampled_from(["2A", "2B", "97", "98", "99"]))
    )
    town, order = draw(st.integers(1, 990)), draw(st.integers(1, 999))
    thirteen = f"{sex}{year:02d}{month:02d}{department}{town:03d}{order:03d}"
    return thirteen + key(thirteen)


def official_says_valid(number: str) -> bool:
    return bool(official.is_valid(number))


def groups(number: str, sizes: tuple[int, ...]) -> list[str]:
    """`number` cut in pieces of `sizes`; the last takes what is left."""
    pieces = []
    for size in sizes:
        pieces.append(number[:size])
        number = number[size:]
    return [piece for piece in [*pieces, number] if piece]


# As the card prints it, as people read it out, and oddly.
CUTS = [
    (1, 2, 2, 2, 3, 3),
    (1, 2, 2, 2, 3, 3, 2),
    (3, 3, 3, 3),
    (2, 2, 2, 2, 2, 2),
    (5, 5),
    (1, 4, 4),
    (7,),
    (13,),
    (1,) * 14,
]


@st.composite
def spaced(draw: st.DrawFn, numbers: st.SearchStrategy[str]) -> str:
    """A number as somebody types it: cut anywhere, with one separator or several."""
    pieces = groups(draw(numbers), draw(st.sampled_from(CUTS)))
    if draw(st.booleans()):
        return draw(st.sampled_from(SPACINGS)).join(pieces)
    return "".join(piece + draw(st.sampled_from(SPACINGS)) for piece in pieces)


def digits_of(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


WORDS = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}


def said(number: int) -> str:
    """`number` under a hundred in French words."""
    if number < 17:
        return WORDS[number]
    if number < 20:
        return f"dix-{WORDS[number - 10]}"
    tens, unit = divmod(number, 10)
    if tens in (7, 9):
        return f"{TENS[tens - 1]}-{said(10 + unit)}"
    return TENS[tens] + (f"-{WORDS[unit]}" if unit else "")


def spelled(digits: str, hyphen: str = "-") -> str:
    """Digits as they are read out: by pairs, a pair that begins with zero as two numbers."""
    pairs = [digits[index : index + 2] for index in range(0, len(digits), 2)]
    words = [f"zéro {said(int(pair[1:] or 0))}" if pair[0] == "0" else said(int(pair)) for pair in pairs]
    return " ".join(words).replace("-", hyphen)

"""Reads an SVG that may stand inside a page: plain lines and a few words, nothing that acts, links or shows a raster.

What is not on the lists below is refused, so a drawing made with a program must be cleaned first. No element has an
identifier: two drawings on one page could not disagree. Colours come from the page (dark, strong contrast, forced).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

LARGEST = 4096  # bytes: a page with its drawing stays light on a slow line
WIDTH = 320  # one width for all: lines and letters then have one size on every page
HEIGHTS = range(80, 221)
ELEMENTS = frozenset("svg g path rect circle ellipse line polyline polygon text".split())
# What each class means stands in camille.css, under « Drawings ».
CLASSES = frozenset("paper tint glow point faint full dots letter thin".split())
NUMBERS = re.compile(r"[\d\s.,+-]*")
VALUES = {
    "class": re.compile(rf"(?:{'|'.join(sorted(CLASSES))})(?: (?:{'|'.join(sorted(CLASSES))}))*"),
    "d": re.compile(r"[MmLlHhVvCcSsQqTtAaZz\d\s.,+-]*"),
    "points": NUMBERS,
    "stroke-dasharray": NUMBERS,
    "stroke-width": NUMBERS,
    "stroke-linecap": re.compile("round|butt|square"),
    "stroke-linejoin": re.compile("round|bevel|miter"),
    "text-anchor": re.compile("start|middle|end"),
    "fill": re.compile("none|currentColor"),
    "stroke": re.compile("none|currentColor"),
    **dict.fromkeys("x y x1 y1 x2 y2 cx cy r rx ry width height".split(), NUMBERS),
}
ROOT_ONLY = {"xmlns": re.compile(re.escape("http://www.w3.org/2000/svg")), "viewBox": NUMBERS}
# Declarations, entities and processing instructions: no drawing needs one.
SPECIAL = re.compile(r"<[!?]")
ROOT_TAG = re.compile(r"^\s*<svg\b[^>]*>(.*)</svg>\s*$", re.DOTALL)


@dataclass
class PlainSvg:
    """What stands between the root's tags, how high it is, the words written in it, and what is wrong, by line."""

    inner: str = ""
    height: int = 0
    words: list[str] = field(default_factory=list)
    wrong: list[tuple[int, str]] = field(default_factory=list)


def read_svg(path: Path) -> PlainSvg:
    """The drawing at `path`. Never raises for what it holds: `wrong` tells, and nothing of it is then to be shown."""
    found = PlainSvg()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        found.wrong.append((1, f"Ce dessin ne se lit pas : {error}."))
        return found
    if (size := len(text.encode())) > LARGEST:
        found.wrong.append((1, f"Ce dessin pèse {size} octets (au plus {LARGEST})."))
    if special := SPECIAL.search(text):
        line = text[: special.start()].count("\n") + 1
        found.wrong.append((line, f"« {special.group()} » n'a pas sa place dans un dessin."))
    else:
        _walk(text, found)
    root = ROOT_TAG.match(text)
    found.inner = re.sub(r">\s+<", "><", root[1].strip()) if root and not found.wrong else ""
    return found


def _walk(text: str, found: PlainSvg) -> None:
    parser = expat.ParserCreate()
    open_elements: list[str] = []

    def starts(name: str, attributes: dict[str, str]) -> None:
        wrong = _root(attributes, found) if not open_elements else iter(())
        open_elements.append(name)
        if (name == "svg") != (len(open_elements) == 1):
            found.wrong.append((parser.CurrentLineNumber, f"« {name} » n'est pas à sa place."))
        for sentence in (*_faults(name, attributes, root=len(open_elements) == 1), *wrong):
            found.wrong.append((parser.CurrentLineNumber, sentence))

    def says(words: str) -> None:
        if not words.strip():
            return
        if open_elements[-1] == "text":
            found.words.append(" ".join(words.split()))
        else:
            line = parser.CurrentLineNumber - words[len(words.rstrip()) :].count("\n")
            found.wrong.append((line, f"« {words.strip()} » : un mot s'écrit dans « text »."))

    parser.StartElementHandler, parser.CharacterDataHandler = starts, says
    parser.EndElementHandler = lambda name: open_elements.pop()
    parser.buffer_text = True
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        found.wrong.append((error.lineno, f"Ce dessin ne se lit pas : {expat.errors.messages[error.code]}."))


def _faults(name: str, attributes: dict[str, str], *, root: bool) -> Iterator[str]:
    if name not in ELEMENTS:
        yield f"L'élément « {name} » n'est pas permis. Éléments possibles : {', '.join(sorted(ELEMENTS))}."
    for attribute, value in attributes.items():
        allowed = VALUES.get(attribute) or (ROOT_ONLY.get(attribute) if root else None)
        if allowed is None:
            yield f"L'attribut « {attribute} » n'est pas permis."
        elif not allowed.fullmatch(value):
            yield f"« {attribute} » ne peut pas valoir « {value[:40]} »."


def _root(attributes: dict[str, str], found: PlainSvg) -> Iterator[str]:
    """The page sets the size of a drawing from its viewBox, before anything is drawn."""
    *corner, width, height = attributes.get("viewBox", "").split() or ["", ""]
    if corner != ["0", "0"] or width != str(WIDTH) or not height.isdecimal() or int(height) not in HEIGHTS:
        yield f"viewBox vaut « 0 0 {WIDTH} H », H de {HEIGHTS.start} à {HEIGHTS.stop - 1}."
    else:
        found.height = int(height)

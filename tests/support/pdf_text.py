"""The text of a PDF as a reader of the screen gets it: glyphs, back through each font's own map."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf

PAIR = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


def texts(file: bytes) -> list[str]:
    """One text a page; spaces are single."""
    with pikepdf.open(io.BytesIO(file)) as made:
        return [" ".join(_text(page).split()) for page in made.pages]


def _text(page: Any) -> str:
    maps = {str(name): _map(font) for name, font in page.Resources.Font.items()}
    told, letters = [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            letters = maps[str(operands[0])]
        elif str(operator) == "TJ":
            told += [_read(bytes(part), letters) for part in operands[0] if isinstance(part, pikepdf.String)]
        elif str(operator) == "Tj":
            told.append(_read(bytes(operands[0]), letters))
        elif str(operator) in ("ET", "Td", "Tm"):
            told.append(" ")
    return "".join(told)


def _map(font: Any) -> dict[str, str]:
    held = font.ToUnicode.read_bytes().decode("latin-1")
    found = re.findall(r"beginbfchar(.*?)endbfchar", held, re.DOTALL)
    pairs = [pair for block in found for pair in PAIR.findall(block)]
    return {glyph.lower(): bytes.fromhex(letter).decode("utf-16-be") for glyph, letter in pairs}


def _read(glyphs: bytes, letters: dict[str, str]) -> str:
    width = len(next(iter(letters), "0000")) // 2
    parts = (glyphs[at : at + width].hex() for at in range(0, len(glyphs), width))
    return "".join(letters.get(part, "") for part in parts)

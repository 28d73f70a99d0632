"""An address of a page, as people copy it and as they are told it on the telephone."""

from __future__ import annotations

import re

PRACTICE = "/medecin"  # where physicians sign in
# As they are said. « Barre oblique » is what every voice calls it.
SPOKEN = {".": " point ", "/": ", barre oblique, ", "-": " tiret ", ":": " deux points ", "_": " tiret bas "}


# « 8000 » would be read in thousands.
LONG_NUMBER, PAIR = re.compile(r"\d{4,}"), re.compile(r"\d{1,2}")


def copied(url: str) -> str:
    """`url` without https://, which no browser needs."""
    return url.removeprefix("https://")


def spelled(url: str) -> str:
    """`url` for the ear: « camille point example, barre oblique, médecin »."""
    said = copied(url).removeprefix("http://").replace("medecin", "médecin")
    said = LONG_NUMBER.sub(lambda found: " ".join(PAIR.findall(found.group())), said)
    return " ".join("".join(SPOKEN.get(sign, sign) for sign in said).replace(" ,", ",").split())

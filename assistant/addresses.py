"""An address of a page, as people copy it and as they are told it on the telephone."""

from __future__ import annotations

PRACTICE = "/medecin"  # where physicians sign in
# As they are said. « Barre oblique » is what every voice calls it.
SPOKEN = {".": " point ", "/": ", barre oblique, ", "-": " tiret ", ":": " deux points ", "_": " tiret bas "}


def copied(url: str) -> str:
    """`url` without https://, which no browser needs."""
    return url.removeprefix("https://")


def spelled(url: str) -> str:
    """`url` for the ear: « camille point example, barre oblique, médecin »."""
    said = copied(url).removeprefix("http://").replace("medecin", "médecin")
    return " ".join("".join(SPOKEN.get(sign, sign) for sign in said).replace(" ,", ",").split())

"""A square that a telephone's camera reads: drawn as SVG, in the page itself, and never without its address beside it.

A printed square is trusted blindly, and can be pasted over with another: whoever shows one also writes its address in
letters, so that a person can compare it with what her screen says.
"""

from __future__ import annotations

import io

import segno
from markupsafe import Markup

# A quarter of it may be creased, stained or under a thumb.
ERROR = "q"
QUIET = 4  # modules of white around it, as ISO/IEC 18004 asks


def square(address: str, says: str) -> Markup:
    """The square of `address`, black on white. `says` is what is told to whoever does not see it."""
    # Not a micro QR code, which most telephones do not read.
    made = segno.make_qr(address, error=ERROR)
    drawn = io.BytesIO()
    made.save(
        drawn,
        kind="svg",
        border=QUIET,
        light="#fff",
        xmldecl=False,
        svgns=False,
        svgclass="square",
        lineclass="",
        omitsize=True,
        title=says,
        nl=False,
    )
    # Drawn by segno from an address of ours: nothing in it was written by a visitor.
    return Markup(drawn.getvalue().decode().replace("<svg ", '<svg role="img" ', 1))  # noqa: S704


__all__ = ["ERROR", "QUIET", "square"]

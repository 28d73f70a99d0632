"""Makes PDF/UA files of our own pages, each at most once: the same page again is the same file, kept in memory.

What belongs to a practice is made anew each time and kept nowhere: it holds an invitation.

WeasyPrint reads pages and writes tagged PDF. It needs libraries of the system (Pango, HarfBuzz, fontconfig) and takes
seconds to start: it is imported by the first person who asks for a file, and by nobody else.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

VARIANT = "pdf/ua-1"
KEPT = 32  # some 40 KB each


class NoPressError(Exception):
    """WeasyPrint, or what it needs of the system, is not on this machine."""


class Press:
    """One an application. Two who ask for the same page at once wait for one file."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self.made = 0

    def pdf(self, page: str, sheet: str, *, keep: bool = True) -> bytes:
        """The file of the HTML `page` in the style `sheet`, which bring all they show. Raises NoPressError."""
        if not keep:
            with self._lock:
                return _print(page, sheet)
        version = hashlib.sha256(f"{sheet}\0{page}".encode()).hexdigest()
        with self._lock:
            if version not in self._kept:
                self._kept[version] = _print(page, sheet)
                self.made += 1
            self._kept.move_to_end(version)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return self._kept[version]


def _print(page: str, sheet: str) -> bytes:
    try:
        from weasyprint import CSS, HTML  # type: ignore[import-untyped]
        from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]
    except (ImportError, OSError) as error:  # OSError: a library of the system that does not load
        raise NoPressError(str(error)) from error
    nowhere = URLFetcher(allowed_protocols=())
    drawn = HTML(string=page, url_fetcher=nowhere).write_pdf(
        stylesheets=[CSS(string=sheet, url_fetcher=nowhere)], pdf_variant=VARIANT
    )
    return bytes(drawn)

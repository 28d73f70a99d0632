"""The guide of a process, over the content and the settings."""

from __future__ import annotations

from assistant.content.book import Book, open_book
from assistant.guide import Guide
from assistant.privacy.pseudonyms import national
from assistant.settings import Settings


def open_guide(settings: Settings, *, rings: bool) -> Guide:
    """Reads the content. `rings`: calls are answered, so that the number to ring may be told.

    Raises ContentError when a file of data/ is broken.
    """
    return guide_over(open_book(settings.data), settings, rings=rings)


def guide_over(book: Book, settings: Settings, *, rings: bool) -> Guide:
    """The same over content that was read before."""
    return Guide(
        book,
        settings.human_phone_number,
        national(settings.ring_at) if rings else "",
        settings.public_base_url,
    )

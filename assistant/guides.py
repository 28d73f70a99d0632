"""The guide of a process, over the content and the settings."""

from __future__ import annotations

from assistant.content.book import open_book
from assistant.guide import Guide
from assistant.privacy.pseudonyms import national
from assistant.settings import Settings


def open_guide(settings: Settings, *, rings: bool) -> Guide:
    """Reads the content. `rings`: calls are answered, so that the number to ring may be told.

    Raises ContentError when a file of data/ is broken.
    """
    return Guide(
        open_book(settings.data),
        settings.human_phone_number,
        national(settings.ring_at) if rings else "",
        settings.public_base_url,
    )

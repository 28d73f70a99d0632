"""At which numbers Camille is rung up and written to. What is not set is not promised on any page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from assistant.privacy.pseudonyms import e164, national
from assistant.settings import Settings

PAIRS = 2


@dataclass(frozen=True)
class Lines:
    """`ring` and `text` are numbers as people read them, "" for none; `ring_at` and `text_to` are what is dialled."""

    ring: str = ""
    ring_at: str = ""
    text: str = ""
    text_to: str = ""

    @property
    def ways(self) -> str:
        """« téléphone ou SMS », « téléphone », « SMS », or nothing."""
        return " ou ".join(way for way, number in (("téléphone", self.ring), ("SMS", self.text)) if number)

    def sms(self, words: str) -> str:
        """A link that opens an SMS to Camille with `words` in it (RFC 5724). The person still has to send it."""
        return f"sms:{self.text_to}?body={quote(words)}"


def lines(settings: Settings) -> Lines:
    """The lines of `settings`. A name cannot be answered, nor a short code rung."""
    if not settings.twilio:
        return Lines()
    text = settings.sender.text if settings.sender.two_way else ""
    ring = settings.ring_at
    return Lines(_read(ring), e164(ring) or ring, _read(text), text)


def address(settings: Settings) -> str:
    """The address of the page as people copy it: without https://, which no browser needs."""
    return settings.public_base_url.removeprefix("https://")


def _read(number: str) -> str:
    """A ten-digit number by pairs; a short one as « 38 123 », which is how they are said."""
    if len(number) == 5 and number.isdigit():
        return f"{number[:PAIRS]} {number[PAIRS:]}"
    return national(number)

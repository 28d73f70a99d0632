"""What `camille check` says of the SMS of an invitation: what it costs, with the longest address it may hold."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.content.book import Book
from assistant.content.document import Problem
from assistant.content.entries import Places
from assistant.inviting_by_sms import LINK, WORDS
from channels.cli.cost import too_dear
from channels.cli.inventory import MOST_SEGMENTS

# A public body's own subdomain, and then some: whoever runs the service chooses the name, not the writer of the text.
LONG_HOST = "https://accompagnement-numerique.sante.agglo-exemple.fr"
TOKEN = "Q7mZ0bVn3kXyR2tLwEaHcg"  # noqa: S105 - as long as a real one, and nobody's


def invitation(book: Book, host: str = LONG_HOST) -> str:
    """The text as it leaves, with a link to `host`."""
    return book.answers[WORDS].say.sms.replace(LINK, f"{host}/i/{TOKEN}")


def review_invitation(book: Book, places: Places) -> Iterator[Problem]:
    """It must hold its link once, offer STOP, and stay within two segments."""
    words = book.answers[WORDS].say.sms
    found = [fault for fault in (too_dear(invitation(book), MOST_SEGMENTS),) if fault]
    if words.count(LINK) != 1:
        found.append(f"doit contenir {LINK} une fois : c'est l'adresse de l'invitation")
    if "STOP" not in words:
        found.append("doit dire comment refuser : STOP")
    for fault in found:
        yield places.problem(WORDS, False, f"« {WORDS} » (say, sms) : {fault}", "say", "sms")

"""What Camille said earlier in this visit, for whoever wants to look back: her words, never the person's.

They are the replies that are kept anyway, for a month, so that a message counts once. Nothing more is stored for this,
and what erases a person erases them.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.content.book import Book
from assistant.conversation import Conversation
from assistant.storage import inbox
from assistant.turns import Reply
from channels.web.once import PROVIDER
from channels.web.rating import rated_as
from channels.web.screen import worded

READ, SHOWN = 40, 12  # the page stays light, and the list short enough to be read


@dataclass(frozen=True)
class Earlier:
    """One instruction (`position` is its stage's number) or one answer (0). `about` is "" for a word explained."""

    position: int
    about: str
    said: str


def earlier(conversation: Conversation, address: str, now: str) -> tuple[Earlier, ...]:
    """The latest first, each once. What is on the screen `now` is not among them.

    Only what content still says so: a sentence that was mended is not shown any more. Nor is what was said to somebody
    in danger: the next person who looks at this screen may be the one she fears.
    """
    with conversation.database.transaction() as connection:
        replies = inbox.replied(connection, PROVIDER, address, READ)
    found: dict[str, Earlier] = {}
    for reply in replies:
        told = _told(reply, conversation.book)
        if told and told.said != now:
            found.setdefault(told.said, told)
    return tuple(found.values())[:SHOWN]


def _told(reply: Reply, book: Book) -> Earlier | None:
    """The reply as an instruction or as an answer; None for what only served the moment (« je n'ai pas compris »)."""
    texts = [message.text for message in reply.messages]
    place, words = reply.journey, worded(reply, book)
    step = next((text for text in texts if text and text in words), "")  # something may follow it
    if place and step:
        return Earlier(place.position, place.stage, step)
    topic = rated_as(reply, book, on_step=False)
    if not topic or not texts:
        return None
    return Earlier(0, book.topics[topic].label if topic in book.topics else "", texts[-1])

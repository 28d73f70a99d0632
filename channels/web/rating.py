"""Takes whether an answer helped: once a visit and answer, of nobody. The conversation does not move."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from assistant.content.book import Book
from assistant.conversation import Conversation
from assistant.errors import TurnConflictError
from assistant.storage import inbox, ratings
from assistant.telling import DEFINITION
from assistant.turns import Reply
from channels.web.once import PROVIDER

HELPED = {"oui": True, "non": False}
# Moves answer nothing, and nobody in danger is asked for an opinion.
UNRATED = frozenset({"moves", "safety"})
# So many answers back, in another tab, a question may still stand.
LOOKED_BACK = 40


def rated_as(reply: Reply, book: Book, *, on_step: bool) -> str:
    """What a rating of `reply` is about: its topic, or the end of a journey; "" when nothing was answered.

    The topic is known by its own words: what is told under its name for another reason (a death, violence) is not it.
    """
    place = reply.journey
    if on_step:
        return f"{place.name}/{place.step}" if place and place.status == "done" else ""
    if reply.intent == DEFINITION:
        return DEFINITION
    said = reply.messages[-1].text if reply.messages else ""
    return next((name for name in _topics(book) if said and said in _wordings(book, name)), "")


def rate(conversation: Conversation, here: str, once: str, form: Mapping[str, str], at: datetime) -> str:
    """Count what the form says of an answer that the visit `here` had. What it was about, or "" when nothing counts.

    `once` is what the visit calls its opinion of that answer: the second one is thanked for, and not counted.
    """
    about, helped = form.get("about", ""), HELPED.get(form.get("helped", ""))
    if helped is None or not about or not _asked(conversation, here, about):
        return ""
    try:
        with conversation.database.transaction() as connection:
            ratings.note(connection, once, about, "web", helped=helped, at=at)
    except TurnConflictError:
        pass  # a double click: the other one counted
    return about


def _asked(conversation: Conversation, here: str, about: str) -> bool:
    """Whether this was answered here: eleven visits that read nothing would be eleven opinions of one script."""
    with conversation.database.transaction() as connection:
        replies = inbox.replied(connection, PROVIDER, here, LOOKED_BACK)
    # What was carried here from a telephone is on the page, and was answered elsewhere.
    replies.append(conversation.look_again(here, "web"))
    book = conversation.book
    return any(about == rated_as(reply, book, on_step=on_step) for reply in replies for on_step in (True, False))


def _topics(book: Book) -> list[str]:
    return [name for name, topic in book.topics.items() if topic.group not in UNRATED and name in book.answers]


def _wordings(book: Book, name: str) -> tuple[str, ...]:
    entry = book.answers[name]
    return tuple(wording.web for wording in (entry.say, entry.simpler) if wording)

"""Takes whether an answer helped: one press, counted once, of nobody. The conversation does not move."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from assistant.content.book import Book
from assistant.conversation import Conversation
from assistant.errors import TurnConflictError
from assistant.storage import ratings
from assistant.telling import DEFINITION
from assistant.turns import Reply
from channels.web.once import MESSAGE_ID

HELPED = {"oui": True, "non": False}
# Moves answer nothing, and nobody in danger is asked for an opinion.
UNRATED = frozenset({"moves", "safety"})


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


def rate(conversation: Conversation, form: Mapping[str, str], at: datetime) -> str:
    """Count what the form says. What it was about, or "" when it says nothing that can be counted."""
    about, helped, name = form.get("about", ""), HELPED.get(form.get("helped", "")), form.get("id", "")
    if helped is None or not MESSAGE_ID.fullmatch(name) or not _known(about, conversation.book):
        return ""
    try:
        with conversation.database.transaction() as connection:
            ratings.note(connection, name, about, "web", helped=helped, at=at)
    except TurnConflictError:
        pass  # a double click: the other one counted
    return about


def _known(about: str, book: Book) -> bool:
    journey, _, step = about.partition("/")
    steps = book.journeys[journey].steps if journey in book.journeys else {}
    return about == DEFINITION or about in _topics(book) or (step in steps and steps[step].end)


def _topics(book: Book) -> list[str]:
    return [name for name, topic in book.topics.items() if topic.group not in UNRATED and name in book.answers]


def _wordings(book: Book, name: str) -> tuple[str, ...]:
    entry = book.answers[name]
    return tuple(wording.web for wording in (entry.say, entry.simpler) if wording)

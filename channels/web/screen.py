"""What one page shows of a Reply: one instruction, its choices, and the place on the way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from assistant.content.book import Book
from assistant.content.glossary import Term
from assistant.journeys.model import Journey, Step
from assistant.turns import Choice, Position, Reply
from channels.web.origin import Origins, origins
from channels.web.rating import rated_as

# Moves have no answer of their own, but for these, whose name is a good heading.
HEADED_MOVES = frozenset({"parler_a_quelqu_un", "effacer_mes_donnees", "robot_ou_humain"})


@dataclass(frozen=True)
class Screen:
    """One page of the conversation. Sentences are the content's own; the template adds only labels.

    `greeting` is the first words on a first visit; `first` comes before what matters (an apology, a change of mind);
    `said` is what matters; `after` is told after the words of a step (something to tell the doctor). `heading` is empty
    where neither a stage nor a topic names the page. `stages` is empty outside a journey. `intent` and `ending` let the
    template offer calls. `words` are the hard words of a step, explained. `seen` is the print of what can be pressed.
    `about` names what may be rated, where something was answered.
    """

    greeting: str
    first: tuple[str, ...]
    said: str
    after: tuple[str, ...]
    more: str
    words: tuple[Term, ...]
    origins: Origins
    choices: tuple[Choice, ...]
    heading: str
    on_step: bool
    journey: Position | None
    stages: tuple[str, ...]
    intent: str
    ending: str
    wants_code: bool
    seen: str
    about: str


def show(reply: Reply, book: Book) -> Screen:
    """The screen of `reply`. When the step's choices still stand under other words, the step is told again."""
    *before, last = [message.text for message in reply.messages] or [""]
    after: tuple[str, ...] = ()
    journey, step = _step(reply, book)
    said, simpler = worded(reply, book)
    if step and said in before:
        place = before.index(said)
        before, last, after = before[:place], said, (*before[place + 1 :], last)
    on_step = bool(step and last in (said, simpler))
    if step and not on_step and _goes(reply.choices) == _goes(step.choices):
        before, last, on_step = [*before, last], said, True
    greeting = before.pop(0) if before and before[0] == book.answers["premiers_mots"].say.web else ""
    return Screen(
        greeting=greeting,
        first=tuple(before),
        said=last,
        after=after,
        more=reply.messages[-1].more if reply.messages else "",
        words=tuple(book.glossary.found(last)) if on_step else (),
        origins=origins(_basis(reply, journey if on_step else None), book),
        choices=reply.choices,
        heading=_heading(reply, book, on_step),
        on_step=on_step,
        journey=reply.journey,
        stages=journey.stages if journey else (),
        intent=reply.intent,
        ending=reply.ending,
        wants_code=reply.listening == "code",
        seen=seen(reply),
        about=rated_as(reply, book, on_step=on_step),
    )


def seen(reply: Reply) -> str:
    """A short print of what can be pressed: the step and where each choice goes. The words may change, not that."""
    step = f"{reply.journey.name}/{reply.journey.step}" if reply.journey else ""
    return hashlib.sha256("\n".join([step, *_goes(reply.choices)]).encode()).hexdigest()[:16]


def worded(reply: Reply, book: Book) -> tuple[str, ...]:
    """The words of the step of `reply` and its simpler words, to the person or to whoever sits beside her."""
    place = reply.journey
    journey, step = _step(reply, book)
    if not journey or not place or not step:
        return "", ""
    return tuple(journey.wording(place.step, simply=simply, beside=place.beside).web for simply in (False, True))


def _basis(reply: Reply, journey: Journey | None) -> tuple[str, ...]:
    """The facts under what matters: those of the step of `journey` when it is what is told."""
    if journey and reply.journey:
        return journey.facts(reply.journey.step, beside=reply.journey.beside)
    return reply.messages[-1].basis if reply.messages else ()


def _goes(choices: tuple[Choice, ...]) -> list[str]:
    return [choice.goes for choice in choices]


def _step(reply: Reply, book: Book) -> tuple[Journey | None, Step | None]:
    journey = book.journeys.get(reply.journey.name) if reply.journey else None
    return journey, journey.steps.get(reply.journey.step) if journey and reply.journey else None


def _heading(reply: Reply, book: Book, on_step: bool) -> str:
    topic = book.topics.get(reply.intent)
    if topic and not on_step and (topic.group != "moves" or topic.name in HEADED_MOVES):
        return topic.label
    return reply.journey.stage if reply.journey else ""

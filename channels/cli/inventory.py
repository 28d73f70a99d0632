"""What Camille can say, counted: topics by channel, SMS by reply, steps by journey. For a table and for a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from assistant.content.book import Book
from assistant.content.entries import Entry, entries
from assistant.content.french import Measures, measure, words
from assistant.content.wording import CHANNELS
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.ladders import UNSURE
from assistant.turns import Channel, Reply
from channels.sms.segments import Segments
from channels.sms.text import written

MOST_SEGMENTS = 2  # each one is paid, and long messages come late or in pieces (docs/architecture.md, « SMS »)


@dataclass(frozen=True)
class Sent:
    """One reply as it leaves by SMS: with its progress and its choices, and which entry's words it holds."""

    name: str
    step: bool
    role: str
    text: str

    @property
    def size(self) -> Segments:
        return Segments.of(self.text)


@dataclass(frozen=True)
class Said:
    """A topic on one channel: how long its reply is, and how its own texts measure."""

    answered: bool
    words: int
    characters: int
    segments: int
    measures: Measures


@dataclass(frozen=True)
class Row:
    """A topic on its three channels. `age` is in days, of its last reading or of its oldest fact."""

    topic: str
    said: dict[Channel, Said]
    measures: Measures
    facts: int
    age: int

    @property
    def answered(self) -> bool:
        return all(said.answered for said in self.said.values())


@dataclass(frozen=True)
class Inventory:
    """All of it. `segments` counts replies by how many SMS they take; `steps` are those of each journey, by title."""

    rows: tuple[Row, ...]
    segments: Counter[int]
    steps: dict[str, int]
    entries: tuple[Entry, ...]

    @property
    def answered(self) -> int:
        return sum(1 for row in self.rows if row.answered)

    @property
    def mean_segments(self) -> float:
        """SMS a reply."""
        return sum(count * times for count, times in self.segments.items()) / max(1, self.segments.total())

    @property
    def over(self) -> int:
        """Replies that take more segments than they may."""
        return sum(times for count, times in self.segments.items() if count > MOST_SEGMENTS)

    @property
    def measured(self) -> list[Measures]:
        """The scores of what is long enough to have one."""
        return [entry.measures for entry in self.entries if entry.long_enough]


def inventory(book: Book, today: date) -> Inventory:
    """Counts all that `book` can say. Each topic is really asked on each channel."""
    guide = Guide(book)
    content = tuple(entries(book))
    by_name = {(entry.name, entry.step): entry for entry in content}
    rows = tuple(_row(guide, topic, by_name[_entry(book, topic)], today) for topic in book.topics)
    segments = Counter(sent.size.count for sent in sms(guide))
    steps = {journey.title: len(journey.steps) for journey in book.journeys.values()}
    return Inventory(rows, segments, steps, content)


def sms(guide: Guide) -> Iterator[Sent]:
    """Each thing that can be sent, as the guide sends it: with its progress and its choices."""
    book = guide.book
    for journey in book.journeys.values():
        for step in journey.steps.values():
            here = Progress(journey.name, step.name, "going", met=CHANNELS, last=(f"step:{step.name}",))
            # Who does it for somebody beside her is told otherwise: both are sent.
            for place in (here, replace(here, beside=True)) if journey.helping else (here,):
                spoken = "beside" if place.beside and step.beside else "say"
                for role, move in ((spoken, "repeter"), ("simpler", "ne_comprend_pas")):
                    yield Sent(step.name, True, role, written(guide.hear(place, "sms", move).reply))
    for journey in book.journeys.values():
        yield Sent(journey.start, True, "say", written(guide.hear(Progress(), "sms", journey.name).reply))
    for topic in book.topics:
        name, starts = _entry(book, topic)
        yield Sent(name, starts, "say", written(guide.hear(Progress(), "sms", topic).reply))
        told = guide.hear(Progress(met=CHANNELS), "sms", topic)
        yield Sent(name, starts, "say", written(told.reply))
        yield Sent(name, starts, "simpler", written(guide.hear(told.progress, "sms", "ne_comprend_pas").reply))


def _entry(book: Book, topic: str) -> tuple[str, bool]:
    """Whose words answer a topic: the first step of the journey it starts, or the answer of its name."""
    journey = book.journey_for(topic)
    return (journey.start, True) if journey else (topic, False)


def _row(guide: Guide, topic: str, entry: Entry, today: date) -> Row:
    dates = [entry.basis.checked, *(guide.book.facts[fact].gathered for fact in entry.basis.facts)]
    said = {
        channel: _said(guide.hear(Progress(met=CHANNELS), channel, topic).reply, entry, channel) for channel in CHANNELS
    }
    return Row(topic, said, entry.measures, len(entry.basis.facts), max(0, (today - min(dates)).days))


def _said(reply: Reply, entry: Entry, channel: Channel) -> Said:
    text = "\n".join(message.text for message in reply.messages)
    sent = written(reply)
    own = measure("\n".join(part.text for part in entry.texts if part.channel == channel))
    answered = bool(text.strip()) and reply.intent != UNSURE
    return Said(answered, len(words(text)), len(sent), Segments.of(sent).count, own)

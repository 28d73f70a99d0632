"""Three kinds of people who activate their space, a turn at a time: they write, they call, they press buttons.

Each goes by what she is told. Most answer what leads on; some ask something else first, want it repeated, or give up.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.turns import Choice
from benchmarks.service import BenchError
from channels.sms.segments import Segments
from tests.channels.visitor import Visitor
from tests.support.carrier import Caller, Phone
from tests.support.walker import Walker

# Of a hundred turns, how many are a sentence that only the model can understand, « répétez », and the last one.
ASKS, REPEATS, GIVES_UP = 0.15, 0.04, 0.01
# Most answers are the first one on offer, which is the long way of somebody without a smartphone.
FIRST = 0.85
MOST_TURNS = 50
# A choice is said instead of pressed by so many callers.
SPEAKS = 0.3


@dataclass
class Ways:
    """What people may say: the way through the journey on each channel, and sentences held out of training."""

    walkers: dict[str, Walker]
    sentences: Sequence[str]


@dataclass
class Told:
    """What became of everybody so far. `wrote` holds what each writer sent, from her first word to her last."""

    counts: Counter[str] = field(default_factory=Counter)
    spoken: float = 0.0  # seconds on the telephone
    wrote: list[list[str]] = field(default_factory=list)


# What one turn says: a key with its label, or words.
Act = tuple[str, Choice | None]


class Person:
    """What somebody decides, under a seed. `None` is the end of her journey."""

    def __init__(self, channel: str, ways: Ways, draw: random.Random) -> None:
        self._walker, self._sentences, self._draw = ways.walkers[channel], ways.sentences, draw
        self._seen: Counter[str] = Counter()
        self.finished = False

    def next(self, heard: str) -> Act | None:
        step = self._walker.at(heard)
        if step and self._walker.ends(step):
            self.finished = True
            return None
        chance = self._draw.random()
        if chance < GIVES_UP:
            return None
        if chance < GIVES_UP + ASKS:
            return self._draw.choice(self._sentences), None
        if chance < GIVES_UP + ASKS + REPEATS:
            return "répétez", None
        self._seen[step] += 1
        nearest = self._walker.nearest(step)
        first = self._draw.random() < FIRST and self._seen[step] < 3
        return "", Choice("1", "", "") if first or nearest is None else nearest


def writes(phone: Phone, person: Person, told: Told) -> Iterator[None]:
    """One conversation by SMS, a turn each time."""
    sent = ["Bonjour"]
    told.wrote.append(sent)
    heard = phone.text(sent[0])
    for _ in range(MOST_TURNS):
        told.counts["segments in"] += Segments.of(sent[-1]).count
        told.counts["segments out"] += Segments.of(heard).count
        yield
        act = person.next(heard)
        if act is None:
            break
        words, choice = act
        sent.append(choice.key if choice else words)
        heard = phone.text(sent[-1])
    told.counts["finished"] += person.finished


def calls(caller: Caller, person: Person, told: Told, draw: random.Random) -> Iterator[None]:
    """One call. Who asks something says it; a choice is pressed or said."""
    heard = caller.ring()
    for _ in range(MOST_TURNS):
        yield
        act = None if caller.ended else person.next(heard)
        if act is None:
            break
        words, choice = act
        if choice is None:
            heard = caller.speak(words)
        elif choice.label and draw.random() < SPEAKS:
            heard = caller.speak(choice.label)
        else:
            heard = caller.press(choice.key)
    caller.hang_up()
    told.spoken += caller.seconds
    told.counts["finished"] += person.finished


def visits(visitor: Visitor, person: Person, told: Told) -> Iterator[None]:
    """One visit to the page, without JavaScript."""
    visitor.look()
    for _ in range(MOST_TURNS):
        yield
        # Where everything was erased nothing is asked any more.
        act = person.next(visitor.said) if visitor.choices or 'name="text"' in visitor.html else None
        if act is None:
            break
        words, choice = act
        if choice is None:
            visitor.write(words)
        elif choice.label in visitor.choices:
            visitor.press(choice.label)
        elif visitor.choices:
            visitor.press(visitor.choices[0])
        else:
            visitor.write("continuer")
        if visitor.status != 200:
            raise BenchError(f"a page answered {visitor.status}")
    told.counts["finished"] += person.finished

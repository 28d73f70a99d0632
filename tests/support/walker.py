"""Somebody who goes through a journey to its end: hears or reads what is said, and answers what leads on."""

from __future__ import annotations

from collections import deque

from assistant.content.book import Book
from assistant.folding import fold
from assistant.journeys.model import Journey
from assistant.turns import Channel, Choice
from channels.voice.reading import sentences


class Walker:
    """Knows the words of each step on one channel and nothing else of the service: it goes by what it is told."""

    def __init__(self, book: Book, journey: str, channel: Channel) -> None:
        self._journey, self._channel = book.journeys[journey], channel
        self._best = _shortest(self._journey)
        self._told = {name: self._words(step.say.on(channel)) for name, step in self._journey.steps.items()}

    def at(self, heard: str) -> str:
        """The step that `heard` tells; "" for something else, such as a menu."""
        said = fold(heard)
        known = [name for name, words in self._told.items() if words in said]
        return max(known, key=lambda name: len(self._told[name]), default="")

    def answer(self, heard: str) -> Choice | None:
        """What to answer to `heard`: the choice that is nearest to the end, the first of a menu; None at the end."""
        step = self.at(heard)
        if not step:
            return Choice("1", "", "")
        return self._best[step]

    def ends(self, step: str) -> bool:
        """Whether `step` is an end of the journey."""
        return bool(self._journey.steps[step].end)

    def nearest(self, step: str) -> Choice | None:
        """The choice of `step` that is nearest to the end; None where no way is known, as after a pause."""
        return self._best.get(step)

    def _words(self, text: str) -> str:
        return fold(" ".join(sentences(text)) if self._channel == "voice" else text)


def _shortest(journey: Journey) -> dict[str, Choice | None]:
    """The choice of each step on the shortest way to an end; the ends themselves have none."""
    best: dict[str, Choice | None] = {name: None for name, step in journey.steps.items() if step.end}
    waiting = deque(best)
    while waiting:
        target = waiting.popleft()
        for name, step in journey.steps.items():
            if name in best or step.pauses:
                continue
            for key, choice in enumerate(step.choices, 1):
                if choice.goes == f"step:{target}":
                    best[name] = Choice(str(key), choice.label, choice.goes)
                    waiting.append(name)
                    break
    return best

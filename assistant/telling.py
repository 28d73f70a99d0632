"""Finds the words: a step or an answer, in the wording of a channel, with its blanks filled in."""

from __future__ import annotations

from assistant.content.book import Book
from assistant.journeys.model import Step
from assistant.journeys.progress import Progress
from assistant.turns import Channel


class Teller:
    """Reads from one Book. `number` fills {number}: by pairs, so that a voice reads it as people do."""

    def __init__(self, book: Book, number: str) -> None:
        self.book = book
        self.number = " ".join(number[index : index + 2] for index in range(0, len(number), 2))

    def step(self, step: Step, progress: Progress, channel: Channel) -> str:
        """The instruction of a step, after its place in the journey where the channel has no other way to show it."""
        text = (step.simpler if progress.simply else step.say).on(channel)
        if channel == "web":
            return text
        return f"{self.answer('progres', progress, channel)} {text}"

    def answer(self, name: str, progress: Progress, channel: Channel) -> str:
        """An answer or a phrase; the simpler wording when the person asked for it and there is one."""
        entry = self.book.answers[name]
        named = f"answer:{name}" in progress.last
        wording = entry.simpler if named and progress.simply and entry.simpler else entry.say
        text = wording.on(channel)
        return text.format(**self._blanks(progress)) if "{" in text else text

    def _blanks(self, progress: Progress) -> dict[str, str]:
        journey = self.book.journeys.get(progress.journey)
        if not journey or progress.step not in journey.steps:
            return {"number": self.number, "position": "", "of": "", "stage": "", "label": ""}
        position = journey.position(progress.step, progress.status)
        return {
            "number": self.number,
            "position": str(position.position),
            "of": str(position.of),
            "stage": position.stage,
            "label": "",
        }

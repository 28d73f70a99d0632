"""One labelled message and what was made of it. Data only."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.evaluation.labelled import Labelled


@dataclass(frozen=True)
class Heard:
    """What was made of one message.

    `ranking` holds topics only, likeliest first, with the classifier's own confidences; it is empty when there were no
    words. `said` is the topic answered at once, empty when Camille asks back; `offered` are the topics of her question.
    `decided` tells that the gate knew, without the classifier.
    """

    ranking: tuple[tuple[str, float], ...]
    said: str
    offered: tuple[str, ...] = ()
    decided: bool = False

    @property
    def first(self) -> str:
        """The likeliest topic, even where Camille would ask."""
        return self.ranking[0][0] if self.ranking else ""

    @property
    def sure(self) -> float:
        """The confidence in the likeliest topic."""
        return self.ranking[0][1] if self.ranking else 0.0


@dataclass(frozen=True)
class Judged:
    """One message and what was made of it."""

    message: Labelled
    heard: Heard

    @property
    def meant(self) -> str:
        return self.message.intent

    @property
    def first(self) -> bool:
        """The likeliest topic is the right one, whether Camille would answer or ask."""
        return self.heard.first == self.meant

    @property
    def first_three(self) -> bool:
        return self.meant in [name for name, _ in self.heard.ranking[:3]]

    @property
    def at_once(self) -> bool:
        """Answered, and rightly."""
        return self.heard.said == self.meant

    @property
    def after_one_question(self) -> bool:
        """Answered rightly at once, or the right topic is among those that the question offers."""
        return self.at_once or self.meant in self.heard.offered

    @property
    def asked(self) -> bool:
        return not self.heard.said

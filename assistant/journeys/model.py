"""What a journey is made of. Data only; read by `loader`, walked by `engine`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from assistant.content.wording import Basis, Wording
from assistant.turns import Choice, Position, Status

RETURN = "retour"  # a choice that leads here goes back to the step the person came from


@dataclass(frozen=True)
class Step:
    """One instruction, its choices (keys 1 to 3, in order) and where trouble leads.

    `lacks` is the topic of « je l'ai pas », said here. `pause` is set where the journey must wait for something: the
    question asked when the person is back. `hears` maps a topic, understood at this step, to another step. `waits`
    gives the person time to fetch a card or a letter.
    """

    name: str
    stage: int
    say: Wording
    simpler: Wording
    choices: tuple[Choice, ...]
    stuck: str
    lacks: str
    hears: dict[str, str]
    pause: str
    end: bool
    waits: bool
    basis: Basis
    beside: Wording | None = None

    @property
    def pauses(self) -> bool:
        return bool(self.pause)

    def leads_to(self) -> set[str]:
        """Every step one move away, `RETURN` left out."""
        targets = {choice.goes.removeprefix("step:") for choice in self.choices if choice.goes.startswith("step:")}
        return (targets | {self.stuck} | set(self.hears.values())) - {RETURN, ""}


@dataclass(frozen=True)
class Helping:
    """Doing it for somebody who sits beside: whoever passes one of the steps `at` does, until she says one of `alone`.

    Steps are then told in their wording `beside`. A simpler wording speaks to the person herself: it is given to be
    read to her, after `aloud`.
    """

    at: tuple[str, ...]
    alone: tuple[str, ...]
    aloud: Wording
    basis: Basis


@dataclass(frozen=True)
class Lapse:
    """What the person's own screen forgets: left for `after`, somewhere in `stages`, it begins again at `back`.

    Not so for whoever says that she is back on it: `but` are the steps that then ask what it shows.
    """

    after: timedelta
    stages: frozenset[int]
    back: str
    but: tuple[str, ...]


@dataclass(frozen=True)
class Journey:
    """A guided path: numbered stages, steps, and `anywhere`: topics that have a branch at every step.

    What is done `once` is not begun again without a question. `aim` is the journey that this one leads to: when that
    one is done, nobody is brought back to this one.
    """

    name: str
    title: str
    stages: tuple[str, ...]
    start: str
    anywhere: dict[str, str]
    steps: dict[str, Step] = field(default_factory=dict)
    once: bool = False
    aim: str = ""
    lapse: Lapse | None = None
    helping: Helping | None = None

    def position(self, step: str, status: Status) -> Position:
        """Where `step` stands, for « étape 2 sur 6 »."""
        at = self.steps[step]
        stage = self.stages[at.stage - 1]
        return Position(self.name, self.title, step, stage, at.stage, len(self.stages), status)

    def wording(self, step: str, *, simply: bool, beside: bool) -> Wording:
        """How `step` is told: to the person, or to whoever sits `beside` her where that makes a difference."""
        at = self.steps[step]
        if not (beside and self.helping and at.beside):
            return at.simpler if simply else at.say
        if not simply:
            return at.beside
        aloud = self.helping.aloud
        simpler = at.simpler
        return Wording(f"{aloud.web} {simpler.web}", f"{aloud.sms} {simpler.sms}", f"{aloud.voice} {simpler.voice}")

    def facts(self, step: str, *, beside: bool) -> tuple[str, ...]:
        """The facts under what `wording` gives."""
        at = self.steps[step]
        spoken = self.helping.basis.facts if beside and self.helping and at.beside else ()
        return tuple(dict.fromkeys((*at.basis.facts, *spoken)))

    def helps(self, step: str) -> bool:
        """Whether who passes `step` does it for somebody else."""
        return bool(self.helping and step in self.helping.at)

    @property
    def asks_for_whom(self) -> bool:
        """Whether its first step asks for whom it is: what was known of it is then asked again."""
        start = self.steps.get(self.start)
        asked = {choice.goes.removeprefix("step:") for choice in start.choices} if start else set()
        return bool(self.helping and asked & set(self.helping.at))

    def forgets(self, step: str) -> bool:
        """Whether the screen of `step` is lost when it is left."""
        return bool(self.lapse and self.steps[step].stage in self.lapse.stages and step not in self.lapse.but)

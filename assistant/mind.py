"""The understanding that Camille may or may not have yet: trained and loaded in the background, used when ready."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from assistant.errors import CamilleError, ModelError
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.settings import Settings
from assistant.telling import Outcome
from assistant.turns import Channel

if TYPE_CHECKING:
    from assistant.agent import RasaAgent

State = Literal["waiting", "training", "loading", "ready", "failed", "away"]
STUCK = 1.0  # seconds in which a sentence, which takes some milliseconds, should be over
Ranking = tuple[tuple[str, float], ...]


class Mind:
    """A Rasa agent in the making. `state` tells how far it is; `problem` one plain sentence when it failed."""

    def __init__(self, settings: Settings, guide: Callable[[], Guide]) -> None:
        self._settings = settings
        self._guide = guide
        self._agent: RasaAgent | None = None
        self.state: State = "waiting"
        self.problem = ""

    @property
    def ready(self) -> bool:
        return self._agent is not None

    def prepare(self, train: Callable[[], None] | None = None) -> None:
        """Train if `train` is given, then load. Returns when ready; raises ModelError when it cannot be."""
        try:
            if train:
                self.state = "training"
                train()
            self.state = "loading"
            self._agent = self._load()
            self.state = "ready"
        except CamilleError as error:
            self.state, self.problem = "failed", str(error)
            raise

    def prepare_behind(self, train: Callable[[], None] | None = None) -> threading.Thread:
        """The same in the background: faces answer meanwhile, by number only."""

        def work() -> None:
            try:
                self.prepare(train)
            except Exception as error:
                self.state, self.problem = "failed", self.problem or f"{type(error).__name__}"
                logging.getLogger("camille").error("La préparation a échoué. %s", self.problem)

        thread = threading.Thread(target=work, name="prepare", daemon=True)
        thread.start()
        return thread

    def take(self, text: str, place: Progress, channel: Channel) -> Outcome:
        """One turn. Raises ModelError when not ready."""
        return self._ready().take(text, place, channel)

    def parse(self, text: str) -> Ranking:
        """What `text` may mean, without a conversation. Raises ModelError when not ready."""
        return self._ready().parse(text)

    def answers(self) -> bool:
        """Whether a sentence would be understood now. Takes a second at most."""
        return self._agent is not None and self._agent.answers(STUCK)

    def close(self) -> None:
        if self._agent:
            self._agent.close()

    def _ready(self) -> RasaAgent:
        if self._agent is None:
            raise ModelError("Camille se prépare encore.")
        return self._agent

    def _load(self) -> RasaAgent:
        from assistant.rasa_imports import rasa_imports
        from assistant.training import latest_model

        model = latest_model(self._settings)
        with rasa_imports():
            from assistant.agent import RasaAgent

            return RasaAgent(model, self._guide)

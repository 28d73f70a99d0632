"""What the words of a message mean: the mean of their French vectors, rare words first, misspelt words recovered.

Vectors gain four points over n-grams with eight messages a topic, and one more with words weighted by how rare they
are in French (docs/architecture.md, « Understanding »).
"""

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.words import PACKAGE, FrenchWords

ORIGIN = "MeaningFeaturizer"
WORDS = "words.json"


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
        self._words = FrenchWords({}, {}, {})

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
            component._words = FrenchWords.load(folder / WORDS)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        self._words = FrenchWords.gather()
        with self._storage.write_to(self._resource) as folder:
            self._words.save(folder / WORDS)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.intent_examples)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            row = self._words.meaning(message.get(TEXT) or "") * self._scale
            message.add_features(Features(row.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, ORIGIN))
        return messages

"""Learns half of the messages twice: as they were written, and as somebody could have typed them in a hurry.

Costs nothing on clean messages and spares half of what heavy SMS noise costs (docs/architecture.md, « Understanding »).
"""

from random import Random
from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.noise import AVERAGE, HEAVY, noised

# The message that a noisy copy was made of: the two are never parted between learning and checking.
ORIGINAL = "original"
LEVELS = {"average": AVERAGE, "heavy": HEAVY}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class NoisyCopies(GraphComponent):
    """Adds a noisy copy of a `share` of the training messages. Random, but seeded. Serving is left alone."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"level": "average", "share": 0.5, "seed": 20261125}

    def __init__(self, config: Dict[str, Any]) -> None:
        self._level, self._share, self._seed = LEVELS[config["level"]], config["share"], config["seed"]

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "NoisyCopies":
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        draw = Random(self._seed)  # noqa: S311 - the same noise at each training
        copies = []
        for message in training_data.intent_examples:
            text = message.get(TEXT)
            noisy = noised(text, self._level, draw) if draw.random() < self._share else text
            if noisy != text:
                copies.append(Message({TEXT: noisy, INTENT: message.get(INTENT), ORIGINAL: text}))
        return TrainingData(
            [*training_data.training_examples, *copies],
            training_data.entity_synonyms,
            training_data.regex_features,
            training_data.lookup_tables,
            training_data.responses,
        )

    def process(self, messages: List[Message]) -> List[Message]:
        return messages

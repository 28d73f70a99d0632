"""Doubts a topic that was read out of nothing: letters of words that nobody ever wrote are no evidence.

A linear machine always finds a likeliest topic, for « qwxz » too, and n-grams make it feel sure of it.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List, Set

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.learner import Learner
from assistant.nlu.normaliser import HEARD

RANKING = "intent_ranking"
WORDS = "heard.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KnownWords(Learner):
    """Lowers every confidence by the share of the message that is known by its sound, once under `enough`.

    A word is known when `least` training messages hold it; long words count more than short ones.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"enough": 0.6, "least": 2}

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, model_storage, resource)
        self._known: Set[str] = set()

    def _learn(self, training_data: TrainingData, folder: Path) -> None:
        counted = Counter(word for message in training_data.intent_examples for word in set(message.get(HEARD).split()))
        self._known = {word for word, count in counted.items() if count >= self._config["least"]}
        (folder / WORDS).write_text(json.dumps(sorted(self._known)), encoding="utf-8")

    def _read(self, folder: Path) -> None:
        self._known = set(json.loads((folder / WORDS).read_text(encoding="utf-8")))

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            doubt = min(1.0, self._share((message.get(HEARD) or "").split()) / self._config["enough"])
            if doubt < 1:
                ranking = [
                    {**intent, PREDICTED_CONFIDENCE_KEY: intent[PREDICTED_CONFIDENCE_KEY] * doubt}
                    for intent in message.get(RANKING) or []
                ]
                message.set(RANKING, ranking, add_to_output=True)
                message.set(INTENT, ranking[0], add_to_output=True)
        return messages

    def _share(self, words: List[str]) -> float:
        """Of the letters of `words`, how many are in known ones; 1 when there are none."""
        letters = sum(map(len, words))
        return sum(len(word) for word in words if word in self._known) / letters if letters else 1.0

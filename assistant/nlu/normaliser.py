"""Writes each message as it is meant, and as it sounds: case, accents, apostrophes, drawn-out letters, SMS shorthand.

The results go to the featurizers only; what people wrote is neither shown nor stored in these forms.
"""

# No postponed annotations in components: Rasa reads them when it builds the graph.
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.folding import fold, sound

NORMAL, HEARD = "normal", "heard"
SHORTHAND = Path(__file__).resolve().parents[2] / "data" / "lexicon" / "shorthand.yml"


@lru_cache(maxsize=1)
def shorthand() -> Dict[str, str]:
    """SMS spellings and what they stand for, one word to one or more, folded."""
    entries = yaml.safe_load(SHORTHAND.read_text(encoding="utf-8"))
    return {fold(short): fold(full) for full, shorts in entries.items() for short in shorts}


def normal(text: str) -> str:
    """Folded `text` with shorthand written out: "jé pa resu l'code" gives "j ai pas recu l code"."""
    written = fold(text).split()
    meant = []
    for word, after in zip(written, [*written[1:], ""], strict=False):
        full = shorthand().get(word, word)
        # « c » alone is « c'est »; before « est » it is only its first letter.
        meant.append(word if after and full.endswith(f" {after}") else full)
    return " ".join(meant)


def heard(text: str) -> str:
    """Normal `text` word by word as it sounds: "resu", "reçu" and "reçus" all give "resu"."""
    return " ".join(map(sound, text.split()))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class FrenchNormaliser(GraphComponent):
    """Sets `normal` and `heard` on every message, for training and for serving alike."""

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "FrenchNormaliser":
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            meant = normal(message.get(TEXT) or "")
            message.set(NORMAL, meant)
            message.set(HEARD, heard(meant))
        return messages

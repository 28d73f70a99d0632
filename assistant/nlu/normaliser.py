"""Writes each message as it is meant, and as it sounds: case, accents, apostrophes, drawn-out letters, SMS shorthand,
what a speech recogniser makes of our own words.

The results go to the featurizers only; what people wrote is neither shown nor stored in these forms.
"""

# No postponed annotations in components: Rasa reads them when it builds the graph.
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

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
LEXICON = Path(__file__).resolve().parents[2] / "data" / "lexicon"


@lru_cache(maxsize=1)
def shorthand() -> Dict[str, str]:
    """SMS spellings and what they stand for, one word to one or more, folded."""
    return _listed("shorthand")


@lru_cache(maxsize=1)
def slips() -> Tuple["re.Pattern[str]", Dict[str, str]]:
    """What a recogniser hears for our own words, « espace sans thé »: what finds them, and what they stand for."""
    listed = _listed("slips")
    longest_first = sorted(listed, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"), listed


def _listed(name: str) -> Dict[str, str]:
    """The folded spellings of one lexicon, each with the folded words that it stands for."""
    entries = yaml.safe_load((LEXICON / f"{name}.yml").read_text(encoding="utf-8"))
    return {fold(spelt): fold(full) for full, spellings in entries.items() for spelt in spellings}


def normal(text: str) -> str:
    """Folded `text` with slips mended and shorthand written out: "jé pa resu l'code" gives "j ai pas recu l code"."""
    slip, listed = slips()
    written = slip.sub(lambda found: listed[found.group()], fold(text)).split()
    meant = []
    for word, after in zip(written, [*written[1:], ""], strict=False):
        full = shorthand().get(word, word)
        # « c » alone is « c'est »; before « est » it is only its first letter.
        meant.append(word if after and full.endswith(f" {after}") else full)
    return " ".join(meant)


def heard(text: str, sounding: Callable[[str], str] = sound) -> str:
    """Normal `text` word by word as it sounds: "resu", "reçu" and "reçus" all give "resu"."""
    return " ".join(map(sounding, text.split()))


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
        # Messages to learn from share their words. What people write to Camille is never kept this way.
        self._mark(training_data.training_examples, lru_cache(maxsize=None)(sound))
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        return self._mark(messages, sound)

    @staticmethod
    def _mark(messages: List[Message], sounding: Callable[[str], str]) -> List[Message]:
        for message in messages:
            meant = normal(message.get(TEXT) or "")
            message.set(NORMAL, meant)
            message.set(HEARD, heard(meant, sounding))
        return messages

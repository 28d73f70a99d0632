"""Names the topic of a message: a linear support vector machine over all features, with honest probabilities.

At our size a linear model on character n-grams is both better and a thousand times faster to train than DIET
(docs/architecture.md, « Understanding »).
"""

import json
from typing import Any, Dict, List, Tuple

import numpy as np
from joblib import Parallel, delayed
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    FEATURE_TYPE_SENTENCE,
    INTENT,
    INTENT_NAME_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse
from sklearn.model_selection import GroupShuffleSplit
from sklearn.svm import LinearSVC

from assistant.nlu.noisy import ORIGINAL

Matrix = Any  # scipy gives no types


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearClassifier(GraphComponent):
    """Scores every intent. `strength` is the C of the machine; `ranking` how many intents are reported.

    Probabilities are a softmax of the margins, sharpened by one number learnt on messages held out of training:
    a confidence of 0.7 is then right about seven times in ten.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"strength": 0.3, "held_out": 0.5, "ranking": 5, "seed": 20261123}

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, model_storage, resource
        self._labels: List[str] = []
        self._weights: Matrix = np.zeros((0, 0), dtype=np.float32)  # features x intents
        self._bias: Matrix = np.zeros(0, dtype=np.float32)
        self._sharpness = 1.0

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LinearClassifier":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LinearClassifier":
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            known = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
            component._labels, component._sharpness = known["labels"], known["sharpness"]
            component._weights = np.load(folder / "weights.npy", allow_pickle=False)
            component._bias = np.load(folder / "bias.npy", allow_pickle=False)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        examples = training_data.intent_examples
        rows = _rows(examples)
        names = np.array([example.get(INTENT) for example in examples])
        self._labels = sorted(set(names))
        order = np.array([self._labels.index(name) for name in names])
        originals = np.array([example.get(ORIGINAL) or example.get(TEXT) for example in examples])
        learn, hold = self._parted(order, originals)
        # Two processes: liblinear keeps Python for itself while it works.
        fits = (delayed(self._machine().fit)(rows[part], order[part]) for part in (np.arange(len(order)), learn))
        machine, checked = Parallel(n_jobs=2)(fits)
        self._sharpness = _sharpness(checked.decision_function(rows[hold]), order[hold])
        self._weights = np.ascontiguousarray(machine.coef_.T, dtype=np.float32)
        self._bias = machine.intercept_.astype(np.float32)
        with self._storage.write_to(self._resource) as folder:
            known = {"labels": self._labels, "sharpness": self._sharpness}
            (folder / "intents.json").write_text(json.dumps(known), encoding="utf-8")
            np.save(folder / "weights.npy", self._weights, allow_pickle=False)
            np.save(folder / "bias.npy", self._bias, allow_pickle=False)
        return self._resource

    def _machine(self) -> LinearSVC:
        return LinearSVC(C=self._config["strength"], random_state=self._config["seed"])

    def _parted(self, order: Matrix, originals: Matrix) -> Tuple[Matrix, Matrix]:
        """What is learnt and what is held out to check it. A message and its noisy copy are never parted."""
        parting = GroupShuffleSplit(1, test_size=self._config["held_out"], random_state=self._config["seed"])
        learn, hold = next(parting.split(order, order, originals))
        return learn, hold

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            chances = _softmax(self._margins(message)[None, :] * self._sharpness)[0]
            best = np.argsort(-chances)[: self._config["ranking"]]
            ranking = [
                {INTENT_NAME_KEY: self._labels[index], PREDICTED_CONFIDENCE_KEY: float(chances[index])}
                for index in best
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _margins(self, message: Message) -> Matrix:
        """How far the message is on the side of each intent: what `_rows` times the weights gives, without the row."""
        margins, width = self._bias.copy(), 0
        for feature in message.features:
            if feature.attribute == TEXT and feature.type == FEATURE_TYPE_SENTENCE:
                row = feature.features
                # Only the weights of what is there are read: the matrix has a hundred thousand rows.
                if feature.is_sparse():
                    margins += row.data @ self._weights[row.indices + width]
                else:
                    margins += row[0].astype(np.float32) @ self._weights[width : width + row.shape[1]]
                width += row.shape[1]
        return margins


def _rows(messages: List[Message]) -> Matrix:
    """One sparse row a message: every sentence feature side by side."""
    columns: List[Tuple[Matrix, Matrix]] = [
        (message.get_sparse_features(TEXT)[1], message.get_dense_features(TEXT)[1]) for message in messages
    ]
    written = sparse.vstack([spelt.features for spelt, _ in columns])
    if columns[0][1] is None:
        return written.tocsr()
    meant = sparse.csr_matrix(np.vstack([meaning.features for _, meaning in columns]))
    return sparse.hstack([written, meant]).tocsr()


def _sharpness(margins: Matrix, order: Matrix) -> float:
    """The sharpness under which held-out messages were least surprising."""
    grid = np.linspace(1.0, 12.0, 45)
    right = np.arange(len(order)), order
    surprise = [-np.log(_softmax(margins * value)[right] + 1e-12).mean() for value in grid]
    return float(grid[int(np.argmin(surprise))])


def _softmax(margins: Matrix) -> Matrix:
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)

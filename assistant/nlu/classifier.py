"""Names the topic of a message: a linear support vector machine over all features, with honest probabilities.

At our size a linear model on character n-grams is both better and a thousand times faster to train than DIET
(docs/architecture.md, « Understanding »).
"""

import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np
from joblib import Parallel, delayed
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
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse
from sklearn.model_selection import GroupShuffleSplit
from sklearn.svm import LinearSVC

from assistant.nlu.learner import Learner
from assistant.nlu.noisy import ORIGINAL

Matrix = Any  # scipy gives no types
Machine = Tuple[Matrix, Matrix]  # weights, features x intents; biases


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearClassifier(Learner):
    """Scores every intent. `strength` is the C of the machine; `ranking` how many intents are reported.

    Probabilities are a softmax of the margins, sharpened by one number learnt on messages held out of training:
    a confidence of 0.7 is then right about seven times in ten.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"strength": 0.3, "held_out": 0.5, "ranking": 5, "seed": 20261123}

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, model_storage, resource)
        self._labels: List[str] = []
        self._weights: Matrix = np.zeros((0, 0), dtype=np.float32)  # features x intents
        self._bias: Matrix = np.zeros(0, dtype=np.float32)
        self._sharpness = 1.0

    def _read(self, folder: Path) -> None:
        known = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
        self._labels, self._sharpness = known["labels"], known["sharpness"]
        with np.load(folder / "weights.npz", allow_pickle=False) as learnt:
            self._weights, self._bias = learnt["weights"], learnt["bias"]

    def _learn(self, training_data: TrainingData, folder: Path) -> None:
        examples = training_data.intent_examples
        rows = _rows(examples)
        names, order = np.unique([example.get(INTENT) for example in examples], return_inverse=True)
        self._labels = names.tolist()
        originals = np.array([example.get(ORIGINAL) or example.get(TEXT) for example in examples])
        learn, hold = self._parted(order, originals)
        (self._weights, self._bias), (checked, bias) = self._fitted(rows, order, learn)
        self._sharpness = _sharpness(rows[hold] @ checked + bias, order[hold])
        known = {"labels": self._labels, "sharpness": self._sharpness}
        (folder / "intents.json").write_text(json.dumps(known), encoding="utf-8")
        # Two thirds are zeros: packed here, they take a second; left to Rasa's archive, eight.
        np.savez_compressed(folder / "weights.npz", weights=self._weights, bias=self._bias)

    def _fitted(self, rows: Matrix, order: Matrix, learn: Matrix) -> Tuple[Machine, Machine]:
        """What tells each intent from all others, as learnt from all `rows`, and from those of `learn` only.

        Two processes, as liblinear keeps Python for itself while it works, with as much to do each: the first takes
        most intents of the whole, the second the rest of them (told from the others, -1) and all those of `learn`.
        """
        most = round(len(self._labels) * (1 + len(learn) / len(order)) / 2)
        shares = [share for share in np.split(np.arange(len(self._labels)), [most]) if len(share)]
        fits = [delayed(self._machine().fit)(rows, np.where(np.isin(order, share), order, -1)) for share in shares]
        *whole, checked = Parallel(n_jobs=2)([*fits, delayed(self._machine().fit)(rows[learn], order[learn])])
        return self._put_together(whole), self._put_together([checked])

    def _put_together(self, parts: List[LinearSVC]) -> Machine:
        """One machine of several that know some intents each. What none of them has met is unlikely."""
        width = parts[0].coef_.shape[1]
        weights, bias = np.zeros((width, len(self._labels)), np.float32), np.full(len(self._labels), -1, np.float32)
        for part in parts:
            # Of two classes, scikit-learn keeps the second only.
            sides = (1,) if len(part.classes_) > 2 else (-1, 1)
            rows = np.vstack([side * part.coef_ for side in sides])
            known = part.classes_ >= 0
            weights[:, part.classes_[known]] = rows[known].T
            bias[part.classes_[known]] = np.concatenate([side * part.intercept_ for side in sides])[known]
        return weights, bias

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
            if _is_read(feature):
                row = feature.features
                # Only the weights of what is there are read: the matrix has a hundred thousand rows.
                if feature.is_sparse():
                    margins += row.data @ self._weights[row.indices + width]
                else:
                    margins += row[0].astype(np.float32) @ self._weights[width : width + row.shape[1]]
                width += row.shape[1]
        return margins


def _rows(messages: List[Message]) -> Matrix:
    """One sparse row a message: every sentence feature side by side, in the order in which they were added."""
    found = ([one for one in message.features if _is_read(one)] for message in messages)
    rows = sparse.hstack([_stacked([one.features for one in column]) for column in zip(*found, strict=True)], "csr")
    rows.sort_indices()
    return rows


def _is_read(feature: Features) -> bool:
    return bool(feature.attribute == TEXT and feature.type == FEATURE_TYPE_SENTENCE)


def _stacked(rows: List[Matrix]) -> Matrix:
    """Matrices of one row, on top of each other. scipy's own needs seconds to look each of them over."""
    if not sparse.issparse(rows[0]):
        return sparse.csr_matrix(np.vstack(rows).astype(np.float32))
    ends = np.cumsum([0, *(row.nnz for row in rows)])
    data, columns = np.concatenate([row.data for row in rows]), np.concatenate([row.indices for row in rows])
    return sparse.csr_matrix((data, columns, ends), shape=(len(rows), rows[0].shape[1]))


def _sharpness(margins: Matrix, order: Matrix) -> float:
    """The sharpness under which held-out messages were least surprising."""
    grid = np.linspace(1.0, 12.0, 45)
    right = np.arange(len(order)), order
    surprise = [-np.log(_softmax(margins * value)[right] + 1e-12).mean() for value in grid]
    return float(grid[int(np.argmin(surprise))])


def _softmax(margins: Matrix) -> Matrix:
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)

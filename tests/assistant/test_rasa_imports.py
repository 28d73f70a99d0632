"""Rasa is imported without TensorFlow, and whoever needs TensorFlow is told why it is not there.

Each test runs in a process of its own: imports cannot be undone.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from assistant.settings import ROOT

HEAVY = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")


def run(program: str) -> list[str]:
    """The lines that `program` prints in a fresh Python. Fails with its last words."""
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def loaded() -> list[str]:
    """What is found after everything that serves was imported."""
    return run(
        f"""
        import sys
        import channels.cli.serve, channels.cli.understand
        from assistant.rasa_imports import rasa_imports
        with rasa_imports():
            import assistant.agent
            import assistant.nlu.classifier, assistant.nlu.meaning, assistant.nlu.normaliser, assistant.nlu.spelling
            from rasa.model_training import train
        print(sorted(name for name in sys.modules if name.partition(".")[0] in {HEAVY!r}))
        print([finder for finder in sys.meta_path if type(finder).__module__.startswith("assistant")])
        import logging, structlog
        print([logging.getLogger(name).getEffectiveLevel() >= logging.WARNING for name in ("rasa", "rasa_sdk")])
        structlog.get_logger("rasa.core").debug("heard", text="un secret")
        structlog.get_logger("rasa.core").info("heard", text="un secret")
        import threadpoolctl
        print({{each["num_threads"] for each in threadpoolctl.threadpool_info() if each["user_api"] == "blas"}})
        """
    )


def test_tensorflow_is_not_there_after_loading(loaded: list[str]) -> None:
    assert loaded[0] == "[]"


def test_nothing_stands_in_the_way_of_later_imports(loaded: list[str]) -> None:
    assert loaded[1] == "[]"


def test_rasa_is_quiet(loaded: list[str]) -> None:
    """At debug level it prints what people wrote."""
    assert loaded[2] == "[True, True]"
    assert len(loaded) == 4


def test_no_thread_turns_round_for_rows_of_some_hundred_numbers(loaded: list[str]) -> None:
    assert loaded[3] == "{1}"


def test_the_stand_in_can_be_looked_into_and_subclassed() -> None:
    said = run(
        """
        from assistant.rasa_imports import rasa_imports
        with rasa_imports():
            import tensorflow as tf
            import tensorflow.keras.layers
            from tensorflow.python.keras import backend
            class Ours(tf.keras.layers.Layer): pass
            hint: "list[tf.Tensor]" = []
            tf.Tensor[int]
            print(Ours.__mro__[1].__name__, tf.keras.utils.Sequence.__name__)
        """
    )
    assert said == ["Layer Sequence"]


@pytest.mark.parametrize("call", ["tf.constant(1)", "tf.keras.Model()", "tf.random.set_seed(1)", "tf.Tensor()"])
def test_who_calls_the_stand_in_is_told_why(call: str) -> None:
    said = run(
        f"""
        from assistant.rasa_imports import rasa_imports
        with rasa_imports():
            import tensorflow as tf
        try:
            {call}
        except RuntimeError as error:
            print(error)
        """
    )
    assert len(said) == 1
    assert said[0].startswith("TensorFlow (")
    assert "rasa_imports.py" in said[0]


def test_who_makes_a_subclass_of_the_stand_in_is_told_why() -> None:
    """An empty object that does nothing, in silence, is the worst of answers."""
    said = run(
        """
        from assistant.rasa_imports import rasa_imports
        with rasa_imports():
            import tensorflow as tf
            class Ours(tf.keras.layers.Layer): pass
        try:
            Ours(3)
        except (RuntimeError, TypeError) as error:
            print(type(error).__name__)
        """
    )
    assert said in (["RuntimeError"], ["TypeError"])


def test_a_failing_import_leaves_nothing_behind() -> None:
    said = run(
        """
        import sys
        from assistant.rasa_imports import rasa_imports
        before = list(sys.meta_path)
        try:
            with rasa_imports():
                import tensorflow
                raise ImportError("somebody else's fault")
        except ImportError:
            pass
        print(sys.meta_path == before, "tensorflow" in sys.modules)
        """
    )
    assert said == ["True False"]


def test_warnings_are_told_again_afterwards() -> None:
    said = run(
        """
        import warnings
        from assistant.rasa_imports import rasa_imports
        with rasa_imports():
            warnings.warn("of a pinned library")
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            warnings.warn("of ours")
        print([str(one.message) for one in heard])
        """
    )
    assert said == ["['of ours']"]


def test_a_library_that_is_already_there_is_left_alone() -> None:
    """Rasa's own commands bring the real one."""
    said = run(
        """
        import sys, types
        real = sys.modules["keras"] = types.ModuleType("keras")
        from assistant.rasa_imports import rasa_imports
        with rasa_imports():
            import keras
        print(keras is real, sys.modules["keras"] is real)
        """
    )
    assert said == ["True True"]

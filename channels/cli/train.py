"""`camille train`: learns from data/, with a progress bar."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from assistant.errors import ModelError
from assistant.settings import read_settings
from assistant.training import is_stale, latest_model

STEP = "étape "


def train(force: bool) -> None:
    """Train when stale or forced; say so when there is nothing to do."""
    settings, console = read_settings(), Console()
    if not force and not is_stale(settings):
        console.print("Rien n'a changé : le modèle est à jour.")
        return
    train_with_progress(console)
    console.print(f"Camille est prête : {latest_model(settings).name}")


def train_with_progress(console: Console) -> None:
    """Train in a process of its own: its memory goes away with it, and Ctrl-C stops it. Raises ModelError."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Camille apprend à comprendre", total=None)
        for done, of in run_training():
            words = f"Camille apprend à comprendre, étape {done} sur {of}"
            progress.update(task, completed=done - 1, total=of, description=words)


def run_training() -> Iterator[tuple[int, int]]:
    """Steps (done, of) of a training that runs in its own process, as they happen. Raises ModelError at the end."""
    command = [sys.executable, "-m", "channels.cli.training_process"]
    environment = os.environ | {"PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3"}
    # A file, not a pipe: Rasa says a great deal there, and a full pipe would stop it for ever.
    with tempfile.TemporaryFile("w+") as said:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True, env=environment) as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    if line.startswith(STEP):
                        done, of = line.removeprefix(STEP).split("/")
                        yield int(done), int(of)
            except BaseException:
                process.kill()
                raise
        if process.returncode != 0:
            said.seek(0)
            last = [line.strip() for line in said if line.strip()][-1:] or ["raison inconnue"]
            raise ModelError(f"L'entraînement a échoué. {last[0]}")

"""Runs a peer in its own process: the lesson and the questions in, its rankings and its costs out."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.peers.peer import Lesson
from benchmarks.service import BenchError, environ

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(__file__).resolve().parents[1] / "var" / "peers"
# Those whose training leaves a file: a second process then answers, so that learning does not count as its memory.
KEPT = ("camille", "stock")
# By name: the title, and what it is, as the report tells them.
PEERS = {
    "camille": (
        "Camille, sans garde-fou",
        "les composants de config.yml seuls, qui apprennent des mêmes messages",
    ),
    "linear": ("TF-IDF + SVM linéaire", "mots 1-2 et lettres 2-5, sans accents, C = 0,5 (scikit-learn)"),
    "fasttext": ("fastText", "n-grammes de mots 1-2 et de lettres 2-5, sans accents, 100 passages"),
    "stock": (
        "Rasa d'origine (DIET, passages : {epochs})",
        "le pipeline par défaut de Rasa 3.6.21 ; 100 passages d'origine",
    ),
}


@dataclass(frozen=True)
class Answers:
    """The intents of each text, likeliest first; `milliseconds` is the median of one text."""

    rankings: Sequence[Sequence[str]]
    seconds: float
    milliseconds: float
    megabytes: float


def answers(peer: str, lesson: Lesson, asked: Sequence[str], epochs: int) -> Answers:
    """What `peer` answers once it has learnt. Raises BenchError with the file that says why it could not."""
    if peer in KEPT:
        _run(peer, lesson, (), epochs)
    return _run(peer, lesson, asked, epochs)


def _run(peer: str, lesson: Lesson, asked: Sequence[str], epochs: int) -> Answers:
    VAR.mkdir(parents=True, exist_ok=True)
    log = VAR / f"{peer}.log"
    with tempfile.TemporaryDirectory(dir=VAR) as folder:
        job, found = Path(folder) / "job.json", Path(folder) / "found.json"
        told = {"peer": peer, "texts": lesson.texts, "intents": lesson.intents, "asked": asked, "epochs": epochs}
        job.write_text(json.dumps(told), encoding="utf-8")
        with log.open("wb") as said:
            done = subprocess.run(
                [sys.executable, "-W", "ignore", "-m", "benchmarks.peers.work", str(job), str(found)],
                cwd=ROOT,
                env=environ(TF_CPP_MIN_LOG_LEVEL="3"),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode or not found.exists():
            last = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()][-1:]
            raise BenchError(f"{peer} could not: {''.join(last)} (see {log.relative_to(ROOT)})")
        read = json.loads(found.read_text(encoding="utf-8"))
    spent = read["milliseconds"]
    return Answers(read["rankings"], read["seconds"], median(spent) if spent else 0.0, read["megabytes"])

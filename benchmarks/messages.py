"""The sentences that are sent: held out of the training data, and left by the gate to Rasa."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import yaml

from assistant.content.book import open_book
from assistant.folding import clean, fold
from assistant.gate import look
from assistant.guide import Guide
from assistant.lexicon import open_lexicon
from assistant.turns import Turn

ROOT = Path(__file__).resolve().parent.parent
FILE = Path(__file__).with_name("messages.txt")
EPOCH = datetime(2026, 1, 1, tzinfo=timezone.utc)


def free_sentences() -> tuple[list[str], list[str]]:
    """The sentences to send, and those left out since the gate has learnt to decide them or the data to hold them.

    A sentence that Rasa never sees would flatter Camille.
    """
    lines = [line.strip() for line in FILE.read_text(encoding="utf-8").splitlines()]
    sentences = [line for line in lines if line and not line.startswith("#")]
    lexicon, offered = open_lexicon(ROOT / "data/lexicon"), Guide(open_book(ROOT / "data")).opening
    known = _known()

    def is_free(sentence: str) -> bool:
        turn = Turn("", "sms", "", "", EPOCH, sentence)
        return look(turn, offered, lexicon).kind == "free" and fold(clean(sentence)) not in known

    kept = [sentence for sentence in sentences if is_free(sentence)]
    return kept, [sentence for sentence in sentences if sentence not in kept]


def _known() -> set[str]:
    """Every training message, folded."""
    known: set[str] = set()
    for path in (ROOT / "data/nlu").glob("**/*.yml"):
        for intent in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            known.update(fold(clean(line.removeprefix("- "))) for line in intent["examples"].splitlines())
    return known

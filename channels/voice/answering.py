"""Who answers a call that we make: a person, an answering machine, a fax, or somebody who may be there.

Others may listen to what a machine recorded, so it is told nothing of anybody: no place, no step, no health. Source of
the values: twilio.com/docs/voice/answering-machine-detection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from assistant.folding import fold
from assistant.storage.outbox import State
from channels.voice.phrases import HERE, RECORDED

By = Literal["person", "machine", "fax", "unsure"]

# What is kept of such a call: the words were left, or nobody will ever hear them.
OUTCOMES: Mapping[By, State] = {"machine": "delivered", "fax": "failed"}


def answered_by(form: Mapping[str, str]) -> By:
    """Who answered, as the provider tells it. Whoever called us is a person, and so is who is said to be one.

    "unknown" is silence, or a greeting longer than the provider listens to.
    """
    told = form.get("AnsweredBy", "").strip().casefold()
    if not form.get("Direction", "").startswith("outbound") or told in ("", "human"):
        return "person"
    if told == "fax":
        return "fax"
    return "machine" if told.startswith("machine") else "unsure"


def is_there(key: str, words: str) -> bool:
    """Whether somebody answered « Vous m'entendez ? »."""
    said = set(fold(words).split())
    return bool(key) or (not said.isdisjoint(HERE) and said.isdisjoint(RECORDED))

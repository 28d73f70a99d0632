"""Words without the proof of an erasure, drawn anew for each person: two lives are told the same but for it."""

from __future__ import annotations

import re

PROOF = re.compile(r"\d\d(?: \d\d){5}")


def without_proof(said: str) -> str:
    return PROOF.sub("[proof]", said)

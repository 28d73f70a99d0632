"""`camille proof`: whether a proof of erasure was given here, by the key alone. Nothing was stored to look it up in."""

from __future__ import annotations

from datetime import date

from rich.console import Console

from assistant.errors import ProofError
from assistant.privacy.proofs import Proofs
from assistant.settings import read_settings


def proof(day: date, digits: str) -> None:
    """Say that it is genuine. Raises ProofError, for an exit code of 1, when it is not."""
    if not Proofs(*read_settings().secret_keys).is_genuine(day, digits):
        raise ProofError("cette preuve n'a pas été donnée ici, ou pas ce jour-là, ou sous une autre SECRET_KEY.")
    Console().print(f"Cette preuve est vraie : quelqu'un a été effacé ici le {day:%d/%m/%Y}.", highlight=False)

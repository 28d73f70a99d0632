"""Refuses to start beside a memory that Rasa would give up without a word.

Rasa 3.6 keeps conversations in what endpoints.yml names as `tracker_store` and `lock_store`. When that does not answer
it goes on in its own memory, and says so in a log: the next process knows nobody (docs/architecture.md, « Rasa », 10).
Camille asks nothing of either; whoever configured one believes otherwise, and is told before anybody relies on it.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from assistant.errors import SettingError
from assistant.settings import ROOT

STORES = ("tracker_store", "lock_store", "event_broker")


def refuse_rasa_stores(path: Path = ROOT / "endpoints.yml") -> None:
    """Raises SettingError, in one sentence, when `path` names one of them, or cannot be read."""
    if not path.exists():
        return  # an image of ours has none
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SettingError(f"{path.name} ne se lit pas ({type(error).__name__}).") from error
    named = [name for name in STORES if isinstance(found, dict) and name in found]
    if named:
        raise SettingError(
            f"{path.name} : retirez {', '.join(named)}. Quand il ne répond pas, Rasa continue dans sa propre mémoire "
            "sans le dire ; Camille garde tout dans DATABASE_URL."
        )

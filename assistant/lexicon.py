"""The closed word lists of data/lexicon/: what is decided in so many words, before any classifier."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.danger import Danger
from assistant.errors import ContentError
from assistant.folding import fold


@dataclass(frozen=True)
class Lexicon:
    """`stop` and `moves` map a whole folded message to a topic."""

    stop: dict[str, str]
    moves: dict[str, str]
    dangers: Danger

    def danger(self, words: str) -> str | None:
        """The danger that folded `words` speak of, or None. A figure of speech is none."""
        return self.dangers.topic(words)


def open_lexicon(folder: Path) -> Lexicon:
    """The lists of `folder`. Raises ContentError with the file that cannot be read."""
    stop, moves = (_whole(_read(folder, name), name) for name in ("stop", "moves"))
    try:
        dangers = Danger(_read(folder, "danger"))
    except KeyError as error:
        raise ContentError(f"data/lexicon/danger.yml : il manque {error}.") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise ContentError(f"data/lexicon/danger.yml ne se lit pas : {error}") from error
    return Lexicon(stop, moves, dangers)


def _read(folder: Path, name: str) -> dict[str, Any]:
    try:
        groups = yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ContentError(f"data/lexicon/{name}.yml ne se lit pas : {error}") from error
    if not isinstance(groups, dict):
        raise ContentError(f"data/lexicon/{name}.yml ne se lit pas : il y faut des groupes de lignes.")
    return groups


def _whole(groups: dict[str, Any], name: str) -> dict[str, str]:
    lines = [(topic, line) for topic, entries in groups.items() for line in entries or ()]
    # YAML reads a bare « oui » or « 1 » as something else than a text.
    if not all(isinstance(line, str) for _, line in lines):
        raise ContentError(f"data/lexicon/{name}.yml : chaque ligne est un texte (mettez des guillemets).")
    return {fold(line): topic for topic, line in lines}

"""The advisories that the audit is allowed to know of: each with its reason, and a day after which it is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

LIST = Path(__file__).with_name("exceptions.yml")
FIELDS = {"id", "package", "until", "why"}
SHORTEST_REASON = 30
LONGEST = 200  # days: nobody excuses anything for ever


@dataclass(frozen=True)
class Known:
    """One advisory that does not reach us, for as long as `until` has not passed."""

    id: str
    package: str
    until: date
    why: str

    def covers(self, package: str, names: Iterable[str]) -> bool:
        """Whether it is about one of the `names` of an advisory (its id and its aliases) on `package`."""
        return self.package == package.lower() and self.id in names


def read(path: Path = LIST) -> tuple[Known, ...]:
    """Every exception. Raises ValueError for one without a reason, a day or a package."""
    return tuple(map(_one, yaml.safe_load(path.read_text(encoding="utf-8")) or ()))


def expired(known: Iterable[Known], today: date) -> list[Known]:
    return [one for one in known if one.until < today]


def too_far(known: Iterable[Known], today: date) -> list[Known]:
    return [one for one in known if (one.until - today).days > LONGEST]


def _one(entry: Any) -> Known:
    if not isinstance(entry, dict) or set(entry) != FIELDS:
        raise ValueError(f"An exception has {', '.join(sorted(FIELDS))}, and nothing else: {entry}")
    if type(entry["until"]) is not date or len(str(entry["why"])) < SHORTEST_REASON:
        raise ValueError(f"{entry['id']}: a day, and a reason somebody can check.")
    return Known(str(entry["id"]), str(entry["package"]).lower(), entry["until"], str(entry["why"]))

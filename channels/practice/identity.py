"""Reads who somebody is, and where she works, out of what Pro Santé Connect tells. Pure: claims in, identity out.

Whoever is no professional, or works in no structure, has none of these claims; some arrive empty. So nothing is taken
for granted, and what cannot be read is not there. The speciality (`codeSavoirFaire`) is never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assistant.pro_sante_connect import PHYSICIAN

Refusal = Literal["no_exercise", "profession", "no_practice"]

NAMELESS = "Votre professionnel de santé"
NAMELESS_PHYSICIAN = "Votre médecin"
NAMELESS_PRACTICE = "Cabinet"
LONGEST_NAME = 80
# Between two parts of a name: DUPONT-MARTIN, D'ARC, DE LA TOUR.
PART = re.compile(r"[^\W\d_]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


@dataclass(frozen=True)
class Structure:
    """A place of work: its own identifier, of which we keep a keyed hash only, and its name."""

    id: str
    name: str


@dataclass(frozen=True)
class Identity:
    """Somebody who may sign in. `shown_as` is what her patients read: « Le docteur Martin »."""

    sub: str
    shown_as: str
    structures: tuple[Structure, ...]


def read(claims: Mapping[str, Any], professions: Sequence[str]) -> Identity | Refusal:
    """Who `claims` are about, or why she may not sign in. `professions` are the codes that may (10 is a physician)."""
    all_hers = list(_objects(_object(claims.get("SubjectRefPro")).get("exercices")))
    if not all_hers:
        return "no_exercise"
    hers = [one for one in all_hers if _text(one.get("codeProfession")) in professions]
    if not hers:
        return "profession"
    structures = tuple(_structures(hers))
    if not structures and len(hers) == len(all_hers):
        # What is said beside the exercises belongs to one of them: another profession's is not for us.
        structures = tuple(_beside(claims))
    if not structures:
        return "no_practice"
    return Identity(_text(claims.get("sub")), _shown_as(hers[0], claims), structures)


def _structures(exercises: Sequence[Mapping[str, Any]]) -> Iterator[Structure]:
    """Where she works, each place once, in the order told."""
    seen = set()
    for exercise in exercises:
        for activity in _objects(exercise.get("activities")):
            number = _text(activity.get("identifiantTechniqueDeLaStructure"))
            if number and number not in seen:
                seen.add(number)
                yield Structure(number, _text(activity.get("raisonSocialeSite"))[:LONGEST_NAME] or NAMELESS_PRACTICE)


def _beside(claims: Mapping[str, Any]) -> Iterator[Structure]:
    number = _text(claims.get("SubjectOrganizationID"))
    if number:
        yield Structure(number, _text(claims.get("SubjectOrganization"))[:LONGEST_NAME] or NAMELESS_PRACTICE)


def _shown_as(exercise: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """The name that she works under; who married may have another one at home."""
    family = _name(_text(exercise.get("nomDexercice")) or _text(claims.get("family_name")))
    if _text(exercise.get("codeProfession")) == PHYSICIAN:
        return f"Le docteur {family}" if family else NAMELESS_PHYSICIAN
    given = _name(_text(exercise.get("prenomDexercice")) or _text(claims.get("given_name")))
    return f"{given} {family}".strip() if family else NAMELESS


def _name(name: str) -> str:
    """DUPONT-MARTIN as Dupont-Martin. What has small letters is left as it is: she knows how she is written."""
    name = name[:LONGEST_NAME].strip()
    return PART.sub(lambda part: part[0].capitalize(), name) if name.isupper() else name


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, Mapping))


def _text(value: object) -> str:
    return CONTROL.sub(" ", value).strip() if isinstance(value, str) else ""

"""Consent is a closed list: a yes is one of these words alone, and everything else is not a yes.

Never learnt: a classifier answers « oui » to an emoji (shared anchors.md 3.4, test 11).
"""

from __future__ import annotations

from typing import Literal

YES = frozenset(
    "oui|ouii|oui oui|ui|wi|ouai|ouais|oui merci|oui svp|oui s'il vous plait|d'accord|daccord|dacc|ok|oki|okay|"
    "ok merci|oui d'accord|oui ok|bien sur|oui bien sur|exact|exactement|c'est ca|c est ca|tout a fait|absolument|"
    "volontiers|je veux bien|oui je veux bien|si|yes|oui effacer|oui effacez|j'accepte|parfait|entendu".split("|")
)
NO = frozenset(
    "non|nn|non non|nan|nop|non merci|surtout pas|pas du tout|jamais|non pas du tout|je ne veux pas|je veux pas|"
    "non je ne veux pas|no|negatif|non surtout pas|certainement pas|non garder|pas question".split("|")
)
# A reply to a read-back that must not be given by accident: the plain word only.
PLAIN_YES = frozenset({"oui", "oui effacer", "oui effacez", "oui je confirme", "je confirme"})


def agreed(words: str) -> Literal["yes", "no"] | None:
    """What folded `words` (see `gate.fold`) say to a question, or None when they are no plain answer."""
    return "yes" if words in YES else "no" if words in NO else None


def confirmed(words: str) -> bool:
    """Whether folded `words` confirm something that cannot be undone."""
    return words in PLAIN_YES

"""Consent is a closed list: a yes is one of these words alone, and everything else is not a yes.

Never learnt: a classifier answers « oui » to an emoji (docs/architecture.md, « Rasa », 6).
"""

from __future__ import annotations

from typing import Literal

from assistant.folding import fold


def _listed(entries: str) -> frozenset[str]:
    """Without spaces, so that « daccord », « d accord » and « d'accord » are one."""
    return frozenset(fold(entry).replace(" ", "") for entry in entries.split("|"))


YES = _listed(
    "oui|ouii|oui oui|voui|ui|wi|ouai|ouais|oui merci|merci oui|oui svp|oui stp|oui s'il vous plaît|oui madame|"
    "oui monsieur|ben oui|bah oui|mais oui|oh oui|d'accord|dac|dacc|daccor|ok|oki|okay|ok merci|ok d'accord|"
    "oui d'accord|oui ok|ok oui|bien sûr|oui bien sûr|exact|exactement|c'est ça|oui c'est ça|tout à fait|"
    "oui tout à fait|absolument|volontiers|oui volontiers|je veux bien|oui je veux bien|si|yes|oui effacer|"
    "oui effacez|j'accepte|oui j'accepte|je confirme|oui je confirme|parfait|entendu"
)
NO = _listed(
    "non|nn|non non|nan|nop|nope|non merci|merci non|non svp|non madame|non monsieur|ah non|oh non|ben non|mais non|"
    "surtout pas|non surtout pas|pas du tout|non pas du tout|jamais|jamais de la vie|je ne veux pas|je veux pas|"
    "non je ne veux pas|non je veux pas|no|négatif|certainement pas|non garder|non gardez|pas question|"
    "je refuse|non je refuse"
)
# What cannot be undone is not done by accident: the plain word only.
PLAIN_YES = _listed("oui|oui effacer|oui effacez|oui je confirme|je confirme")


def agreed(words: str) -> Literal["yes", "no"] | None:
    """What folded `words` say to a question, or None when they are no plain answer."""
    said = words.replace(" ", "")
    return "yes" if said in YES else "no" if said in NO else None


def confirmed(words: str) -> bool:
    """Whether folded `words` confirm something that cannot be undone."""
    return words.replace(" ", "") in PLAIN_YES

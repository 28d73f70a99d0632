"""Which telephones an invitation may be sent to: mobiles of France and of its overseas departments. Pure.

SMS pumping lives on numbers that pay whoever owns them: premium and shared-cost numbers read as valid ones, and so do
foreign mobiles. What is not on this short list is refused, each time with its reason.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberType

from assistant.privacy.pseudonyms import e164

Fault = Literal["missing", "unreadable", "landline", "special", "foreign"]

# Metropolitan France; Guadeloupe, Saint-Martin and Saint-Barthélemy; Guyane; Martinique; La Réunion and Mayotte.
# Elsewhere mobiles begin with neither 06 nor 07, and are under another health insurance.
COUNTRIES = frozenset({33, 590, 594, 596, 262})
FIRST = ("6", "7")
# Kept for films and books (Arcep): it is nobody's, and so is good to try things on one machine.
FICTION = "+3363998"
LANDLINES = frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP})
NATIONAL_DIGITS = 10
LONGEST_SHORT = 6
LONGEST = 40
BETWEEN = re.compile(r"[\s.\-_/()·–—]+")


@dataclass(frozen=True)
class Mobile:
    """A telephone that may be written to. The number is in international form, and not in the repr."""

    number: str = field(repr=False)

    @property
    def masked(self) -> tuple[str, str]:
        """Its first two digits and its last two, as people dial them."""
        national = "0" + str(phonenumbers.parse(self.number, None).national_number)
        return national[:2], national[-2:]


def mobile(typed: str, *, fiction: bool) -> Mobile | Fault:
    """The mobile that was `typed`, or what is the matter with it. `fiction`: numbers of films are taken too."""
    plain = unicodedata.normalize("NFKC", typed)
    bare = BETWEEN.sub("", "".join(sign for sign in plain if unicodedata.category(sign) != "Cf"))
    if not bare:
        return "missing"
    if len(bare) > LONGEST or not re.fullmatch(r"\+?[0-9]+", bare):
        return "unreadable"
    abroad = bare.startswith(("+", "00"))
    if not abroad and len(bare) != NATIONAL_DIGITS:
        # Short numbers, some of which are dear: read as those of a small island, they would be valid.
        return "special" if len(bare) <= LONGEST_SHORT and not bare.startswith("0") else "unreadable"
    number = e164("+" + bare[2:] if bare.startswith("00") else bare)
    return _judged(number, fiction) if number else "unreadable"


def _judged(number: str, fiction: bool) -> Mobile | Fault:
    parsed = phonenumbers.parse(number, None)
    if parsed.country_code not in COUNTRIES:
        return "foreign"
    if not phonenumbers.is_valid_number(parsed):
        return Mobile(number) if fiction and number.startswith(FICTION) else "unreadable"
    kind = phonenumbers.number_type(parsed)
    if kind == PhoneNumberType.MOBILE and str(parsed.national_number).startswith(FIRST):
        return Mobile(number)
    return "landline" if kind in LANDLINES else "special"

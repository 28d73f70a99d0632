"""Turns a telephone number or a visit into a keyed pseudonym, the only name a person has here.

HMAC-SHA-256 under a secret pepper: all French mobile numbers fit in minutes of plain hashing,
so a hash without a key would protect nobody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

import phonenumbers

# Numbers of the overseas territories are not valid under region FR.
REGIONS = ("FR", "GP", "RE", "GF", "MQ", "YT", "PM", "WF", "NC", "PF")
# How a telephone operator writes a hidden number: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE by their keys.
# Taken for numbers, they would give all hidden callers one name, and one place in the journey.
HIDDEN = frozenset("+266696687 +7378742833 +2562533 +8566696 +8656696 +86282452253".split())


def e164(number: str) -> str | None:
    """`number` in international form, or None when it is hidden or no number at all."""
    if number.strip() in HIDDEN:
        return None
    fallback = None
    for region in REGIONS:
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            return None
        if phonenumbers.is_valid_number(parsed):
            return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
        if fallback is None and phonenumbers.is_possible_number(parsed):
            fallback = str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    return fallback


def national(number: str) -> str:
    """A French number as people write it, by pairs; anything else as it is."""
    digits = "0" + number.removeprefix("+33") if number.startswith("+33") else number
    if len(digits) != 10 or not digits.isdigit():
        return number
    return by_pairs(digits)


def by_pairs(digits: str) -> str:
    """`digits` two by two, as people copy and say them."""
    return " ".join(digits[index : index + 2] for index in range(0, len(digits), 2))


def pseudonym(kind: str, value: str, pepper: str) -> str:
    """A short stable name for `value`: "phone" or "web" or "call". The same number gives the same name everywhere."""
    digest = hmac.new(pepper.encode(), f"{kind}:v1:{value}".encode(), hashlib.sha256).digest()
    return "p1_" + base64.urlsafe_b64encode(digest).decode()[:22]


def share(person: str, of: int, pepper: str) -> int:
    """Which of `of` parts of all people `person` is in. Two in different parts are two; many are in the same one."""
    digest = hmac.new(pepper.encode(), f"share:v1:{person}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") % of

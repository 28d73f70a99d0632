"""Whom messages come from: which senders the law and the carriers let an automatic service use in France.

06 and 07 numbers are for persons only (Arcep, decision 2022-1583); 09 37 to 09 39, and their overseas counterparts,
were made for what a platform and a subscriber tell each other. Names: eleven letters and digits, nothing generic,
nothing that could be taken for a public body (AF2M, since 10 March 2025).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.errors import SettingError
from assistant.privacy.pseudonyms import e164

SenderKind = Literal["none", "short_code", "platform_09", "alphanumeric"]

# 36xxx and 38xxx cost the person an ordinary message. The others are sold by the message.
SHORT_CODE = re.compile(r"3[68]\d{3}")
PLATFORM = re.compile(r"\+33(?:93[789]\d{6}|947[5-9]\d{5})")
NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{3,11}")
# A name that holds one of these, whatever its digits look like, is a fraud's or will be blocked as one.
PROTECTED = (
    "ameli cpam cnam carsat urssaf monesp espsant espacesant assurmal assmal secusoc securitesoc franceconn "
    "gouv impot antai republique ministere prefect vitale police gendarm laposte doctolib"
).split()
PROTECTED_WHOLE = frozenset("caf msa ars has mes dmp dgs ans samu pompiers mairie".split())
GENERIC = frozenset(
    "alert alerte alertes rdv info infos colis bank banque sms test service services client code codes message "
    "messages notif urgent urgence livraison support verify contact".split()
)
LOOKALIKES = (str.maketrans("013457", "oleast"), str.maketrans("013457", "oieast"))


@dataclass(frozen=True)
class Sender:
    """`two_way`: people can write back to it. `calls`: it may be shown when Camille rings somebody."""

    kind: SenderKind
    text: str = ""

    @property
    def two_way(self) -> bool:
        return self.kind in ("short_code", "platform_09")

    @property
    def calls(self) -> bool:
        return self.kind == "platform_09"

    @classmethod
    def of(cls, text: str) -> Sender:
        """The sender that TWILIO_SENDER names; "" is none. Raises SettingError for one that may not be used."""
        bare = re.sub(r"[\s.]", "", text)
        if not bare:
            return cls("none")
        if SHORT_CODE.fullmatch(bare):
            return cls("short_code", bare)
        if bare.startswith("+") or (bare.isascii() and bare.isdigit()):
            return cls("platform_09", _number(bare))
        return cls("alphanumeric", _name(text.strip()))


def _number(bare: str) -> str:
    if len(bare) < 6:
        raise SettingError("TWILIO_SENDER : parmi les numéros courts, seuls les 36xxx et les 38xxx conviennent.")
    number = e164(bare) or ""
    if PLATFORM.fullmatch(number):
        return number
    if re.match(r"\+(?:33[67]|262[67]|590[67]|594[67]|596[67])", number):
        raise SettingError("TWILIO_SENDER : les numéros en 06 et 07 sont interdits aux services automatiques.")
    if number and not re.match(r"\+(?:33|262|590|594|596)", number):
        raise SettingError("TWILIO_SENDER : un numéro étranger passe pour une fraude, et coûte cher à qui y répond.")
    raise SettingError("TWILIO_SENDER doit être un numéro court en 38xxx, un numéro en 09 37 à 09 39, ou un nom.")


def _name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise SettingError("TWILIO_SENDER : un nom a de 3 à 11 lettres ou chiffres, sans accent, espace ni signe.")
    seen = {name.casefold().translate(table) for table in LOOKALIKES} | {name.casefold()}
    if any(part in look for part in PROTECTED for look in seen) or seen & PROTECTED_WHOLE:
        raise SettingError("TWILIO_SENDER : ce nom est protégé, ou ressemble à celui d'un service public.")
    if seen & GENERIC:
        raise SettingError("TWILIO_SENDER : ce nom est trop général, les opérateurs le bloquent.")
    return name

"""Takes private numbers, codes, passwords, addresses and names out of what people write, before anything else sees it.

Recall comes first: a masked order number costs nothing, a kept social security number is a fault.
Formats: facts B15 to B20 and E93 of data/sources.yml; official NIR rule (nir-validation), widened to
temporary numbers and unknown months: no key is checked, any long run of digits goes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.privacy.codes import without_codes
from assistant.privacy.dates import without_births
from assistant.privacy.digits import without_digits
from assistant.privacy.names import without_names
from assistant.privacy.passwords import without_passwords

LOCAL = r"(?<![^\s<>()\[\]:,;])[^\s@<>()\[\]]{1,254}"
LABEL = r"[A-Za-z0-9\-]{1,63}"
DOT = r"(?:\s?\.\s?|\s(?:point|dot)\s)"
DOMAIN = rf"(?:{LABEL}{DOT}){{1,4}}[A-Za-z]{{2,24}}(?![^\W_])"
AT = r"(?:\s?(?:@|\((?:at|a)\))\s?|\s(?:arr?obas[ez]?|arobaze?|aropase)\s)"
PROVIDER = r"(?:gmail|hotmail|outlook|live|yahoo|orange|wanadoo|laposte|free|sfr|bbox|neuf|icloud|aol)"
# « jean.dupont@orange.fr », « jean point dupont arobase orange point fr », « rdv @ 14h » stays.
EMAIL = re.compile(
    rf"(?:{LOCAL}\s(?:point|tiret(?:\s(?:bas|du\s(?:6|8|six|huit)))?|underscore)\s){{0,4}}{LOCAL}"
    # A domain ends in letters: a number after « arobase » is not swallowed by halves.
    rf"(?:@(?:{DOMAIN}|[A-Za-z]{LABEL})|{AT}(?:{DOMAIN}|{PROVIDER}\b))",
    re.I,
)
# Who does not find the @ leaves it out: « jean.dupont gmail.com ».
EMAIL_WITHOUT_AT = re.compile(
    rf"(?<!\S)(?=\S{{0,80}}[._\d])[^\s@<>()\[\]]{{2,80}}\s{PROVIDER}{DOT}(?:com|fr|net)\b", re.I
)
IBAN = re.compile(r"(?<![^\W_])FR[\W_]?\d\d(?:[\W_]{0,2}\d){10}(?:[\W_]{0,2}[0-9A-Z]){11}(?:[\W_]{0,2}\d){2}", re.I)
MASKS = re.compile(r"\[[^\[\]]{1,20}\]|\W|\d")


@dataclass(frozen=True)
class Masked:
    """`text` is safe to store, log and classify. `found` names the kinds taken out, in order, without repeats."""

    text: str
    found: tuple[str, ...]

    @property
    def only_secret(self) -> bool:
        """Whether nothing but the secret was written."""
        return bool(self.found) and not MASKS.sub("", self.text)


def mask(text: str) -> Masked:
    """`text`, cleaned (see `folding.clean`), with every secret replaced by its kind in brackets.

    Linear in the length of `text`; never raises.
    """
    found: list[str] = []

    def put(kind: str) -> str:
        if kind not in found:
            found.append(kind)
        return f"[{kind}]"

    text = EMAIL_WITHOUT_AT.sub(lambda match: put("e-mail"), EMAIL.sub(lambda match: put("e-mail"), text))
    text = without_passwords(text, put)
    text = IBAN.sub(lambda match: put("numéro"), text)
    text = without_births(text, put)
    text = without_codes(text, put)
    text = without_digits(text, put)
    text = without_names(text)  # no secret: nobody is told of it
    return Masked(text, tuple(found))

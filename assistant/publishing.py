"""Who puts the service online, how they are written to, who hosts it: what the law wants on a page, in their words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.errors import SettingError

# Their variables. HOST alone is taken: some shells and tools set it to the name of the machine.
NAME, CONTACT, HOST = "PUBLISHER", "CONTACT", "HOSTED_BY"
LONGEST = 300
EMAIL = re.compile(r"[A-Za-z0-9._+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True)
class Publisher:
    """One line each, "" for what was not given. `contact` is an e-mail address or a postal one."""

    name: str = ""
    contact: str = ""
    host: str = ""

    @property
    def email(self) -> str:
        """The e-mail address, "" when there is none."""
        return self.contact if "@" in self.contact else ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The variables that were not given."""
        given = {NAME: self.name, CONTACT: self.contact, HOST: self.host}
        return tuple(name for name, words in given.items() if not words)

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Publisher:
        """The one that the environment names. Raises SettingError for what cannot be read on a page."""
        name, contact, host = (_line(name, environ.get(name, "")) for name in (NAME, CONTACT, HOST))
        if "@" in contact and not EMAIL.fullmatch(contact):
            raise SettingError(f"{CONTACT} doit être une seule adresse e-mail, ou une adresse postale sans @.")
        return cls(name, contact, host)


def _line(name: str, given: str) -> str:
    """The words on one line. A line break, a tag or a sign that nobody sees has no place in a name."""
    text = given.strip()
    if any(sign in "<>" or unicodedata.category(sign) in UNSEEN for sign in text):
        raise SettingError(f"{name} s'écrit sur une seule ligne, sans < ni >, ni signe invisible.")
    if len(text) > LONGEST:
        raise SettingError(f"{name} est trop long : {LONGEST} caractères au plus.")
    if text and sum(map(str.isalpha, text)) < 2:
        raise SettingError(f"{name} ne se lit pas : écrivez un nom ou une adresse.")
    return text

"""`camille operator`: who may enter /pilotage. Given, renewed and ended here only, by whoever holds the machine."""

from __future__ import annotations

import re

from rich.console import Console
from rich.table import Table

from assistant.clock import now
from assistant.errors import SettingError
from assistant.folding import fold
from assistant.storage import operator_acts, operators
from assistant.storage.operators import ROLES, Role
from channels.cli.opening import opened

LONGEST_WORD = 12


def add(word: str, role: str) -> None:
    """Write the link of a new access. `word` is what she is called after. Raises SettingError for no such role."""
    plain = re.sub(r"[^a-z0-9]+", "", fold(word))[:LONGEST_WORD]
    if not plain:
        raise SettingError("il faut un mot en lettres, comme un prénom.")
    known: Role | None = next((one for one in ROLES if one == role), None)
    if known is None:
        raise SettingError(f"--role doit être l'un de : {', '.join(ROLES)}.")
    with opened(understanding=False) as (settings, conversation), conversation.database.transaction() as connection:
        name, token = operators.add(connection, plain, known, now())
        operator_acts.note(connection, operator_acts.COMMAND_LINE, "given", now(), name)
    _tell(name, role, f"{settings.public_base_url}/pilotage/acces/{token}")


def link(name: str) -> None:
    """Write a new link for who lost what she enters with."""
    with opened(understanding=False) as (settings, conversation), conversation.database.transaction() as connection:
        found = operators.find(connection, name)
        if found is None:
            raise SettingError(f"personne ne s'appelle {name} ici. Voir : camille operator list")
        token = operators.offer(connection, name, now())
        operator_acts.note(connection, operator_acts.COMMAND_LINE, "offered", now(), name)
    _tell(name, found.role, f"{settings.public_base_url}/pilotage/acces/{token}")


def every() -> None:
    """Say who there is."""
    with opened(understanding=False) as (_, conversation), conversation.database.transaction() as connection:
        found = operators.every(connection)
    table = Table("nom", "rôle", "accès", "vu le")
    for one in found:
        seen = f"{one.seen_at:%d/%m/%Y}" if one.taken else "jamais"
        table.add_row(one.name, one.role, "pris" if one.taken else "pas encore pris", seen)
    Console().print(table if found else "Personne n'a d'accès. Pour en donner un : camille operator add")


def end(name: str) -> None:
    """End one at once."""
    with opened(understanding=False) as (_, conversation), conversation.database.transaction() as connection:
        if not operators.end(connection, name):
            raise SettingError(f"personne ne s'appelle {name} ici. Voir : camille operator list")
        operator_acts.note(connection, operator_acts.COMMAND_LINE, "ended", now(), name)
    Console().print(f"C'est fini : {name} n'entre plus.", highlight=False)


def _tell(name: str, role: str, address: str) -> None:
    console = Console()
    console.print(f"Accès {role} pour {name}. Ce lien sert une fois, pendant 24 heures :", highlight=False)
    console.print(address, highlight=False, soft_wrap=True)

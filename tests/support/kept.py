"""All that the database keeps of one address, without the names that chance or a clock gave: two lives compared."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from assistant.storage.schema import addresses, metadata

# Keys, pseudonyms, drawn or sealed values: different in every run, and the same for nobody.
CHANCE = frozenset("id person address pseudonym message_id code number key provider_id".split())
TIMES = frozenset("received_at given_at since at seen_at expires_at day created_at next_at held_until made_at".split())


SID = re.compile(r"\b(?:SM|MM|CA)[0-9a-f]{32}\b")


def kept(connection: Connection, address: str, *, times: bool = False) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table about `address`, or about the person who holds it; `times` compares those as well."""
    person = connection.execute(select(addresses.c.person).where(addresses.c.pseudonym == address)).scalar()
    left_out = CHANCE if times else CHANCE | TIMES
    found: dict[str, list[dict[str, Any]]] = {}
    for table in metadata.sorted_tables:
        for column, value in (("address", address), ("pseudonym", address), ("person", person)):
            if column in table.c and value is not None:
                rows = connection.execute(select(table).where(table.c[column] == value)).mappings()
                break
        else:
            if table.name != "persons" or person is None:
                continue
            rows = connection.execute(select(table).where(table.c.id == person)).mappings()
        told = [{name: _plain(value) for name, value in row.items() if name not in left_out} for row in rows]
        found[table.name] = sorted(told, key=repr)
    return found


def _plain(value: Any) -> Any:
    """Without the provider's names of messages and calls."""
    return SID.sub("SID", value) if isinstance(value, str) else value

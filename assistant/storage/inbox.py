"""Every provider message once: a repeat gets the recorded reply, and has no second effect."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, not_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from assistant.errors import TurnConflictError
from assistant.storage import shared
from assistant.storage.schema import inbox
from assistant.turns import Reply, Try

# Two names each at most, for all that one telephone may be answered in a day, and the silences between.
MOST_LOOKED_AT = 400

# Of each turn: made once, since making a statement and finding it in the cache costs more than running it.
RECORDED = select(inbox.c.reply).where(
    inbox.c.provider == bindparam("provider"), inbox.c.message_id.in_(bindparam("names", expanding=True))
)
SAID = (
    select(inbox.c.received_at, inbox.c.reply)
    .where(
        inbox.c.provider == bindparam("provider"),
        inbox.c.address == bindparam("address"),
        inbox.c.received_at > bindparam("since"),
    )
    .order_by(inbox.c.received_at.desc())
    .limit(MOST_LOOKED_AT)
)
NAMES = select(inbox.c.message_id, inbox.c.address, inbox.c.received_at).where(
    inbox.c.provider == bindparam("provider"), inbox.c.message_id.in_(bindparam("names", expanding=True))
)
RECORD = insert(inbox)


def recorded(connection: Connection, provider: str, *names: str) -> Reply | None:
    """What was replied to the message that the provider calls by any of `names`, or None when it is new."""
    found = connection.execute(RECORDED, {"provider": provider, "names": names}).scalars()
    for reply in map(json.loads, found):
        if isinstance(reply, dict):
            return Reply.from_json(reply)
        return recorded(connection, provider, reply)  # another name: where the reply is kept
    return None


def free(connection: Connection, provider: str, names: Sequence[str]) -> list[str]:
    """Those of `names` that nothing is recorded under."""
    known = {name for name, *_ in connection.execute(NAMES, {"provider": provider, "names": names})} if names else set()
    return [name for name in names if name not in known]


def stored_try(
    connection: Connection, provider: str, message_id: str, tries: Sequence[Try], at: datetime
) -> str | None:
    """The name of one of `tries` that was recorded by itself: it failed, and nobody knew that it was stored.

    The provider's `message_id` finds it from now on too. Raises TurnConflictError when another worker was first.
    """
    names = [name for name, _ in tries]
    for name, address, received_at in connection.execute(NAMES, {"provider": provider, "names": names}).all():
        if (name, received_at) in tries:
            _insert(connection, provider, {message_id: name}, at, address)
            return str(name)
    return None


def replied(connection: Connection, provider: str, address: str, most: int) -> list[Reply]:
    """What was replied at `address`, the latest first, `most` at most. What was written there is not kept."""
    query = (
        select(inbox.c.reply)
        .where(inbox.c.provider == provider, inbox.c.address == address)
        .order_by(inbox.c.received_at.desc())
        .limit(most)
    )
    found = map(json.loads, connection.execute(query).scalars())
    return [Reply.from_json(reply) for reply in found if isinstance(reply, dict)]  # an alias holds a name


def said(
    connection: Connection, provider: str, address: str, since: datetime, least: int = 0
) -> list[tuple[datetime, str]]:
    """When something was said at `address` since then, and on which topic, the latest first. Silence is left out.

    Nothing is looked into, and nothing told, where there are fewer than `least` messages.
    """
    rows = connection.execute(SAID, {"provider": provider, "address": address, "since": since}).all()
    found = [(at, json.loads(reply)) for at, reply in rows] if len(rows) >= least else []
    return [(at, reply["intent"]) for at, reply in found if isinstance(reply, dict) and reply["messages"]]


def record(
    connection: Connection,
    provider: str,
    message_id: str,
    reply: Reply,
    at: datetime,
    *,
    address: str = "",
    aliases: Sequence[str] = (),
) -> None:
    """Claim the message, by all its names, with its reply; `address` is whom it is forgotten with.

    Raises TurnConflictError when another worker was first.
    """
    kept: dict[str, Any] = {message_id: reply.to_json()}
    kept |= {alias: message_id for alias in aliases if alias != message_id}
    _insert(connection, provider, kept, at, address)


def _insert(connection: Connection, provider: str, kept: dict[str, Any], at: datetime, address: str) -> None:
    rows = [
        {
            "provider": provider,
            "message_id": name,
            "address": address,
            "reply": json.dumps(value, ensure_ascii=False),
            "received_at": at,
        }
        for name, value in kept.items()
    ]
    try:
        connection.execute(RECORD, rows)
    except IntegrityError as error:
        raise TurnConflictError from error


def hers(person: str, addresses: Collection[str]) -> Any:
    """True of a row at one of her `addresses`, but for what was said to somebody else on the same telephone."""
    return inbox.c.address.in_(addresses) & not_(shared.anothers(person, inbox.c.address, inbox.c.received_at))


def forget(connection: Connection, addresses: Collection[str], person: str) -> None:
    """Nothing tells any more what was replied to `person`. The provider's own names stay, of nobody.

    A late duplicate of a message from before must find nobody, and no answer.
    """
    silent = json.dumps(Reply((), "").to_json())
    connection.execute(update(inbox).where(hers(person, addresses)).values(address="", reply=silent))

"""Every provider message once: a repeat gets the recorded reply, and has no second effect."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from assistant.errors import TurnConflictError
from assistant.storage.schema import inbox
from assistant.turns import Reply


def recorded(connection: Connection, provider: str, message_id: str) -> Reply | None:
    """What was replied to this message, or None when it is new."""
    query = select(inbox.c.reply).where(inbox.c.provider == provider, inbox.c.message_id == message_id)
    found = connection.execute(query).scalar()
    return Reply.from_json(json.loads(found)) if found else None


def record(
    connection: Connection, provider: str, message_id: str, reply: Reply, at: datetime, *, address: str = ""
) -> None:
    """Claim the message with its reply; `address` is whom it is forgotten with.

    Raises TurnConflictError when another worker was first.
    """
    text = json.dumps(reply.to_json(), ensure_ascii=False)
    row = {"provider": provider, "message_id": message_id, "address": address, "reply": text, "received_at": at}
    try:
        connection.execute(insert(inbox).values(**row))
    except IntegrityError as error:
        raise TurnConflictError from error

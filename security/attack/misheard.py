"""What many people said and was not understood, as the service under attack would have kept it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from sqlalchemy import delete, insert

from assistant.figures import LEAST
from assistant.storage.days import day_of
from assistant.storage.schema import unclear
from security.attack.target import Target
from security.attack.visitor import Visitor

GROUP = re.compile(r'name="groupe" value="([^"]+)"')


def heard(target: Target, text: str, reviewer: Visitor) -> str:
    """Have as many people as it takes have said `text` yesterday, and nothing else: what `reviewer` files it by.

    "" when nothing of it is shown: too few of its words are words.
    """
    row = {"text": text, "channel": "sms", "step": "", "day": day_of(datetime.now(timezone.utc) - timedelta(days=1))}
    with target.database.transaction() as connection:
        connection.execute(delete(unclear))
        connection.execute(insert(unclear), [{**row, "share": share} for share in range(LEAST)])
    found = GROUP.search(reviewer.look("/pilotage/incompris").text)
    return found[1] if found else ""

"""Whether an answer helped, counted by day, of nobody: no person, no hour, not even an order.

A row a rating would keep the order in which they came, and the trace of turns (`events`) has an order too: on a quiet
day one would tell whose the other is. There are only counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from assistant.storage import inbox
from assistant.storage.days import day_of
from assistant.storage.schema import ratings
from assistant.storage.upserts import insert_into
from assistant.turns import Channel, Reply

# Whose the names are that count once, beside those of messages.
PROVIDER = "rating"


@dataclass(frozen=True)
class Rating:
    """A topic ("cout") or a step ("activer/fin"), and how many said that it helped, and that it did not."""

    about: str
    helped: int
    not_helped: int


def note(connection: Connection, once: str, about: str, channel: Channel, *, helped: bool, at: datetime) -> bool:
    """One rating more, unless `once` counted before: the name of one person's opinion of one answer, which must lead
    to nobody. Whether it counts now.

    It is remembered longer than any count is shown over (purposes.py): what is shown of eleven is of eleven.

    Of two at the same instant one raises TurnConflictError, and its transaction is lost: the other one counts.
    """
    if inbox.recorded(connection, PROVIDER, once):
        return False
    day = day_of(at)
    # With the day instead of the hour, and without an address: it says that an opinion was given, and nothing else.
    inbox.record(connection, PROVIDER, once, Reply((), PROVIDER), day)
    row = insert_into(connection, ratings).values(day=day, about=about, channel=channel, helped=helped, times=1)
    more = {"times": ratings.c.times + 1}
    connection.execute(row.on_conflict_do_update(index_elements=["day", "about", "channel", "helped"], set_=more))
    return True


def told(connection: Connection, since: datetime, until: datetime | None = None) -> list[Rating]:
    """What was rated since the day of `since`, up to the day before that of `until`: what helped least often first,
    then the most rated."""
    days = [ratings.c.day >= day_of(since), *([ratings.c.day < day_of(until)] if until else [])]
    query = (
        select(ratings.c.about, ratings.c.helped, func.sum(ratings.c.times))
        .where(*days)
        .group_by(ratings.c.about, ratings.c.helped)
    )
    counts: dict[str, dict[bool, int]] = {}
    for about, helped, times in connection.execute(query):
        counts.setdefault(about, {})[bool(helped)] = int(times)
    found = [Rating(about, count.get(True, 0), count.get(False, 0)) for about, count in counts.items()]
    return sorted(found, key=lambda one: (one.helped / (one.helped + one.not_helped), -one.not_helped, one.about))

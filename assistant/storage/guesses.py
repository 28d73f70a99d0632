"""Wrong guesses at what few know: counted by kind, so that those at one thing never close the door of another.

Each is counted three times: of whom it comes from (a visit, a telephone, a name that is signed in with), of her
network, and of all. A visit costs nothing, so her own count holds back hands that tremble; that of all holds back who
guesses; that of a network keeps one address from using up what is for all. Erasing somebody takes her own count away
and no more.

What a guesser has in one window who comes from several networks: a fifth of `most_of_all` from each, and four fifths of
it from all together. The last fifth is for who has not been wrong yet, nor anybody of her network: one guess more from
each further network. Four networks shut out who is wrong herself, fourteen (where `most_of_all` is 50) everybody. A
guesser has in a day:

                      1 network   4 networks   any number
    resume codes            240          960        1,200   of 10,000
    invitations             480        1,920        2,400   of 600,000 digits, 400,000 words with digits
    one-time codes          960        3,840        4,800   each three in a million; 480 for one name
    operators' codes    the same, and only behind a right password; a wrong one counts for its name and network

A network has one share more in a day, since its name is another one after midnight. Whoever comes from no network (a
telephone) is one of her own: her own count is smaller than a share.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, delete, func, insert, not_, or_, select
from sqlalchemy.engine import Connection

from assistant.storage import shared
from assistant.storage.schema import guesses

# Of `most_of_all`: what one network may use, and what is kept for who has not been wrong.
PARTS = 5
# Behind the kind of what is counted of a network, and of all.
NETWORK, ALL = "@net", "@all"

Shut = Literal["too_many", "too_many_of_network", "too_many_of_all"]


@dataclass(frozen=True)
class Caps:
    """How many wrong guesses of `kind` are looked at in any `window`: from one address, and from everywhere."""

    kind: str
    most: int
    most_of_all: int
    window: timedelta

    @property
    def most_of_network(self) -> int:
        return self.most_of_all // PARTS

    @property
    def open_to_all(self) -> int:
        """From so many on, only who has not been wrong is looked at."""
        return self.most_of_all - self.most_of_all // PARTS


RESUME = Caps("resume", 5, 50, timedelta(hours=1))
# A hit shows a doctor's name and uses a leaflet up, no more: wider than for resume codes, since a waiting room may err.
INVITATION = Caps("invite", 5, 100, timedelta(hours=1))
ACCESS = Caps("access", 5, 50, timedelta(minutes=15))
OPERATOR = Caps("operator", 5, 50, timedelta(minutes=15))
EVERY = (RESUME, INVITATION, ACCESS, OPERATOR)


def shut(connection: Connection, caps: Caps, address: str, network: str, at: datetime) -> Shut | None:
    """Whose guesses were too many lately for one more to be looked at: those of `address`, of `network` ("" for none),
    or of all; None when it is looked at."""
    theirs = [and_(guesses.c.kind == caps.kind, guesses.c.address == address), guesses.c.kind == caps.kind + ALL]
    if network:
        theirs.append(and_(guesses.c.kind == caps.kind + NETWORK, guesses.c.address == network))
    recent = select(guesses.c.kind, func.count()).where(guesses.c.at > at - caps.window, or_(*theirs))
    counted = {row[0]: row[1] for row in connection.execute(recent.group_by(guesses.c.kind))}
    own, near, of_all = (counted.get(caps.kind + part, 0) for part in ("", NETWORK, ALL))
    if own >= caps.most:
        return "too_many"
    if near >= caps.most_of_network:
        return "too_many_of_network"
    if of_all >= (caps.open_to_all if own or near else caps.most_of_all):
        return "too_many_of_all"
    return None


def note(connection: Connection, caps: Caps, address: str, network: str, at: datetime, *, of_all: bool = True) -> None:
    """One wrong guess more. Not of who is shut out already: trying again must not lengthen the wait."""
    rows = [{"kind": caps.kind, "address": address, "at": at}]
    if network:
        rows.append({"kind": caps.kind + NETWORK, "address": network, "at": at})
    if of_all:
        rows.append({"kind": caps.kind + ALL, "address": "", "at": at})
    connection.execute(insert(guesses), rows)


def used(connection: Connection, at: datetime) -> dict[str, float]:
    """By kind, how much of what is looked at of all is used up: 0 to 1."""
    found: dict[str, float] = {}
    for caps in EVERY:
        lately = guesses.c.kind == caps.kind + ALL, guesses.c.at > at - caps.window
        count = connection.execute(select(func.count()).select_from(guesses).where(*lately)).scalar_one()
        found[caps.kind] = count / caps.most_of_all
    return found


def hers(person: str, addresses: Collection[str]) -> Any:
    """True of a row at one of her `addresses`, but for what somebody else guessed on the same telephone."""
    return guesses.c.address.in_(addresses) & not_(shared.anothers(person, guesses.c.address, guesses.c.at))


def forget(connection: Connection, addresses: Collection[str], person: str) -> None:
    """Nothing tells any more what `person` guessed."""
    connection.execute(delete(guesses).where(hers(person, addresses)))

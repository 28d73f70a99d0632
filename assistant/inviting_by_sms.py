"""Sends an invitation by SMS, within caps that bound what anybody can make the service pay (SMS pumping).

What is counted and what is written are one transaction, and one at a time: of two who come for the last place at once,
one has it. Nothing of a telephone is learnt here. Whoever said STOP, and whoever another practice invited lately, is
not written to, and the answer is the same as always: that somebody is another physician's patient is nobody's business.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.engine import Connection

from assistant.daytime import daytime
from assistant.inviting import Aim, Inviting
from assistant.mobiles import Mobile
from assistant.privacy.peppers import current
from assistant.privacy.pseudonyms import pseudonym
from assistant.privacy.purposes import INVITED
from assistant.privacy.sealing import Sealer
from assistant.settings import Settings
from assistant.storage import audit, invited, outbox, practice_months, practice_slips
from assistant.storage.alone import alone
from assistant.storage.database import Database
from assistant.storage.invited import TakenUp
from assistant.storage.practices import Member

log = logging.getLogger("camille.inviting")

Name = Literal["number", "minute", "day", "service", "uptake", "night"]


@dataclass(frozen=True)
class Cap:
    """At most `most` in any stretch as long as `window`. Not by the calendar: at midnight nobody has twice as many."""

    name: Name
    most: int
    window: timedelta


# A second message that nobody asked for is what people call spam. What is kept for it is purged when it is over.
A_NUMBER = Cap("number", 1, INVITED)
# Nobody types ten telephones a minute between two patients; a program does.
A_MINUTE = Cap("minute", 10, timedelta(minutes=1))
# Twice the consultations of a full day (22): a member's own stolen session costs no more than this.
A_DAY = Cap("day", 40, timedelta(days=1))
# Of fifty that had the time to answer, fewer than one in twenty did: then they do not reach patients who agreed. The
# practice is paused until the first of the fifty is as old as the window; what is late may still count before that.
UPTAKE = Cap("uptake", 50, INVITED)
LEAST_TAKEN_UP = 20  # one in so many
TIME_TO_ANSWER = timedelta(days=2)

# A form counts once, for as long as its page may stay open.
SLIP = "texted"
SLIP_LIFE = timedelta(days=1)
# The entry of data/answers/ that is sent, and where the address stands in it.
WORDS, LINK = "invitation_sms", "{link}"


@dataclass(frozen=True)
class Refused:
    """Nothing was sent, because of `cap`. `again`: when it will go; None when nobody can tell."""

    cap: Name
    again: datetime | None


def held_back(counted: dict[Cap, datetime | None], at: datetime) -> Refused | None:
    """The cap that holds longest, if any does. `counted`: of each, when its `most`-th newest invitation was made."""
    waits = [
        Refused(cap.name, newest + cap.window)
        for cap, newest in counted.items()
        if newest is not None and newest + cap.window > at
    ]
    return max(waits, key=lambda refused: refused.again or at, default=None)


def ignored(lately: list[TakenUp]) -> datetime | None:
    """When the oldest of the last `UPTAKE.most` was made, if hardly anybody came by them; None otherwise."""
    if len(lately) < UPTAKE.most:
        return None
    taken = sum(one.taken for one in lately)
    return min(one.made_at for one in lately) if taken * LEAST_TAKEN_UP < len(lately) else None


class InvitingBySms:
    """`words` gives the text of the content, with {link} in it."""

    def __init__(self, settings: Settings, database: Database, words: Callable[[], str]) -> None:
        self._settings, self._database, self._words = settings, database, words
        self._sealer = Sealer(*settings.secret_keys)
        self._inviting = Inviting(settings, database)

    def send(
        self, who: Member, mobile: Mobile, *, physician: str, aim: Aim, form: str, at: datetime
    ) -> Refused | Literal["sent"]:
        """Have `mobile` written to in the name of `physician`, who is of the practice. The same `form` counts once."""
        address = pseudonym("phone", mobile.number, self._settings.pseudonym_pepper)
        with self._database.transaction() as connection:
            alone(connection, "inviting by SMS")
            slip = f"{who.practice} {form}"
            if practice_slips.look(connection, SLIP, slip, at) is not None:
                return "sent"
            refused = self._refused(connection, who, address, at)
            if refused is not None:
                # For who runs the service: which cap, which practice (our own name for it), and no number.
                log.warning("An invitation by SMS was held back: %s, practice %s.", refused.cap, who.practice)
                return refused
            self._write(connection, who, mobile, address, physician, aim, at)
            audit.note(connection, who, "texted", at)
            practice_slips.put(connection, SLIP, slip, "", at + SLIP_LIFE, at)
        return "sent"

    def _refused(self, connection: Connection, who: Member, address: str, at: datetime) -> Refused | None:
        opens = daytime(at)
        if opens > at:
            return Refused("night", opens)
        service = Cap("service", self._settings.invitations_per_day, timedelta(days=1))
        if not service.most:
            return Refused("service", None)
        # What the same practice sent to this telephone, whether it left or was passed over in silence.
        hers = [address, self._passed_over(address, who.practice)]
        counted = {
            A_NUMBER: invited.newest(connection, A_NUMBER.most, addresses=hers, practice=who.practice),
            A_MINUTE: invited.newest(connection, A_MINUTE.most, practice=who.practice),
            A_DAY: invited.newest(connection, A_DAY.most, member=who.id),
            service: invited.newest(connection, service.most),
            UPTAKE: ignored(
                invited.taken_up(
                    connection, who.practice, UPTAKE.most, since=at - UPTAKE.window, until=at - TIME_TO_ANSWER
                )
            ),
        }
        return held_back(counted, at)

    def _write(
        self, connection: Connection, who: Member, mobile: Mobile, address: str, physician: str, aim: Aim, at: datetime
    ) -> None:
        """The row of the caps and that of the outbox. Nothing to be sent when somebody else invited her lately."""
        last = invited.newest(connection, 1, addresses=[address])
        if last is not None and last + A_NUMBER.window > at:
            # It costs a place in every cap and counts as made, as if it had left: nothing tells the two apart.
            name = self._passed_over(address, who.practice)
            invited.note(connection, address=name, practice=who.practice, member=who.id, at=at)
            practice_months.count(connection, who.practice, "made", at)
            return
        invited.note(connection, address=address, practice=who.practice, member=who.id, at=at)
        given = self._inviting.make(
            practice=who.practice, physician=physician, way="sms", aim=aim, at=at, connection=connection
        )
        text = self._words().replace(LINK, f"{self._settings.public_base_url}/i/{given.token}")
        outbox.put(
            connection,
            key=f"{outbox.INVITE}{given.id}",
            kind="sms",
            address=address,
            number=self._sealer.seal(mobile.number, current(address)),
            # Sealed as well: of the letters of a link, the database holds a hash and no more.
            body=self._sealer.seal(text, current(address)),
            due_at=at,
            at=at,
        )

    def _passed_over(self, address: str, practice: str) -> str:
        """Another name of the same telephone, which means something to this practice only."""
        return pseudonym("invited", f"{practice} {address}", self._settings.pseudonym_pepper)

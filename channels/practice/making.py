"""Makes an invitation, once a form, and keeps what leads to it for a day, so that a reload shows the same one.

The invitation itself holds hashes only. What a screen or a sheet shows is therefore kept apart, sealed beside the
practice that it belongs to, and for as long as somebody may still be looking at it: a day. Nobody opens it for another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from assistant.errors import SealError
from assistant.inviting import STACK, Inviting
from assistant.storage import audit, practice_slips
from assistant.storage.audit import Act
from assistant.storage.invitations import Aim, Way
from assistant.storage.practices import Member
from channels.practice.choice import AIM, PHYSICIAN, choose
from channels.practice.member import member, sealer
from channels.services import services
from channels.web.once import MESSAGE_ID, id_of
from channels.web.typography import NO_BREAK

KIND = "made"
KEPT = timedelta(days=1)
ACTS: dict[Way, Act] = {"show": "shown", "print": "printed", "poster": "printed"}


@dataclass(frozen=True)
class Made:
    """An invitation and the three keys to it. `copies` is how many sheets are printed of it; `name` is its address."""

    name: str
    invitation: int
    token: str
    word: str
    digits: str
    expires_at: datetime
    way: Way
    aim: Aim
    physician: str
    shown_as: str
    copies: int

    @property
    def link(self) -> str:
        """Where its square leads."""
        return f"{services().settings.public_base_url}/i/{self.token}"

    @property
    def again(self) -> dict[str, str]:
        """The choice it was made from, for the address of the next one."""
        return {AIM: self.aim, PHYSICIAN: self.physician}

    @property
    def typed(self) -> str:
        """The digits as people type them, three by three."""
        return f"{self.digits[:3]}{NO_BREAK}{self.digits[3:]}"

    @property
    def written(self) -> str:
        """The word and its number, on one line."""
        return self.word.replace(" ", NO_BREAK)


def make(form: Mapping[str, str], way: Way, *, stack: bool = False) -> str:
    """Make what `form` asks for. Returns the name it is found by, "" when its physician is not one of the practice.

    The same form again, by a double press or by going back, makes no other: its one-time id is that name.
    """
    who, at, choice, name = member(), services().clock(), choose(form), id_of(form)
    if choice.physician is None:
        return ""
    under = _under(who, name)
    settings, database = services().settings, services().conversation.database
    with database.transaction() as connection:
        if practice_slips.look(connection, KIND, under, at) is not None:
            return name
        given = Inviting(settings, database).make(
            practice=who.practice,
            physician=choice.physician.id,
            way=way,
            aim=choice.aim,
            at=at,
            stack=stack,
            connection=connection,
        )
        audit.note(connection, who, ACTS[way], at)
        made = Made(
            name,
            given.id,
            given.token,
            given.word,
            given.digits,
            given.expires_at,
            way,
            choice.aim,
            choice.physician.id,
            choice.physician.shown_as,
            STACK if stack else 1,
        )
        until = min(at + KEPT, given.expires_at)
        practice_slips.put(connection, KIND, under, _sealed(who, made), until, at)
    return name


def find(name: str, *ways: Way) -> Made | None:
    """What was made under `name` by this practice; None when it is not there any more, or leads nowhere by now."""
    if not MESSAGE_ID.fullmatch(name):
        return None
    settings, database, at = services().settings, services().conversation.database, services().clock()
    who = member()
    with database.transaction() as connection:
        value = practice_slips.look(connection, KIND, _under(who, name), at)
    made = _opened(who, value) if value else None
    if made is None or made.way not in ways or Inviting(settings, database).peek(made.token, at) is None:
        return None
    return replace(made, name=name)


def _under(who: Member, name: str) -> str:
    """Another practice that learns a name finds nothing under it."""
    return f"{who.practice} {name}"


def _sealed(who: Member, made: Made) -> str:
    told = {**asdict(made), "name": "", "expires_at": made.expires_at.isoformat()}
    return sealer().seal(json.dumps(told), who.practice)


def _opened(who: Member, value: str) -> Made | None:
    try:
        told = json.loads(sealer().open(value, who.practice))
    except SealError:  # the secret was changed since
        return None
    return Made(**{**told, "expires_at": datetime.fromisoformat(told["expires_at"])})

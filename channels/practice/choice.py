"""What the next invitation is for, and in which physician's name: chosen on the one screen, carried by the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from flask import request

from assistant.storage import practices
from assistant.storage.invitations import Aim
from assistant.storage.practices import Member
from channels.practice.member import member
from channels.services import services

AIMS: tuple[Aim, ...] = get_args(Aim)
# Most people have nothing activated yet, and all else needs it (A17).
USUAL: Aim = "activer"
AIM, PHYSICIAN = "pour", "chez"


@dataclass(frozen=True)
class Choice:
    """`physicians` are those in whose name the member may invite; `physician` is None when the one named is not one."""

    aim: Aim
    physicians: tuple[Member, ...]
    physician: Member | None

    @property
    def query(self) -> dict[str, Any]:
        """What an address carries so that the next page finds the same choice."""
        said: dict[str, Any] = {AIM: self.aim}
        if self.physician and len(self.physicians) > 1:
            said[PHYSICIAN] = self.physician.id
        return said


def choose(values: Mapping[str, str]) -> Choice:
    """The choice that an address or a form carries, with good defaults for what it leaves out.

    An address may be an old one: its physician may have left, and another is proposed. A form says what was read.
    """
    aim = next((aim for aim in AIMS if aim == values.get(AIM)), USUAL)
    theirs = _may_invite_for(member())
    named = values.get(PHYSICIAN, "")
    found = next((physician for physician in theirs if physician.id == named), None)
    if found is None and theirs and (not named or request.method == "GET"):
        found = theirs[0]
    return Choice(aim, theirs, found)


def _may_invite_for(who: Member) -> tuple[Member, ...]:
    """A physician invites in her own name; who has an access only, in the name of any physician of the practice."""
    if who.role == "physician":
        return (who,)
    with services().conversation.database.transaction() as connection:
        return tuple(practices.physicians(connection, who.practice))

"""Those who run the service under attack: given an access as `camille operator add` gives one, and come in by its link.

They are made by the pages themselves: the password and the key of the codes are known to who took the link up alone.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import pyotp
from sqlalchemy import delete

from assistant.one_time_codes import STEP
from assistant.storage import operator_acts, operator_sessions, operators
from assistant.storage.guesses import OPERATOR
from assistant.storage.operators import Role
from assistant.storage.practice_sessions import new_token
from assistant.storage.schema import guesses
from security.attack.desk import Desk
from security.attack.target import Target
from security.attack.visitor import Answer, Visitor

COOKIE = "__Host-camille-pilotage"
KEY = re.compile(r'<p class="key">(.*?)</p>', re.DOTALL)
DOOR, LINK = "/pilotage/entrer", "/pilotage/acces/"


@dataclass(frozen=True)
class Operator:
    """One of them, who has taken her access up. `key` makes the codes of her telephone."""

    target: Target
    name: str
    role: Role
    password: str = field(repr=False)
    key: str = field(repr=False)

    @classmethod
    def of(cls, target: Target, role: Role, visitor: Visitor | None = None) -> Operator:
        """A new one, who takes her access up in the browser of `visitor`, and is signed in there."""
        name, link = offered(target, role)
        return cls(target, name, role, *_taken_up(visitor or Visitor(target), link, _now()))

    @property
    def code(self) -> str:
        """What her telephone shows in half a minute: good already, and not used up by her taking the access up."""
        return pyotp.TOTP(self.key).at(_now() + timedelta(seconds=STEP))

    def visitor(self) -> Visitor:
        """A browser in which she is signed in."""
        token = new_token()
        with self.target.database.transaction() as connection:
            operator_sessions.begin(connection, token, self.name, _now())
        return Visitor(self.target, cookies={COOKIE: token})

    def again(self) -> Operator:
        """She has followed a new link: another password, another key, and the next code, which is good once too."""
        with self.target.database.transaction() as connection:
            token = operators.offer(connection, self.name, _now())
        proofs = _taken_up(Visitor(self.target), f"{LINK}{token}", _now() + timedelta(seconds=STEP))
        return Operator(self.target, self.name, self.role, *proofs)


def offered(target: Target, role: Role) -> tuple[str, str]:
    """The name of somebody new, and the path of the link that nobody has followed yet.

    What other attacks guessed at this door is forgotten: it would be closed to her too.
    """
    with target.database.transaction() as connection:
        connection.execute(delete(guesses).where(guesses.c.kind.startswith(OPERATOR.kind)))
        name, token = operators.add(connection, "attaque", role, _now())
        operator_acts.note(connection, operator_acts.COMMAND_LINE, "given", _now(), name)
    return name, f"{LINK}{token}"


def pressed(visitor: Visitor, link: str) -> str:
    """The key that is shown to who presses the button behind `link`. The link is used up."""
    shown = KEY.search(visitor.follow(visitor.send(link, {})).text)
    if shown is None:
        raise LookupError("no key was shown behind the link of an operator's access")
    return re.sub(r"<[^>]*>|\s", "", shown[1])


def began(answer: Answer) -> bool:
    """Whether a session of an operator begins with `answer`."""
    return any(name == "set-cookie" and value.startswith(f"{COOKIE}=") for name, value in answer.headers)


def everywhere(target: Target) -> Visitor:
    """A browser in which somebody is signed in behind both doors, as a physician and to do all that an operator may."""
    visitor = Desk.of(target).visitor()
    visitor.cookies |= Operator.of(target, "exploitation").visitor().cookies
    return visitor


def _taken_up(visitor: Visitor, link: str, shown_at: datetime) -> tuple[str, str]:
    """The password and the key of who has just taken up the access of `link`."""
    password, key = secrets.token_urlsafe(16), pressed(visitor, link)
    form = {"passe": password, "encore": password, "code": pyotp.TOTP(key).at(shown_at)}
    answer = visitor.send(f"{link}/cle", form)
    if not began(answer):
        raise LookupError(f"an operator's access could not be taken up: {answer.status}")
    return password, key


def _now() -> datetime:
    return datetime.now(timezone.utc)

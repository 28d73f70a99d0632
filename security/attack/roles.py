"""Each address of those who run the service, by each who may not: strangers, physicians, lesser roles, who left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from assistant.storage import operators, schema, switches
from assistant.storage.operators import ROLES, Role
from security.attack.desk import Desk
from security.attack.ledger import Ledger
from security.attack.looking import Watch
from security.attack.misheard import heard
from security.attack.operators import DOOR, Operator
from security.attack.target import Target
from security.attack.visitor import Answer, Visitor
from security.openapi import described

# What who may not must leave as it was.
KEPT = ("operators", "operator_acts", "switches", "unclear")
TEXT = "je trouve pas le bouton de la page"


@dataclass(frozen=True)
class Guarded:
    """One address behind the sign-in, and what there would do something: a channel would close, a phrase would go."""

    watch: Watch
    reviewer: Visitor
    method: str
    path: str

    def asked(self, visitor: Visitor) -> tuple[Answer, bool]:
        """What `visitor` is answered, and whether something was done."""
        form = {"canal": "practice", "vers": "off", "sur": "1"}
        if self.path == "/pilotage/incompris":
            form = {"groupe": heard(self.watch.target, TEXT, self.reviewer), "sujet": "rien"}
        before = _kept(self.watch.target)
        answer = visitor.send(self.path, form) if self.method == "post" else visitor.look(self.path)
        return answer, _kept(self.watch.target) != before

    def refuses(self, name: str, visitor: Visitor, status: int) -> None:
        answer, done = self.asked(visitor)
        shut = answer.status == status and (status != 303 or answer.header("location").startswith(DOOR))
        self._note(name, answer, "" if shut else f"let in with {answer.status}", "something was done" if done else "")

    def lets_in(self, name: str, visitor: Visitor) -> None:
        """And what is pressed is done: a refusal of everybody would pass for a guard."""
        answer, done = self.asked(visitor)
        shut = answer.status not in (200, 303) or answer.header("location").startswith(DOOR)
        idle = self.method == "post" and not done
        self._note(name, answer, f"kept out with {answer.status}" if shut else "", "nothing was done" if idle else "")

    def _note(self, name: str, answer: Answer, *wrong: str) -> None:
        self.watch(f"{self.method.upper()} {self.path} by {name}", answer, *wrong)


def roles(target: Target, ledger: Ledger, folder: Path) -> None:
    """Every address, from the least who may ask to the most."""
    watch = Watch(target, ledger, "role")
    staff = {role: Operator.of(target, role) for role in ROLES}
    others = {
        "a stranger": Visitor(target),
        "a physician": Desk.of(target).visitor(),
        "one who was ended": _ended(target),
    }
    for method, path, least in guarded(folder):
        one = Guarded(watch, staff["relecture"].visitor(), method, path)
        for name, visitor in others.items():
            one.refuses(name, visitor, 303)
        for role in ROLES:
            if ROLES.index(role) < ROLES.index(least):
                one.refuses(role, staff[role].visitor(), 403)
            else:
                one.lets_in(role, staff[role].visitor())
        with target.database.transaction() as connection:
            switches.switch_on(connection, "practice")
    for path in ("/medecin", "/medecin/acces", "/medecin/journal", "/medecin/journal.csv", "/medecin/sms"):
        answer = staff["exploitation"].visitor().look(path)
        shut = answer.status == 303 and answer.header("location").startswith("/medecin/entrer")
        watch(f"GET {path} by an operator", answer, "" if shut else f"let in with {answer.status}")


def guarded(folder: Path) -> Iterator[tuple[str, str, Role]]:
    """Each address behind the sign-in, and the least of the roles that may ask it."""
    for path, place in described(folder / "described")["paths"].items():
        for method, told in place.items():
            for each in told.get("security", ()):
                if "operator" in each:
                    yield method, path, next(iter(each["operator"]), ROLES[0])


def _ended(target: Target) -> Visitor:
    """Somebody who could do everything, and whose access was ended while she was signed in."""
    one = Operator.of(target, "exploitation")
    visitor = one.visitor()
    with target.database.transaction() as connection:
        operators.end(connection, one.name)
    return visitor


def _kept(target: Target) -> dict[str, list[str]]:
    with target.database.transaction() as connection:
        return {name: sorted(map(str, connection.execute(select(schema.metadata.tables[name])))) for name in KEPT}

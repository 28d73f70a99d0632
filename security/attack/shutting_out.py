"""Wrong guesses that are made to shut the others out: from one address, at every door that counts them.

Two promises: who gives the right code from elsewhere is let in all the same, and one address cannot use up what is for
all. How many holders were shut out stands in the report: it is none.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pyotp
from sqlalchemy import func, select

from assistant.one_time_codes import new_key
from assistant.operator_proofs import OperatorProofs, hashed
from assistant.storage import operators, schema
from assistant.storage.guesses import EVERY
from security.attack.desk import Desk, now
from security.attack.guessing import forget, signed_in, taken_up
from security.attack.ledger import Ledger
from security.attack.looking import faults
from security.attack.target import Target
from security.attack.visitor import Answer, Visitor, somewhere
from security.attack.webhooks import form_of

KIND = "shutting out"
# More than may be wrong from everywhere together.
TIMES = max(caps.most_of_all for caps in EVERY) + 20
# Of whoever sends wrong proofs at a door, one address may send so many before requests themselves are held back.
AT_A_DOOR = 30
CODES = 80


def shut_out(target: Target, ledger: Ledger) -> None:
    """One address at each door, then the holder of what is right from another."""
    doors: dict[str, Callable[[Target, Ledger, str], bool]] = {
        "a resume code": _resume_code,
        "an invitation by its word": _invitation,
        "an access of a practice": _access,
        "the switch of those who run it": _operator,
        "a code to go on elsewhere": _codes_used_up,
    }
    out = []
    for name, door in doors.items():
        forget(target)
        let_in = door(target, ledger, somewhere())
        ledger.note(KIND, f"the holder of {name}", "let in" if let_in else "shut out", held=let_in)
        out += [] if let_in else [name]
    forget(target)
    ledger.figures["Shut out by one address"] = f"{len(out)} of {len(doors)}" + "".join(f", {name}" for name in out)


def _resume_code(target: Target, ledger: Ledger, address: str) -> bool:
    owner = _with_a_place(target)
    owner.send("/reprise", {})
    code = "".join(re.findall(r'<span class="digit">(\d)</span>', owner.look("/reprise").text))
    if not code:
        return False
    for number in range(TIMES):
        wrong = f"{(int(code) + 1 + number) % 10_000:04d}"
        _told(target, ledger, "a wrong resume code", Visitor(target, address).send("/", {"code": wrong}))
    before = _codes(target)
    Visitor(target).send("/", {"code": code})
    return _codes(target) == before - 1


def _invitation(target: Target, ledger: Ledger, address: str) -> bool:
    _, word, _ = Desk.of(target).invitation()
    name, _, digits = word.partition(" ")
    for number in range(TIMES):
        wrong = f"{name} {(int(digits) + 1 + number) % 1_000:03d}"
        _told(target, ledger, "a wrong invitation", Visitor(target, address).send("/", {"text": wrong}))
    before = _guests(target)
    Visitor(target).webhook("/sms", {**form_of("/sms"), "Body": word})
    Visitor(target).send("/", {"text": word})
    return _guests(target) == before + 2


def _access(target: Target, ledger: Ledger, address: str) -> bool:
    name, key = taken_up(target, Desk.of(target))
    for number in range(AT_A_DOOR):
        form = {"nom": f"accueil-{number:04d}", "code": "000000"}
        answer = Visitor(target, address).send("/medecin/entrer/code", form)
        _told(target, ledger, "a wrong access", answer)
    right = {"nom": name, "code": pyotp.TOTP(key).now()}
    return signed_in(Visitor(target).send("/medecin/entrer/code", right))


def _operator(target: Target, ledger: Ledger, _: str) -> bool:
    """Here from ever new addresses: without a password, not even many of them keep anybody out."""
    password = secrets.token_urlsafe()
    with target.database.transaction() as connection:
        name, _token = operators.add(connection, "attaque", "exploitation", now())
        key = new_key(name)
        operators.take_up(connection, name, hashed(password), OperatorProofs(target.settings).codes.seal(key))
    for number in range(TIMES):
        form = {"nom": f"marie-{number:04d}", "passe": "le train de neuf heures", "code": "000000"}
        _told(target, ledger, "a wrong operator", Visitor(target).send("/pilotage/entrer", form))
    right = {"nom": name, "passe": password, "code": pyotp.TOTP(key.secret).now()}
    return signed_in(Visitor(target).send("/pilotage/entrer", right))


def _codes_used_up(target: Target, ledger: Ledger, address: str) -> bool:
    """Every code that is given to one address is one of ten thousand less: it stops long before the end."""
    before = _codes(target)
    for _ in range(CODES):
        visitor = _with_a_place(target, address)
        _told(target, ledger, "a code taken", visitor.send("/reprise", {}))
    taken = _codes(target) - before
    ledger.note(KIND, "codes that one address takes in an hour", f"{taken} taken", held=0 < taken <= 60)
    holder = _with_a_place(target)
    holder.send("/reprise", {})
    return _codes(target) == before + taken + 1


def _with_a_place(target: Target, address: str = "") -> Visitor:
    visitor = Visitor(target, address)
    visitor.send("/", {"text": "activer"})
    return visitor


def _codes(target: Target) -> int:
    """People who have a code now; the link that is given beside it is another row."""
    with target.database.transaction() as connection:
        people = select(func.count(func.distinct(schema.resume_codes.c.person)))
        return int(connection.execute(people).scalar_one())


def _guests(target: Target) -> int:
    with target.database.transaction() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.guests)).scalar_one())


def _told(target: Target, ledger: Ledger, what: str, answer: Answer) -> None:
    wrong = faults(answer, target)
    if any(name == "set-cookie" and "camille-pilotage" in value for name, value in answer.headers):
        wrong.append("signed in")
    ledger.note(KIND, what, ", ".join(wrong) or f"answered {answer.status}", held=not wrong)

"""A cookie that somebody else put into a browser, or spoilt, or kept: it opens nothing."""

from __future__ import annotations

import re

from pyotp import TOTP
from sqlalchemy import delete

from assistant.storage.schema import guesses
from security.attack import operators
from security.attack.desk import COOKIE, Desk
from security.attack.ledger import Ledger
from security.attack.looking import Watch
from security.attack.operators import Operator
from security.attack.target import Target
from security.attack.visitor import Answer, Visitor

PLANTED = "p" * 43


def plant(target: Target, ledger: Ledger) -> None:
    """The one of a sign-in is new, the planted one stays nobody's, and that of who has left is over."""
    watch = Watch(target, ledger, "session fixation")
    # What was guessed before closes the doors to who comes in rightly, too.
    with target.database.transaction() as connection:
        connection.execute(delete(guesses))
    secretary = Visitor(target, cookies={COOKIE: PLANTED})
    _fixed(watch, COOKIE, "/medecin", secretary, _access(target, secretary))
    steering = Visitor(target, cookies={operators.COOKIE: PLANTED})
    operator = Operator.of(target, "exploitation", steering)
    _fixed(watch, operators.COOKIE, "/pilotage", steering, steering.look("/pilotage"))
    again = Visitor(target, cookies={operators.COOKIE: PLANTED})
    form = {"nom": operator.name, "passe": operator.password, "code": operator.code}
    _fixed(watch, operators.COOKIE, "/pilotage", again, again.send(operators.DOOR, form))
    _taken_up_again(watch)
    _spoilt(watch)
    _tokens_of_others(watch)


def _access(target: Target, secretary: Visitor) -> Answer:
    """Taken up in her browser, in which she is signed in then."""
    _, letters = Desk.of(target).access("Accueil")
    secretary.send(f"/medecin/acces/{letters}", {})
    page = secretary.look(f"/medecin/acces/{letters}").text
    key = "".join(re.findall(r"\b[A-Z2-7]{4}\b", page[page.index("<main") :]))[:32]
    return secretary.send(f"/medecin/acces/{letters}/code", {"code": TOTP(key).now()})


def _fixed(watch: Watch, cookie: str, home: str, victim: Visitor, answer: Answer) -> None:
    """`victim`, with a planted cookie before, has just signed in with `answer`."""
    target, now = watch.target, victim.cookies.get(cookie, "")
    watch(
        f"the cookie of a sign-in to {home} is new",
        answer,
        "" if now not in ("", PLANTED) else "it is the planted one",
    )
    thief = Visitor(target, cookies={cookie: PLANTED}).look(home)
    watch(f"who planted a cookie is not signed in to {home} by it", thief, "" if thief.status == 303 else "let in")
    inside = Visitor(target, cookies={cookie: now}).look(home)
    watch(f"who signed in to {home} is", inside, "" if inside.status == 200 else "kept out")
    victim.send(f"{home}/sortir", {})
    after = Visitor(target, cookies={cookie: now}).look(home)
    watch(f"the cookie of who has left {home}", after, "" if after.status == 303 else "let in")


def _taken_up_again(watch: Watch) -> None:
    """Whoever was signed in as her is not any more, once she has a new password."""
    operator = Operator.of(watch.target, "exploitation")
    before = operator.visitor()
    operator.again()
    after = before.look("/pilotage")
    watch("a session from before a new password", after, "" if after.status == 303 else "let in")


def _spoilt(watch: Watch) -> None:
    stranger = Visitor(watch.target)
    stranger.look("/reprise")
    visit = stranger.cookies.get("__Host-camille", "")
    another = "B" if visit[-9:-8] == "A" else "A"
    for spoilt in (
        visit[:-9] + another + visit[-8:],
        visit.rpartition(".")[0],
        visit[::-1],
        "eyJ2aXNpdCI6ImEifQ.a.a",
        visit + "A",
    ):
        thief = Visitor(watch.target, cookies={"__Host-camille": spoilt})
        answer = thief.look("/mes-donnees")
        same = thief.cookies.get("__Host-camille") == visit
        watch(f"a visit's cookie spoilt to {spoilt[:12]}", answer, "it is believed" if same else "")


def _tokens_of_others(watch: Watch) -> None:
    """The token of a form is good in the browser that was given it, not in one that is signed in and has its own."""
    token, victim = Visitor(watch.target).token(), operators.everywhere(watch.target)
    victim.look("/reprise")
    for path in ("/", "/medecin/acces", "/medecin/sortir", "/pilotage/canaux", "/pilotage/sortir"):
        answer = victim.ask("POST", path, {"csrf_token": token, "text": "bonjour", "canal": "web", "vers": "off"})
        watch(f"the token of somebody else's form for {path}", answer, "" if answer.status == 400 else "taken")

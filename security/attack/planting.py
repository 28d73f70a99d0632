"""A cookie that somebody else put into a browser, or spoilt, or kept: it opens nothing."""

from __future__ import annotations

import re

from pyotp import TOTP

from security.attack.desk import COOKIE, Desk
from security.attack.ledger import Ledger
from security.attack.looking import Watch
from security.attack.target import Target
from security.attack.visitor import Visitor


def plant(target: Target, ledger: Ledger) -> None:
    """The one of a sign-in is new, the planted one stays nobody's, and that of who has left is over."""
    watch, desk = Watch(target, ledger, "session fixation"), Desk.of(target)
    planted = "p" * 43
    victim = Visitor(target, cookies={COOKIE: planted})
    _, letters = desk.access("Accueil")
    victim.send(f"/medecin/acces/{letters}", {})
    page = victim.look(f"/medecin/acces/{letters}").text
    key = "".join(re.findall(r"\b[A-Z2-7]{4}\b", page[page.index("<main") :]))[:32]
    answer = victim.send(f"/medecin/acces/{letters}/code", {"code": TOTP(key).now()})
    now = victim.cookies.get(COOKIE, "")
    watch(
        "the cookie of a sign-in is new",
        answer,
        "" if now not in ("", planted) else "it is the planted one",
    )
    thief = Visitor(target, cookies={COOKIE: planted}).look("/medecin")
    watch(
        "who planted a cookie is not signed in by it",
        thief,
        "" if thief.status == 303 else "let in",
    )
    inside = Visitor(target, cookies={COOKIE: now}).look("/medecin")
    watch("who signed in is", inside, "" if inside.status == 200 else "kept out")
    victim.send("/medecin/sortir", {})
    after = Visitor(target, cookies={COOKIE: now}).look("/medecin")
    watch("the cookie of who has left", after, "" if after.status == 303 else "let in")
    stranger = Visitor(target)
    stranger.look("/reprise")
    visit = stranger.cookies.get("__Host-camille", "")
    for spoilt in (
        visit[:-9] + "A" + visit[-8:],
        visit.rpartition(".")[0],
        visit[::-1],
        "eyJ2aXNpdCI6ImEifQ.a.a",
        visit + "A",
    ):
        thief_visit = Visitor(target, cookies={"__Host-camille": spoilt})
        answer = thief_visit.look("/mes-donnees")
        same = thief_visit.cookies.get("__Host-camille") == visit
        watch(f"a visit's cookie spoilt to {spoilt[:12]}", answer, "it is believed" if same else "")
    for forged in (desk.visitor(),):
        forged.cookies["__Host-camille"] = visit
        other = Visitor(target)
        answer = other.ask("POST", "/", {"csrf_token": stranger.token(), "text": "bonjour"})
        watch("the token of somebody else's form", answer, "" if answer.status == 400 else "taken")

"""Other sites: they are never led to, may not frame a page, are told nothing, and their forms are not taken."""

from __future__ import annotations

import re

from security.attack.ledger import Ledger
from security.attack.looking import Watch
from security.attack.operators import everywhere
from security.attack.target import EMBEDDER, Target
from security.attack.visitor import Visitor
from security.attack.webhooks import counts

EVIL = "https://evil.example"
ELSEWHERE = (
    EVIL,
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/%5cevil.example",
    "\\/evil.example",
)
RETURNS = ("next", "return", "return_to", "url", "redirect", "redirect_uri", "continue", "back", "suite", "retour")
PAGES = (
    "/",
    "/reprise",
    "/attente",
    "/avis",
    "/medecin",
    "/medecin/entrer",
    "/medecin/entrer/code",
    "/medecin/sortie",
    "/pilotage",
    "/pilotage/entrer",
    "/pilotage/parcours",
    "/pilotage/canaux",
    "/pilotage/journal",
    "/verifier",
)


def other_sites(target: Target, ledger: Ledger, *, whole: bool) -> None:
    """All of it, once; not `whole`: two names of a return, to two places."""
    _elsewhere(target, ledger, None if whole else 2)
    _frames(target, ledger)
    _asking(target, ledger)


def _elsewhere(target: Target, ledger: Ledger, most: int | None) -> None:
    watch, signed_in = Watch(target, ledger, "open redirect"), everywhere(target)
    for page in PAGES:
        for name in RETURNS[:most]:
            for to in ELSEWHERE[:most]:
                for visitor in (signed_in, Visitor(target)):
                    watch(f"{page}?{name}={to}", visitor.look(f"{page}?{name}={to}"))
    for path in (
        "//evil.example",
        "//evil.example/%2e%2e",
        "/\\evil.example",
        "/%0d%0aLocation:%20https://evil.example",
        "/medecin//evil.example",
        "/pilotage//evil.example",
    ):
        watch(path, Visitor(target).look(path))
    for path, form in (
        ("/", {"key": "1", "next": EVIL}),
        ("/avis", {"next": EVIL}),
        ("/reprise", {"next": EVIL}),
        ("/medecin", {"pour": EVIL}),
        ("/pilotage/canaux", {"canal": EVIL, "next": EVIL}),
        ("/pilotage/incompris", {"groupe": EVIL, "next": EVIL}),
        # They sign out: another form would say nothing any more.
        ("/pilotage/sortir", {"next": EVIL}),
        ("/pilotage/entrer", {"nom": EVIL, "next": EVIL}),
        ("/medecin/sortir", {"next": EVIL}),
    ):
        watch(f"POST {path}", signed_in.send(path, form))


def _frames(target: Target, ledger: Ledger) -> None:
    watch = Watch(target, ledger, "embedding")
    for page in (*PAGES, "/bouton", "/bouton.js", "/mes-donnees"):
        answer = Visitor(target).ask("GET", page, headers={"Origin": EVIL, "Referer": EVIL, "Sec-Fetch-Dest": "iframe"})
        allowed = re.search(r"frame-ancestors ([^;]+)", answer.header("content-security-policy"))
        said = allowed[1] if allowed else ""
        wanted = EMBEDDER if page == "/bouton" else "'none'"
        watch(
            f"{page} in a frame",
            answer,
            "" if said == wanted else f"frames of {said or 'anybody'}",
        )
    start = Visitor(target).look("/bouton")
    watch("the framed page has no form", start, "a form" if "<form" in start.text else "")
    watch("the framed page has no cookie", start, "a cookie" if start.header("set-cookie") else "")
    script, framed = Visitor(target).look("/bouton.js"), Visitor(target).look("/static/framed.js")
    checks = "event.origin !== home" in script.text and "event.source !== frame.contentWindow" in script.text
    watch(
        "the button believes its own window only",
        script,
        "" if checks else "it believes anybody",
    )
    sent = re.findall(r"postMessage\(([^)]*)\)", framed.text)
    secret = [each for each in sent if not re.fullmatch(r'"camille:[a-z]+", "\*"', each)]
    watch("what the framed page tells its window", framed, f"it tells {secret}" if secret else "")


def _asking(target: Target, ledger: Ledger) -> None:
    """Scripts of other sites are told nothing (no CORS), and their forms are not taken."""
    watch = Watch(target, ledger, "another site")
    for page in (*PAGES, "/mes-donnees", "/healthz", "/readyz", "/metrics", "/bouton", "/medecin/journal.csv"):
        for origin in (EVIL, "null", EMBEDDER, f"{target.base}.evil.example", "https://camille.example.evil"):
            for method in ("GET", "OPTIONS"):
                headers = {
                    "Origin": origin,
                    "Access-Control-Request-Method": "POST",
                    "Access-Control-Request-Headers": "x",
                }
                answer = Visitor(target).ask(method, page, headers=headers)
                told = [name for name, _ in answer.headers if name.startswith("access-control")]
                watch(f"{method} {page} from {origin}", answer, f"told {told}" if told else "")
    victim = everywhere(target)
    victim.look("/reprise")
    before = counts(target)
    for path in (
        "/",
        "/avis",
        "/reprise",
        "/medecin",
        "/medecin/acces",
        "/medecin/sms",
        "/medecin/montrer",
        "/medecin/sortir",
        "/medecin/retirer",
        "/pilotage/entrer",
        "/pilotage/canaux",
        "/pilotage/incompris",
        "/pilotage/sortir",
    ):
        form = {"text": "effacer", "nom": "x", "key": "1", "canal": "web", "vers": "off", "sur": "1"}
        answer = victim.ask("POST", path, form, {"Origin": EVIL, "Referer": f"{EVIL}/"})
        watch(
            f"a form for {path}",
            answer,
            "" if answer.status == 400 else f"taken with {answer.status}",
        )
    still = [victim.look(home).status for home in ("/medecin", "/pilotage")]
    same = counts(target) == before and still == [200, 200]
    ledger.note(
        watch.kind, "forms of another site change nothing", "nothing changed" if same else "something did", held=same
    )
    metrics = Visitor(target).look("/metrics")
    watch("/metrics without its token", metrics, "" if metrics.status == 404 else "told")

"""Text that would like to be code: SQL, HTML, TwiML, headers, templates, formulas, in every field people can write.

What is stored is looked at again on every page where it could come back, as a parser reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyotp
from sqlalchemy import inspect

from assistant.folding import fold
from assistant.review_file import read_review
from channels.practice.identity import CONTROL
from channels.web.once import one_time_id
from security.attack.desk import Desk
from security.attack.ledger import Ledger
from security.attack.looking import MARK, Watch
from security.attack.misheard import heard
from security.attack.operators import Operator, began, offered, pressed
from security.attack.target import Target
from security.attack.visitor import Answer, Visitor, somewhere
from security.attack.webhooks import form_of
from security.openapi import TOKEN, described

FIGURES = re.compile(r"\d")

PAYLOADS = {
    "SQL": (
        f"' OR '1'='1' -- {MARK}",
        f"'; DROP TABLE persons; -- {MARK}",
        f"1) UNION SELECT secret,1,1 FROM members -- {MARK}",  # noqa: S608 - it is the attack
        f"\\'; SELECT pg_sleep(9); -- {MARK}",
    ),
    "HTML": (
        f"<{MARK} onload=1>",
        f'"><{MARK} {MARK}=1>',
        f"' {MARK}=1 x='",
        f"</textarea></script><{MARK}/>",
        f"<!DOCTYPE {MARK}>&lt;{MARK}&gt;",
        f"javascript:{MARK}",
    ),
    "TwiML": (
        f"</Message><{MARK}/><Message>",
        f"</Say><Dial>{MARK}</Dial><Say>",
        f"]]><{MARK}/><![CDATA[",
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x "{MARK}">]><r>&x;</r>',
        f"\x00\x01\x0b\x1b{MARK}\ufffe",
    ),
    "header": (
        f"x\r\nSet-Cookie: {MARK}=1\r\n\r\n<{MARK}>",
        f"x%0d%0aSet-Cookie:%20{MARK}=1",
        f"x\u560d\u560aSet-Cookie: {MARK}=1",
        f"x\nX-{MARK}: 1",
    ),
    "template": (f"{{{{ {MARK}.__class__ }}}}{{% raw %}}", f"${{{MARK}}}#{{7*7}}%s%(x)s{{number}}{{label}}"),
    "formula": (f'=HYPERLINK("http://{MARK}")', f"@SUM(1){MARK}", f"+1{MARK}", f"-1{MARK}"),
    "path": (f"../../../../etc/passwd%00{MARK}", f"..\\..\\{MARK}"),
}
SLEEP = 8  # seconds, less than what is asked of PostgreSQL
SOURCES = ("/", "/reprise", "/mes-donnees", "/medecin/entrer/code")
DESK_PAGES = tuple(
    f"/medecin{path}"
    for path in ("", "/acces", "/journal", "/journal.csv", "/chiffres", "/chiffres.csv", "/feuille", "/affiche", "/sms")
)
STEERING_PAGES = tuple(
    f"/pilotage{path}"
    for path in ("", "/parcours", "/incompris", "/avis", "/couts", "/faits", "/rappels", "/canaux", "/journal")
)
# What a minute is enough for.
SHORT = ("SQL", "HTML", "TwiML", "header")


def inject(target: Target, ledger: Ledger, folder: Path, *, whole: bool) -> None:
    """Each payload in each field of each address. Not `whole`: one of each of the gravest sorts."""
    document = described(folder / "described")
    desk = Desk.of(target)
    physician, stranger = desk.visitor(), Visitor(target)
    operator = Operator.of(target, "exploitation")
    tables = set(inspect(target.database.engine).get_table_names())
    for sort, payloads in PAYLOADS.items():
        if not whole and sort not in SHORT:
            continue
        watch = Watch(target, ledger, f"injection: {sort}")
        for payload in payloads if whole else payloads[:1]:
            # Who runs the service may be signed in for four hours, and twenty minutes without a press.
            steering = operator.visitor()
            by_guard = {"": stranger, "practice": physician, "operator": steering}
            for label, answer in _everywhere(document, payload, by_guard):
                watch(f"{payload!r} in {label}", answer, _slept(answer))
            for path in SOURCES:
                watch(f"{payload!r} shown on {path}", stranger.look(path))
            for path in DESK_PAGES:
                watch(f"{payload!r} shown on {path}", physician.look(path))
            for path in STEERING_PAGES:
                watch(f"{payload!r} shown on {path}", steering.look(path))
            _hostile_names(watch, payload)
            _hostile_words(watch, payload, steering)
            _hostile_proofs(watch, payload)
    left = set(inspect(target.database.engine).get_table_names())
    ledger.note("injection: SQL", "the tables are all there", "yes" if left == tables else "no", held=left == tables)


def _slept(answer: Answer) -> str:
    return "the database slept" if answer.seconds > SLEEP else ""


def _everywhere(document: Any, payload: str, by_guard: Mapping[str, Visitor]) -> Iterator[tuple[str, Answer]]:
    """`payload` in every field there is, sent by who may: `by_guard` names them by what they are signed in for."""
    tokens = {name: visitor.token() for name, visitor in by_guard.items()}
    for path, place in document["paths"].items():
        for method, told in place.items():
            if "faces" not in told["tags"] or path.endswith("/sortir"):
                continue
            guarded = {name for each in told.get("security", ()) for name in each}
            who = next((name for name in by_guard if name in guarded), "")
            visitor = by_guard[who]
            visitor.address = somewhere()
            given = {each["name"]: each["in"] for each in told["parameters"]}
            where = path
            for name, place_in in given.items():
                where = where.replace(f"{{{name}}}", quote(payload, safe="")) if place_in == "path" else where
            query = "&".join(f"{name}={quote(payload, safe='')}" for name in given if given[name] == "query")
            where = f"{where}?{query}" if query else where
            content = told.get("requestBody", {}).get("content", {})
            fields = [name for each in content.values() for name in each["schema"]["properties"] if name != TOKEN]
            label = f"{method.upper()} {path}"
            if "provider" in guarded:
                for name in fields:
                    yield f"{label} {name}", visitor.webhook(where, {**form_of(path), name: payload})
            elif method == "post":
                # One field at a time beside good ones, then all of them.
                for name in [*fields, ""]:
                    form = {field: payload if name in (field, "") else _usual(field) for field in fields}
                    yield f"{label} {name or 'all'}", visitor.ask("POST", where, {**form, TOKEN: tokens[who]})
            else:
                yield label, visitor.ask(method.upper(), where)
            for name in (
                "User-Agent",
                "Referer",
                "Accept-Language",
                "Accept-Encoding",
                "Cookie",
                "Origin",
                "Authorization",
            ):
                value = payload.encode("latin-1", "ignore").decode("latin-1")
                if path in ("/", "/medecin/entrer") and value.isprintable():
                    # A visit of its own: the answer to a spoilt cookie is another cookie.
                    yield f"{label} {name}", Visitor(visitor.target).ask(method.upper(), path, headers={name: value})


def _usual(field: str) -> str:
    """What lets the other fields of a form be looked at; what would close a channel is not among them."""
    return {
        "numero": "06 39 98 00 01",
        "accord": "on",
        "pour": "activer",
        "helped": "oui",
        "about": "cout",
        "canal": "practice",
        "vers": "on",
        "sujet": "",
        "autre": "cout",
    }.get(field, "1")


def _hostile_names(watch: Watch, payload: str) -> None:
    """As if the identity provider had called a practice and a physician so: on every face that names them.

    What it says is kept without its control characters: that much is taken from the payload here too.
    """
    target, payload = watch.target, CONTROL.sub(" ", payload)
    desk = Desk.of(target, payload[:120], payload[:120])
    physician, patient = desk.visitor(), Visitor(target)
    desk.access(payload[:40])
    for path in DESK_PAGES:
        watch(f"{payload!r} names who is on {path}", physician.look(path))
    for path in ("/medecin/montrer", "/medecin/feuille", "/medecin/affiche"):
        made = physician.send(path, {"pour": "activer", "id": one_time_id()})
        watch(f"{payload!r} names who invites, on {path}", physician.follow(made))
    link, word, digits = desk.invitation()
    watch(f"{payload!r} names who invited, on the page", patient.look(link))
    text = patient.webhook("/sms", {**form_of("/sms"), "Body": word})
    watch(f"{payload!r} names who invited, by SMS", text)
    call = form_of("/voice")
    patient.webhook("/voice", call)
    said = patient.webhook("/voice/turn?n=1&i=1", {**call, "Digits": digits})
    watch(f"{payload!r} names who invited, by telephone", said)


def _hostile_words(watch: Watch, payload: str, steering: Visitor) -> None:
    """As if eleven people had said so and no word of it had been taken out: shown, filed, and read from the file."""
    text = CONTROL.sub(" ", payload)
    group = heard(watch.target, text, steering)
    watch(f"{payload!r} was not understood, on its page", steering.look("/pilotage/incompris"))
    if not group:
        return
    for field in ("groupe", "sujet", "autre"):
        form = {"groupe": group, "sujet": "", "autre": "cout", field: payload}
        answer = steering.send("/pilotage/incompris", form)
        watch(f"{payload!r} as {field} of a phrase to be filed", answer, "" if answer.status != 303 else "filed")
    path = watch.target.settings.review_file or Path()
    before = read_review(path)
    answer = steering.send("/pilotage/incompris", {"groupe": group, "sujet": "cout"})
    filed, known = read_review(path), before.get("cout", [])
    added = filed.get("cout", [])[len(known) :]
    # Words alone are filed, without their figures, and only those that were said.
    said = {word for way in (text, FIGURES.sub(" ", text)) for word in fold(way).split()}
    whole = filed == {**before, "cout": [*known, *added]} or (filed == before and not added)
    told = whole and len(added) <= 1 and set(fold(" ".join(added)).split()) <= said
    watch(
        f"{payload!r} filed under a topic",
        answer,
        "" if answer.status == 303 else "not filed",
        "" if told else f"the file says something else: {str(filed)[-80:]}",
    )


def _hostile_proofs(watch: Watch, payload: str) -> None:
    """By who takes an access up, and by who comes in with it: the fields behind a link that was pressed."""
    visitor = Visitor(watch.target)
    _, link = offered(watch.target, "lecture")
    key = pressed(visitor, link)
    for field in ("code", "encore", "passe"):
        usual = "une phrase bien à moi"
        form = {"passe": usual, "encore": usual, "code": "000000", field: payload}
        answer = visitor.send(f"{link}/cle", form)
        watch(f"{payload!r} as {field} of who takes an access up", answer, "signed in" if began(answer) else "")
    # Any signs make a password: one that would like to be code is hashed like another.
    form = {"passe": payload * 3, "encore": payload * 3, "code": pyotp.TOTP(key).now()}
    watch(f"{payload!r} as a password", visitor.send(f"{link}/cle", form))

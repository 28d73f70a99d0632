"""What a request says of its host, its method, its path and its cache is not believed."""

from __future__ import annotations

import re
import socket

from security.attack.ledger import Ledger
from security.attack.looking import MARK, Watch
from security.attack.operators import everywhere
from security.attack.sites import PAGES
from security.attack.target import Target
from security.attack.visitor import Visitor
from security.attack.webhooks import counts

FORWARDED = (
    "X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix",
    "X-Forwarded-Proto", "X-Forwarded-Port", "Forwarded", "X-Original-Host", "X-HTTP-Host-Override",
)  # fmt: skip
SAME = ("/static/camille.css", "/bouton.js", "/manifest.webmanifest", "/bouton")
FILES = ("/static/", "/medecin/static/", "/pilotage/static/")
CLIMBING = (
    "../pages.py", "..%2fpages.py", "%2e%2e/pages.py", "..%5cpages.py", "....//pages.py", "%252e%252e%252fpages.py",
    "/etc/passwd", "%2fetc%2fpasswd", "camille.css/../../pages.py", "camille.css%00.txt", "..;/pages.py",
    "../../../var/secret_key", "....\\pages.py", "%c0%ae%c0%ae/pages.py", "",
)  # fmt: skip


def addresses(target: Target, ledger: Ledger) -> None:
    """All of it, once."""
    _hosts(target, ledger)
    _methods(target, ledger)
    _files(target, ledger)
    _caches(target, ledger)
    _smuggled(target, ledger)


def _hosts(target: Target, ledger: Ledger) -> None:
    watch = Watch(target, ledger, "host")
    for host in (
        "evil.example",
        "camille.example.evil.example",
        "camille.example:evil",
        "evil.example#camille.example",
        MARK,
        "localhost",
        "[::1]",
    ):
        for page in (
            *PAGES,
            "/static/camille.css",
            "/feuille/activer",
            "/accessibilite",
            "/bouton.js",
            "/manifest.webmanifest",
        ):
            answer = Visitor(target).ask("GET", page, headers={"Host": host})
            told = host in answer.text or host in repr(answer.headers)
            watch(f"{page} as {host}", answer, "the host is shown back" if told else "")
    for name in FORWARDED:
        for page in PAGES:
            answer = Visitor(target).ask(
                "GET", page, headers={name: "evil.example" if name != "Forwarded" else "host=evil.example;proto=http"}
            )
            told = "evil.example" in answer.text or "evil.example" in repr(answer.headers)
            watch(f"{page} with {name}", answer, "it is shown back" if told else "")


def _methods(target: Target, ledger: Ledger) -> None:
    watch = Watch(target, ledger, "method")
    for page in (*PAGES, "/sms", "/medecin/acces", "/healthz", "/static/camille.css"):
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "GETT"):
            answer = Visitor(target).ask(method, page)
            echoed = method == "TRACE" and "x-forwarded-for" in answer.text.lower()
            watch(
                f"{method} {page}",
                answer,
                "" if answer.status in (400, 403, 404, 405, 501) and not echoed else f"answered {answer.status}",
            )
        before = counts(target)
        for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method", "_method"):
            answer = Visitor(target).ask("GET", f"{page}?_method=POST&text=bonjour", headers={name: "POST"})
            changed = counts(target) != before
            watch(
                f"GET {page} that calls itself POST by {name}",
                answer,
                "it is believed" if changed else "",
            )


def _files(target: Target, ledger: Ledger) -> None:
    watch = Watch(target, ledger, "path")
    for folder in FILES:
        for name in CLIMBING:
            answer = Visitor(target).look(f"{folder}{name}")
            read = re.search(r"from __future__|root:x:|\bimport \w+", answer.text)
            watch(
                f"{folder}{name}",
                answer,
                "a file is read" if read or answer.status == 200 else "",
            )
    for path in (
        "/.git/config",
        "/.env",
        "/var/camille.sqlite",
        "/console",
        "/admin",
        "/debug",
        "/openapi.json",
        "/swagger",
        "/webhooks/rest/webhook",
        "/model",
        "/conversations/a/tracker",
        "/medecin/essai",
        "/medecin/essai/a",
        "/understand",
        "/parse",
    ):
        answer = Visitor(target).look(path)
        watch(path, answer, "" if answer.status in (303, 404) else f"answered {answer.status}")


def _caches(target: Target, ledger: Ledger) -> None:
    """What is the same for everybody carries nothing of one; what is somebody's own is kept by nobody."""
    watch = Watch(target, ledger, "cache")
    person = everywhere(target)
    person.look("/reprise")
    for page in (
        *PAGES,
        "/mes-donnees",
        "/medecin/journal",
        "/reprise/style.css",
        "/mes-donnees/a.css",
        "/medecin/journal/a.css",
        "/pilotage/incompris",
        "/pilotage/journal/a.css",
        "/i/aaaaaaaaaaaaaaaaaaaaaa.css",
    ):
        answer = person.look(page)
        watch(
            f"{page} is kept by nobody",
            answer,
            "" if "no-store" in answer.header("cache-control") else "it may be kept",
        )
    for page in SAME:
        plain = Visitor(target).look(page)
        for name in (*FORWARDED, "Cookie", "Accept-Language", "User-Agent", "X-Forwarded-Scheme", "Range"):
            other = person.ask("GET", page, headers={name: MARK if name != "Range" else "bytes=0-1"})
            differs = other.status == 200 and other.body != plain.body
            watch(
                f"{page} with {name}",
                other,
                "another content" if differs else "",
                "a cookie" if other.header("set-cookie") else "",
            )


def _smuggled(target: Target, ledger: Ledger) -> None:
    """Two lengths, or a length and pieces: one request is never read as two."""
    watch = Watch(target, ledger, "smuggling")
    hidden = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    heads = {
        "two lengths": b"Content-Length: 4\r\nContent-Length: 40\r\n\r\n",
        "a length and pieces": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "pieces in disguise": b"Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n",
        "a negative length": b"Content-Length: -4\r\n\r\n",
        "a length in words": b"Content-Length: four\r\n\r\n",
        "a length with a sign": b"Content-Length: +4\r\n\r\n",
        "a huge length": b"Content-Length: 99999999999999999999\r\n\r\n",
        "a folded header": b"X-A: a\r\n Content-Length: 4\r\n\r\n",
        "a space before the colon": b"Content-Length : 4\r\n\r\n",
        "a bare line feed": b"X-A: a\nX-B: b\r\nContent-Length: 0\r\n\r\n",
        "one behind another": b"Content-Length: 0\r\n\r\n",
        "a zero byte": b"X-A: a\0b\r\nContent-Length: 0\r\n\r\n",
    }
    for name, head in heads.items():
        with socket.create_connection(("127.0.0.1", target.port), timeout=10) as one:
            one.sendall(b"POST /verifier HTTP/1.1\r\nHost: camille.example\r\n" + head + hidden)
            said = b""
            while read := one.recv(65536):
                said += read
        answers = len(re.findall(rb"^HTTP/1\.[01] \d{3}", said, re.M))
        wrong = [*(["read as two"] if answers > 1 else []), *(["status 500"] if b" 500 " in said[:40] else [])]
        ledger.note(watch.kind, name, ", ".join(wrong) or said[:12].decode("latin-1"), held=not wrong)

"""What is wrong with an answer, whoever asked and whatever was sent: nothing, where Camille is as she should be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree import ElementTree as Xml

from security.attack.ledger import Ledger
from security.attack.target import Target
from security.attack.visitor import Answer

# An element, an attribute, a header or a cookie of this name was put there by us.
MARK = "zqxjk"
TRACES = re.compile(
    r"Traceback \(most recent|sqlalchemy\.|psycopg2?\.|werkzeug\.|File &quot;|sqlite3\.|/site-packages/", re.I
)
OURS = frozenset(
    "server date connection content-type content-length content-security-policy x-content-type-options referrer-policy "
    "cache-control strict-transport-security vary set-cookie content-encoding location allow retry-after etag "
    "content-disposition last-modified accept-ranges cross-origin-resource-policy expires content-range".split()
)
COOKIES = frozenset({"__Host-camille", "__Host-camille-cabinet", "__Host-camille-pilotage"})
# What a browser follows or loads; what somebody typed stands in `value`, and is text.
LEADING = frozenset("href src action formaction data poster srcdoc xlink:href".split())
VERBS = frozenset(
    "Response Message Body Say Gather Hangup Pause Redirect Dial Number Reject break prosody say-as s p".split()
)
# Who is away, or not set, may say so; everything else that fails is a fault.
MAY_BE_AWAY = re.compile(r"/(?:readyz|medecin/(?:entrer|retour|sms|sortir)|understand|parse)$|\.pdf$")


@dataclass(frozen=True)
class Watch:
    """Notes one kind of attempt: looks at the answer, and adds what only the attempt itself knows to be wrong."""

    target: Target
    ledger: Ledger
    kind: str

    def __call__(self, what: str, answer: Answer, *more: str) -> None:
        wrong = [*faults(answer, self.target), *(each for each in more if each)]
        self.ledger.note(self.kind, what, ", ".join(wrong) or f"answered {answer.status}", held=not wrong)


class _Marked(HTMLParser):
    """Looks for what a page should not hold: elements, attributes or addresses of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if MARK in tag or any(MARK in name for name, _ in attrs):
            self.found.append(f"an element of ours: {tag}")
        for name, value in attrs:
            led = name in LEADING and (value or "").strip().lower().startswith(("javascript:", "data:text"))
            if name.startswith("on") or led:
                self.found.append(f"a script of ours: {name}")

    handle_startendtag = handle_starttag

    def handle_decl(self, decl: str) -> None:
        if MARK in decl:
            self.found.append("a declaration of ours")


def faults(answer: Answer, target: Target) -> list[str]:
    """All that is wrong with `answer`."""
    return [*_failed(answer), *_given_away(answer, target), *_headers(answer, target), *_content(answer)]


def _failed(answer: Answer) -> Iterator[str]:
    away = answer.status == 503 and MAY_BE_AWAY.search(urlsplit(answer.path).path)
    if answer.status >= 500 and not away:
        yield f"status {answer.status}"


def _given_away(answer: Answer, target: Target) -> Iterator[str]:
    if TRACES.search(answer.text):
        yield "a trace of our code"
    everything = answer.text + repr(answer.headers)
    for name, secret in target.secrets.items():
        if secret in everything:
            yield f"{name} is given away"


def _headers(answer: Answer, target: Target) -> Iterator[str]:
    names = [name for name, _ in answer.headers]
    for name in sorted({*names} - OURS):
        yield f"a header that is not ours: {name}"
    for name, value in answer.headers:
        if name == "set-cookie" and value.partition("=")[0] not in COOKIES:
            yield "a cookie that is not ours"
        if name == "set-cookie" and not {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in value.split(";")}:
            yield "a cookie without its marks"
    for name in ("content-length", "location", "content-type"):
        if names.count(name) > 1:
            yield f"two headers {name}"
    if "content-security-policy" not in names and answer.status != 400 and b"<html" in answer.body:
        yield "a page without a policy"
    to = answer.header("location")
    if to and not (re.match(r"/(?![/\\])", to) or to.startswith(f"{target.base}/")):
        yield f"a redirection elsewhere: {to[:80]}"


def _content(answer: Answer) -> Iterator[str]:
    if answer.kind == "text/html":
        page = _Marked()
        page.feed(answer.text)
        yield from page.found
    if answer.kind == "text/xml" and answer.status == 200:
        try:
            tree = Xml.fromstring(answer.body)  # noqa: S314 - our own answer
        except Xml.ParseError as error:
            yield f"TwiML that is not well formed: {error}"
            return
        for each in tree.iter():
            if each.tag not in VERBS or any(MARK in name or MARK in value for name, value in each.attrib.items()):
                yield f"an instruction that is not ours: {each.tag}"
    if answer.kind == "text/csv":
        for line in answer.text.splitlines():
            for cell in line.lstrip("\ufeff").split(";"):
                if cell.strip('"').startswith(("=", "+", "@", "-", "\t")) and MARK in cell:
                    yield "a formula in a table"

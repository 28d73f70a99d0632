"""Somebody on the network: asks, keeps cookies as a browser in https would, and looks at what comes back."""

from __future__ import annotations

import http.client
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlencode

from security.attack.target import Target
from tests.support.signing import signature

FORM = "application/x-www-form-urlencoded"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PATIENCE = 60


@dataclass(frozen=True)
class Answer:
    """What came back; the names of `headers` are small."""

    method: str
    path: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str:
        return next((value for each, value in self.headers if each == name), "")

    @property
    def kind(self) -> str:
        return self.header("content-type").partition(";")[0]


@dataclass
class Visitor:
    """`address` is where she asks from, as the proxy tells it: limits are by address, and each may have her own."""

    target: Target
    address: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.address = self.address or somewhere()

    def ask(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """One request. Redirections are not followed."""
        sent = {"Host": "camille.example", "X-Forwarded-For": self.address, **(headers or {})}
        if self.cookies and "Cookie" not in sent:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            body = urlencode(form, errors="surrogatepass").encode()
            sent.setdefault("Content-Type", FORM)
        connection = http.client.HTTPConnection("127.0.0.1", self.target.port, timeout=PATIENCE)
        begun = time.monotonic()
        try:
            connection.request(method, path, body, sent)
            given = connection.getresponse()
            read = given.read()
        finally:
            connection.close()
        got = tuple((name.lower(), value) for name, value in given.getheaders())
        answer = Answer(method, path, given.status, got, read, time.monotonic() - begun)
        self._keep(answer)
        return answer

    def look(self, path: str) -> Answer:
        return self.ask("GET", path)

    def send(self, path: str, form: Mapping[str, str]) -> Answer:
        """A form of ours, with the token that its page carries."""
        return self.ask("POST", path, {"csrf_token": self.token(), **form})

    def token(self) -> str:
        found = TOKEN.search(self.look("/reprise").text)
        return found[1] if found else ""

    def follow(self, answer: Answer) -> Answer:
        """Where a redirection leads, while it leads to us."""
        to = answer.header("location").removeprefix(self.target.base)
        return self.look(to) if to.startswith("/") else answer

    def webhook(self, path: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """A POST with the provider's own signature."""
        return self.ask("POST", path, form, {"X-Twilio-Signature": self.signed(path, form), **(headers or {})})

    def signed(self, path: str, form: Mapping[str, str]) -> str:
        return signature(self.target.settings.twilio_auth_token, self.target.base + path, form)

    def _keep(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name != "set-cookie":
                continue
            try:
                given = SimpleCookie(value)
            except CookieError:
                continue
            for cookie, morsel in given.items():
                gone = morsel["max-age"] == "0" or "1970" in morsel["expires"]
                if gone or not morsel.value:
                    self.cookies.pop(cookie, None)
                else:
                    self.cookies[cookie] = morsel.value


def somewhere() -> str:
    """An address of the range kept for documents and benchmarks (RFC 2544)."""
    return f"198.{random.randint(18, 19)}.{random.randint(0, 255)}.{random.randint(1, 254)}"

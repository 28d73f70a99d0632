"""A `Visitor`'s client over the network: keeps cookies and its connection, follows what a browser would follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests


@dataclass(frozen=True)
class Answer:
    """What a `Visitor` reads of an answer."""

    status_code: int
    headers: Any
    text: str

    def get_data(self, as_text: bool) -> str:
        return self.text


def session(certificate: str = "") -> requests.Session:
    """Of one person, past every proxy of the machine. `certificate` is what she trusts, "" the usual ones."""
    made = requests.Session()
    made.trust_env = False
    made.verify = certificate or True
    return made


def _at_once(ask: Callable[..., Any], *given: Any, **named: Any) -> Any:
    return ask(*given, **named)


@dataclass
class Browser:
    """At `url`. `waits` runs each request, and may look at its watch."""

    url: str
    session: requests.Session = field(default_factory=session)
    patience: float = 20.0
    waits: Callable[..., Any] = _at_once

    def get(self, path: str, base_url: str, follow_redirects: bool) -> Answer:
        return self._of(self.waits(self.session.get, self.url + path, timeout=self.patience))

    def post(self, path: str, data: dict[str, str], base_url: str) -> Answer:
        given: dict[str, Any] = {"data": data, "timeout": self.patience, "allow_redirects": False}
        return self._of(self.waits(self.session.post, self.url + path, **given))

    @staticmethod
    def _of(answer: requests.Response) -> Answer:
        answer.encoding = "utf-8"
        return Answer(answer.status_code, answer.headers, answer.text)

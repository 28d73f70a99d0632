"""The certified provider of `make run` (npm: oidc-provider), started for tests, and somebody who signs in through it.

Skips, and says why, where Node, npm or its registry cannot be reached.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit

import pytest
import requests
from flask import Flask
from werkzeug.test import Client, TestResponse

from assistant.conversation import Conversation
from assistant.pro_sante_connect import ProSanteConnect
from assistant.settings import Settings
from channels.app import create_app
from channels.practice.pretend.running import PretendError, PretendProvider
from tests.channels.visitor import words
from tests.support.faces import BASE, NOON, open_face
from tests.support.run_folders import run_folder

FORM = re.compile(r'<form method="post" action="([^"]+)">(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')


@functools.cache
def _folder() -> Path:
    """npm is asked once for all the tests of a run."""
    return run_folder("pretend")


def start(sites: Sequence[str], *, signed_userinfo: bool = False) -> PretendProvider:
    """A running provider that sends people back to `sites`."""
    try:
        return PretendProvider(_folder(), sites, signed_userinfo=signed_userinfo)
    except PretendError as error:
        pytest.skip(f"the certified identity provider is not asked: {error}")


@dataclass
class Practice:
    """A service for everybody, whose identity provider is `psc`, and a clock that tests move."""

    app: Flask
    conversation: Conversation
    settings: Settings
    now: list[datetime] = field(default_factory=lambda: [NOON])

    def later(self, by: timedelta) -> None:
        self.now[0] += by

    def rows(self, table: str) -> list[Any]:
        with self.conversation.database.transaction() as connection:
            return list(connection.exec_driver_sql(f"SELECT * FROM {table}").mappings())  # noqa: S608

    def everything_stored(self) -> str:
        """All tables of practices, in words."""
        tables = "practices members practice_sessions practice_slips audit".split()
        return "\n".join(str(dict(row)) for table in tables for row in self.rows(table))

    def close(self) -> None:
        self.conversation.close()


def open_practice(var: Path, psc: ProSanteConnect, **changed: Any) -> Practice:
    """A service over an empty database."""
    face = open_face(var, psc=psc, **changed)
    now = [NOON]
    return Practice(create_app(face.settings, face.conversation, lambda: now[0]), face.conversation, face.settings, now)


@dataclass
class Doctor:
    """A person with one browser: without scripts in front of us, with cookies at the provider."""

    app: Flask
    base: str = BASE
    client: Client = field(init=False)
    provider: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=self.base)

    def post(self, path: str, page: TestResponse, **form: str) -> TestResponse:
        """Send the form of `page` to `path`."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found, page.text
        return self.client.post(path, base_url=self.base, data={"csrf_token": found[1], **form})

    def onward(self, page: TestResponse) -> str:
        """Where the page that leads to the provider leads: by itself, and by its link."""
        by_itself = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
        by_link = re.search(r'<a class="big first" href="([^"]+)"', page.text)
        assert by_itself, page.text
        assert by_link
        assert by_itself[1] == by_link[1]
        return unescape(by_link[1])

    def starts(self, **form: str) -> str:
        """Press the button; the provider's address."""
        return self.onward(self.post("/medecin/entrer", self.get("/medecin/entrer"), **form))

    def chooses(self, address: str, who: str) -> str:
        """At the provider, be `who` ("" cancels). The address that it sends back to."""
        shown = self.provider.get(address, timeout=10)
        assert "ce n’est pas Pro Santé Connect" in shown.text
        answer = self.provider.post(shown.url, data={"who": who}, allow_redirects=False, timeout=10)
        return self.followed(answer)

    def is_known(self, address: str) -> str:
        """The provider knows the browser already, and sends it back at once."""
        return self.followed(self.provider.get(address, allow_redirects=False, timeout=10))

    def followed(self, answer: requests.Response) -> str:
        """Follow it until it sends back to us, as a browser with scripts does."""
        for _ in range(8):
            to = answer.headers.get("Location", "")
            if to.startswith(self.base):
                return to
            form = FORM.search(answer.text)
            if not to and form and "forms[0].submit()" in answer.text:
                fields = dict(FIELD.findall(form[2]))
                answer = self.provider.post(unescape(form[1]), data=fields, allow_redirects=False, timeout=10)
            else:
                answer = self.provider.get(urljoin(answer.url, to), allow_redirects=False, timeout=10)
        raise AssertionError("the provider does not send back")

    def back(self, address: str) -> TestResponse:
        """Come back to `address`."""
        return self.get(address.removeprefix(self.base))

    def signs_in(self, who: str = "medecin") -> TestResponse:
        return self.back(self.chooses(self.starts(), who))


def changed(address: str, **parameters: str | None) -> str:
    """`address` with other parameters; None takes one away."""
    parts = urlsplit(address)
    held = {name: values[0] for name, values in parse_qs(parts.query).items()} | parameters
    kept = {name: value for name, value in held.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


def read(answer: TestResponse) -> str:
    """The words of a page, with plain spaces."""
    return words(answer.text).replace("\xa0", " ")

"""A practice with two physicians and a front desk, and browsers, without JavaScript, that are signed in for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask import Flask, Response
from werkzeug.test import Client, TestResponse

from assistant.storage import accesses, practice_slips, practices
from assistant.storage.practices import Member
from channels.practice import member
from channels.services import Services
from tests.channels.visitor import words

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
RADIO = re.compile(r'<input type="radio" name="(\w+)" value="([^"]*)"( checked)?')
OPTION = re.compile(r'<option value="([^"]*)"( selected)?')


@dataclass(frozen=True)
class Practice:
    """Whom one finds there. `elsewhere` is a physician of another practice."""

    app: Flask
    martin: Member
    diallo: Member
    desk: Member
    elsewhere: Member

    def browser(self, who: Member, base: str) -> Browser:
        """A browser in which `who` is signed in."""
        client = self.app.test_client()
        name, token = self.cookie(who, base)
        client.set_cookie(name, token, domain=re.sub(r"https?://|:\d+", "", base), secure=base.startswith("https"))
        return Browser(client, base)

    def cookie(self, who: Member, base: str) -> tuple[str, str]:
        """The cookie of a new session of `who`: its name and what it carries."""
        with self.app.test_request_context(base_url=base):
            given = member.sign_in(who.id, Response()).headers["Set-Cookie"]
        name, _, rest = given.partition("=")
        return name, rest.split(";")[0]


def open_practice(app: Flask) -> Practice:
    """Two practices in the database of `app`. Ids are new each time."""
    given: Services = app.extensions["camille"]
    at = given.clock()
    with given.conversation.database.transaction() as connection:
        here = practices.practice_of(connection, "key of the first", "Cabinet médical des Tilleuls", at)
        there = practices.practice_of(connection, "key of the second", "Cabinet du Port", at)
        desk = accesses.give(connection, here, "Accueil", at)
        assert desk
        assert practice_slips.take(connection, accesses.GIVEN, desk[1], at)  # the link was used: no slip is left of it
        made = [
            practices.physician_of(connection, here, "subject 1", "Le docteur Martin", at),
            practices.physician_of(connection, here, "subject 2", "Le docteur Diallo", at),
            desk[0].name,
            practices.physician_of(connection, there, "subject 3", "Le docteur Nguyen", at),
        ]
        found: list[Any] = [practices.member(connection, one) for one in made]
    return Practice(app, *found)


@dataclass
class Browser:
    """Keeps cookies and the last page; fills forms with what is chosen in them. Counts presses and pages."""

    client: Client
    base: str
    html: str = ""
    status: int = 0
    path: str = ""
    presses: int = 0
    pages: int = 0

    def look(self, path: str) -> Browser:
        return self._received(self.client.get(path, base_url=self.base))

    def press(self, label: str, **chosen: str) -> Browser:
        """Press the button that begins with `label`, with other fields of its form `chosen` first."""
        self.presses += 1
        for button in re.finditer(r"<button([^>]*)>(.*?)</button>", self.html, re.DOTALL):
            if words(button[2]).startswith(label):
                return self._sent(button[1], button.start(), chosen)
        raise AssertionError(f"No button {label!r} on {self.path}")

    @property
    def text(self) -> str:
        return words(self.html)

    @property
    def main(self) -> str:
        found = re.search(r"<main.*</main>", self.html, re.DOTALL)
        return words(found.group()) if found else ""

    def _sent(self, button: str, position: int, chosen: dict[str, str]) -> Browser:
        start = self.html.rindex("<form", 0, position)
        form = self.html[start : self.html.index("</form>", start)]
        fields = {name: unescape(value) for name, value in HIDDEN.findall(form)}
        fields |= {name: value for name, value, checked in RADIO.findall(form) if checked}
        for name, options in re.findall(r'<select[^>]* name="(\w+)">(.*?)</select>', form, re.DOTALL):
            fields.update((name, value) for value, selected in OPTION.findall(options) if selected)
        own = re.search(r'name="(\w+)" value="(\w+)"', button)
        if own:
            fields[own[1]] = own[2]
        action = re.search(r'formaction="([^"]*)"', button) or re.search(r'action="([^"]*)"', form)
        assert action
        return self._received(self.client.post(unescape(action[1]), data=fields | chosen, base_url=self.base))

    def _received(self, answer: TestResponse) -> Browser:
        while answer.status_code == 303:
            answer = self.client.get(answer.headers["Location"], base_url=self.base)
        self.pages += 1
        self.status, self.path = answer.status_code, answer.request.full_path.rstrip("?")
        self.html = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        return self

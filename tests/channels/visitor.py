"""A browser without JavaScript: keeps cookies and the last page, presses what it offers, follows redirections."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from werkzeug.test import Client, TestResponse

from channels.web.typography import typeset
from tests.support.faces import BASE

TAG = re.compile(r"<[^>]+>")


@dataclass
class Visitor:
    """Somebody with a browser. Every action returns the visitor, now on the page that answered."""

    client: Client
    html: str = ""
    status: int = 0

    def look(self, path: str = "/") -> Visitor:
        return self._received(self.client.get(path, base_url=BASE, follow_redirects=True))

    def press(self, label: str) -> Visitor:
        """Press a button by its words."""
        plain = typeset(label)
        for button in re.finditer(r"<button[^>]*>.*?</button>", self.html, re.DOTALL):
            if words(button.group()) == plain:
                return self._submit(button.group(), button.start())
        raise AssertionError(f"No button {label!r} among {self.buttons}")

    def write(self, text: str) -> Visitor:
        form = self._form(self.html.index('name="text"'))
        return self.post("/", {**form, "text": text})

    def write_code(self, code: str) -> Visitor:
        form = self._form(self.html.index('name="code"'))
        return self.post("/", {**form, "code": code})

    def post(self, path: str, form: dict[str, str]) -> Visitor:
        """Post as it is, and follow the redirection."""
        answer = self.client.post(path, data=form, base_url=BASE)
        if answer.status_code == 303:
            return self.look(answer.headers["Location"])
        return self._received(answer)

    def form(self, key: str) -> dict[str, str]:
        """What pressing `key` would send."""
        return {**self._form(self.html.index('id="appuyer"') + 1), "key": key}

    @property
    def buttons(self) -> list[str]:
        return [words(button) for button in re.findall(r"<button.*?</button>", self.html, re.DOTALL)]

    @property
    def choices(self) -> list[str]:
        found = re.search(r'<fieldset class="choices".*?</fieldset>', self.html, re.DOTALL)
        return [words(item) for item in re.findall(r"<button.*?</button>", found.group(), re.DOTALL)] if found else []

    @property
    def said(self) -> str:
        found = re.search(r'<div class="said".*?</div>', self.html, re.DOTALL)
        return words(found.group()) if found else ""

    @property
    def title(self) -> str:
        return words(re.search(r"<title>.*?</title>", self.html, re.DOTALL).group())  # type: ignore[union-attr]

    @property
    def text(self) -> str:
        return words(self.html)

    @property
    def plain(self) -> str:
        """The text, its spaces as they are typed."""
        return self.text.replace("\N{NO-BREAK SPACE}", " ")

    def _submit(self, button: str, position: int) -> Visitor:
        at = self.html.index('id="appuyer"') + 1 if 'form="appuyer"' in button else position
        named = re.search(r'name="(\w+)" value="(\w+)"', button)
        action = re.findall(r'<form[^>]*action="([^"]*)"', self.html[: self.html.index("</form>", at)])[-1]
        return self.post(action, {**self._form(at), **({named[1]: named[2]} if named else {})})

    def _form(self, position: int) -> dict[str, str]:
        start = self.html.rindex("<form", 0, position)
        within = self.html[start : self.html.index("</form>", start)]
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', within))

    def _received(self, answer: TestResponse) -> Visitor:
        self.status, self.html = answer.status_code, answer.get_data(as_text=True)
        return self


def words(html: str) -> str:
    """The text of a piece of page."""
    return " ".join(unescape(TAG.sub(" ", html)).split(" ")).replace("\n", " ").strip()

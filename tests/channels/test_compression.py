"""What channels/compression.py rests on: no secret is packed together with words that a stranger chose (BREACH)."""

from __future__ import annotations

import re

import pytest
from werkzeug.routing import Rule
from werkzeug.test import Client

from tests.channels.visitor import Visitor
from tests.support.faces import BASE, NOON, Face

MARK = "Zq7StrangerChose"
# Where it leads is in its form, whether it is known or not.
SHOWN_BACK = {"/i/<token>"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
ONCE = re.compile(r'name="id" value="[^"]+"')


def opened(client: Client, rule: Rule) -> str:
    """The page of `rule` at an address that a stranger made up, for whatever parts and questions it takes."""
    path = re.sub(r"<[^>]*>", MARK, rule.rule)
    names = ("a", "next", "name", "nom", "code", "state", "error", "error_description", "q", "month", "day", "topic")
    answer = client.get(path, base_url=BASE, query_string=dict.fromkeys(names, MARK), buffered=True)
    return answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""


def test_one_page_shows_a_part_of_its_address_back(face: Face) -> None:
    client = face.app.test_client()
    rules = [rule for rule in face.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    pages = {rule.rule: opened(client, rule) for rule in rules}
    assert len([page for page in pages.values() if page]) > 20
    assert {rule for rule, page in pages.items() if MARK in page} == SHOWN_BACK


def test_the_one_secret_of_that_page_is_a_form_token(face: Face) -> None:
    """Two people who are each at a place of theirs are shown the same, but for what their forms carry."""
    shown = []
    for choice in (0, 1):
        visitor = Visitor(face.app.test_client()).look()
        visitor.press(visitor.choices[choice])
        shown.append(visitor.look(f"/i/{MARK}").html)
    tokens = [set(TOKEN.findall(html)) for html in shown]
    assert tokens[0]
    assert not tokens[0] & tokens[1]
    assert len({ONCE.sub("", TOKEN.sub("", html)) for html in shown}) == 1


def test_what_stays_the_same_of_a_token_opens_nothing(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    client = face.app.test_client()
    found = []
    for seconds in (0, 1):
        with monkeypatch.context() as later:
            now = NOON.timestamp() + seconds
            later.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda _self, now=now: int(now))
            token = TOKEN.search(opened(client, Rule("/i/<token>", endpoint="i")))
            assert token
            found.append(token[1].split("."))
    (same, before, signed), (again, after, signed_again) = found
    assert same == again
    assert before != after
    alike = sum(one == other for one, other in zip(signed, signed_again, strict=True))
    assert alike < 10, "27 letters of 64"
    for forged in (f"{same}.{after}.{signed}", f"{same}..", same):
        answer = client.post("/", base_url=BASE, data={"csrf_token": forged, "text": "Bonjour"})
        assert answer.status_code == 400
    right = client.post("/", base_url=BASE, data={"csrf_token": f"{same}.{after}.{signed_again}", "text": "Bonjour"})
    assert right.status_code == 303

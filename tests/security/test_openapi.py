"""The description of every address agrees with what runs: routes, and the fields that views really read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Request
from sqlalchemy import insert
from werkzeug.datastructures import ImmutableMultiDict

from assistant.figures import LEAST
from assistant.storage import operators
from assistant.storage.days import day_of
from assistant.storage.schema import unclear
from security.openapi import LIBRARIES, TOKEN, applications, described, operations, write
from tests.support.desk import Desk, open_desk
from tests.support.faces import BASE, NOON, call_form, sms_form
from tests.support.faces import TOKEN as TWILIO
from tests.support.signing import signature
from tests.support.steering import an_operator, browser, cookie

FORMS = re.compile(r"<form[^>]*>.*?</form>", re.S)
ACTION, NAME = re.compile(r'(?:form)?action="([^"?#]*)'), re.compile(r'\sname="([^"]+)"')
# Read by all who come, whatever they ask for.
SENT_BY_A_BROWSER = {TOKEN}
# There for the browser itself, which keeps the password beside it.
READ_BY_NOBODY = {"username"}
PAGES = ("", "/montrer", "/feuille", "/affiche", "/sms", "/acces", "/journal", "/chiffres", "/dire", "/chez-vous")
STEERING_PAGES = ("", "/parcours", "/incompris", "/avis", "/couts", "/faits", "/rappels", "/canaux", "/journal")


class Heard(ImmutableMultiDict[str, str]):
    """A form or a query that remembers what was asked of it."""

    asked: set[str]

    def get(self, name: str, *given: Any, **named: Any) -> Any:
        self.asked.add(name)
        return super().get(name, *given, **named)

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)


def listen(app: Flask) -> dict[str, set[str]]:
    """What views ask of forms and queries from now on, by endpoint."""
    found: dict[str, set[str]] = defaultdict(set)

    class Listening(Request):
        """Flask's own, but for its forms."""

        @property
        def parameter_storage_class(self) -> Any:  # type: ignore[override]
            return type("Noted", (Heard,), {"asked": found[self.endpoint or ""]})

    app.request_class = Listening
    return found


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    return described(tmp_path / "described")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path / "desk") as opened:
        yield opened


def fields(document: dict[str, Any]) -> dict[str, set[str]]:
    """Every field and query that is described, by endpoint."""
    found: dict[str, set[str]] = defaultdict(set)
    for place in document["paths"].values():
        for told in place.values():
            name = told["operationId"].partition(".")[2]
            found[name] |= {each["name"] for each in told["parameters"] if each["in"] == "query"}
            for content in told.get("requestBody", {}).get("content", {}).values():
                found[name] |= set(content["schema"]["properties"])
    return found


def test_every_route_is_described_and_nothing_else(document: dict[str, Any], tmp_path: Path) -> None:
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for app in applications(tmp_path / "served").values()
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, place in document["paths"].items() for method in place} == served
    assert len(served) > 60


def test_a_public_service_has_no_route_that_is_not_described(document: dict[str, Any], desk: Desk) -> None:
    rules = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in desk.face.app.url_map.iter_rules()}
    assert rules <= set(document["paths"])


def test_a_route_that_is_added_is_described_with_its_fields(tmp_path: Path) -> None:
    app = Flask("channels.added")
    from channels.web.rating import rate

    def view() -> str:
        from flask import request

        return rate(None, "", "", request.form, None) + request.args.get("tri", "") + request.form["nom"]  # type: ignore[arg-type]

    view.__module__ = "channels.web.pages"
    app.add_url_rule("/ajout/<int:number>", view_func=view, methods=["POST"])
    (added,) = [each for each in operations("faces", app) if each.endpoint == "view"]
    assert (added.path, added.method, added.arguments) == ("/ajout/{number}", "POST", ("number",))
    assert added.parts["query"] == ("tri",)
    assert "nom" in added.parts["form"]


def test_every_form_of_every_page_sends_what_is_described_only(document: dict[str, Any], desk: Desk) -> None:
    known, seen = fields(document), set[str]()
    router = desk.face.app.url_map.bind("camille.example", url_scheme="https")
    stranger, physician = desk.stranger(), desk.browser()
    pages = [
        stranger.look(path).html
        for path in ("/", "/reprise", "/i/" + "a" * 22, "/medecin/entrer", "/medecin/entrer/code")
    ]
    pages += [physician.look(f"/medecin{path}").html for path in PAGES]
    misheard(desk)
    operator = browser(desk.face.app, an_operator(desk.face.app, "exploitation")[0], BASE)
    pages += [operator.look(f"/pilotage{path}").html for path in STEERING_PAGES]
    pages += [stranger.look("/pilotage/entrer").html, *taking_up(desk)]
    for form in (form for html in pages for form in FORMS.findall(html)):
        method = "POST" if 'method="post"' in form else "GET"
        endpoints = [router.match(action, method=method)[0] for action in ACTION.findall(form)]
        # One form may have several buttons, each with an address of its own.
        named = set(NAME.findall(form)) - READ_BY_NOBODY
        assert named <= set().union(*(known[each] for each in endpoints)), form
        seen |= set(endpoints)
    assert len(seen) > 15
    steered = {each for each in known if each.startswith("steering") and known[each] & {TOKEN}}
    assert steered <= seen


def misheard(desk: Desk) -> None:
    """Eleven people said so yesterday: there is something to be filed."""
    row = {"text": "je trouve pas le bouton", "channel": "sms", "step": "", "day": day_of(NOON - timedelta(days=1))}
    with desk.face.conversation.database.transaction() as connection:
        connection.execute(insert(unclear), [{**row, "share": share} for share in range(LEAST)])


def taking_up(desk: Desk) -> list[str]:
    """The two pages of who takes up the access of an operator."""
    with desk.face.conversation.database.transaction() as connection:
        _, token = operators.add(connection, "marie", "lecture", desk.clock())
    opened = desk.stranger().look(f"/pilotage/acces/{token}")
    return [opened.html, opened.press("Prendre cet accès").html]


def test_no_view_reads_what_is_not_described(document: dict[str, Any], desk: Desk) -> None:
    """Every address is asked, with all its fields, by a physician, an operator and Twilio; views are listened to."""
    heard, known = listen(desk.face.app), fields(document)
    name, token = desk.practice.cookie(desk.practice.martin, BASE)
    client = desk.face.app.test_client()
    client.set_cookie(name, token, domain="camille.example", secure=True)
    operator = an_operator(desk.face.app, "exploitation")[0]
    client.set_cookie(*cookie(desk.face.app, operator, BASE), domain="camille.example", secure=True)
    for path, place in document["paths"].items():
        for method in place:
            where = path.format(token="a" * 22, link="a" * 22, journey="activer", filename="camille.css", size="a4")
            form = dict.fromkeys(known[place[method]["operationId"].partition(".")[2]], "1")
            form |= sms_form("bonjour") | call_form(CallStatus="completed", Digits="1")
            headers = {"X-Twilio-Signature": signature(TWILIO, BASE + where, form)}
            if method == "post" and not path.startswith(("/sms", "/voice")):
                form[TOKEN] = page_token(client)
            answer = client.open(
                where, method=method.upper(), data=form if method == "post" else None, headers=headers, base_url=BASE
            )
            assert answer.status_code < 500 or answer.status_code == 503, path
            answer.close()
    assert len([endpoint for endpoint, names in heard.items() if names]) > 25
    assert {"steering_switches.switch", "steering_misheard.file_it", "steering_stops.page"} <= {
        *filter(heard.get, heard)
    }
    read = {endpoint: names - known[endpoint] - SENT_BY_A_BROWSER for endpoint, names in heard.items() if endpoint}
    assert {endpoint: names for endpoint, names in read.items() if names} == {}


def page_token(client: Any) -> str:
    found = re.search(
        r'name="csrf_token" value="([^"]+)"', client.get("/reprise", base_url=BASE).get_data(as_text=True)
    )
    assert found
    return found[1]


def test_who_may_come_in_is_told(document: dict[str, Any]) -> None:
    guarded = {
        path: {tuple(each) for told in place.values() for each in told.get("security", ())}
        for path, place in document["paths"].items()
    }
    assert guarded["/sms"] == guarded["/voice/turn"] == {("provider",)}
    assert guarded["/medecin/acces"] == guarded["/medecin/journal"] == {("practice",)}
    assert guarded["/pilotage"] == guarded["/pilotage/canaux"] == guarded["/pilotage/journal"] == {("operator",)}
    assert guarded["/pilotage/entrer"] == guarded["/pilotage/acces/{token}/cle"] == set()
    assert guarded["/pilotage/static/{filename}"] == set()
    assert guarded["/metrics"] == {("metrics",)}
    assert guarded["/understand"] == {("understanding",)}
    assert guarded["/"] == guarded["/medecin/entrer"] == guarded["/medecin/acces/{token}"] == set()


def test_which_role_it_takes_is_told(document: dict[str, Any]) -> None:
    told = {
        (method, path): one.get("security")
        for path, place in document["paths"].items()
        for method, one in place.items()
    }
    assert told["get", "/pilotage/canaux"] == [{"operator": []}]
    assert told["post", "/pilotage/canaux"] == told["get", "/pilotage/journal"] == [{"operator": ["exploitation"]}]
    assert told["post", "/pilotage/incompris"] == [{"operator": ["relecture"]}]


def test_what_libraries_read_is_of_routes_that_exist(document: dict[str, Any]) -> None:
    named = {told["operationId"].partition(".")[2] for place in document["paths"].values() for told in place.values()}
    assert set(LIBRARIES) <= named


def test_the_command_writes_a_valid_document(tmp_path: Path) -> None:
    import json

    import schemathesis

    schema = schemathesis.openapi.from_dict(json.loads(write(tmp_path / "openapi.json").read_text(encoding="utf-8")))
    found = [each.ok() for each in schema.get_all_operations()]
    assert len(found) > 60

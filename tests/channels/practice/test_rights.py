"""Who may open what: every address of a practice, for a stranger, a delegate, and somebody of another practice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from channels.practice.accesses import accesses
from channels.practice.figures import figures
from channels.practice.journal import journal
from channels.practice.texting import texting
from tests.support.desk import Desk, open_desk
from tests.support.faces import BASE

FOR_PHYSICIANS = {accesses.name, figures.name, journal.name}
FOR_MEMBERS = {texting.name}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("var")) as opened:
        yield opened


def routes(desk: Desk, names: set[str]) -> list[tuple[str, str]]:
    """Every method and path of these blueprints."""
    found = []
    for rule in desk.face.app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in names:
            found += [(method, rule.rule) for method in sorted(rule.methods or ()) if method in ("GET", "POST")]
    return sorted(found)


def status(desk: Desk, who: str, method: str, path: str) -> tuple[int, str]:
    members = {"physician": desk.practice.martin, "delegate": desk.practice.desk}
    browser = desk.browser(members[who]) if who in members else desk.stranger()
    token = ""
    if method == "POST":  # a good token: what is refused is refused for who asks
        page = browser.client.get("/medecin/entrer/code" if who == "stranger" else "/medecin/sms", base_url=BASE)
        token = page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.client.open(path, method=method, data={"csrf_token": token} if token else None, base_url=BASE)
    return answer.status_code, answer.headers.get("Location", "")


def test_there_are_addresses_to_try(desk: Desk) -> None:
    assert len(routes(desk, FOR_PHYSICIANS)) >= 8
    assert len(routes(desk, FOR_MEMBERS)) == 3


def test_a_stranger_is_sent_to_the_door_from_each_of_them(desk: Desk) -> None:
    for method, path in routes(desk, FOR_PHYSICIANS | FOR_MEMBERS):
        assert status(desk, "stranger", method, path) == (303, "/medecin/entrer"), (method, path)


def test_a_delegate_opens_none_that_is_for_physicians(desk: Desk) -> None:
    before = [desk.rows(table) for table in ("members", "practice_slips")]
    for method, path in routes(desk, FOR_PHYSICIANS):
        assert status(desk, "delegate", method, path)[0] == 403, (method, path)
    assert [desk.rows(table) for table in ("members", "practice_slips")] == before


def test_the_refusal_is_kind_and_leads_back(desk: Desk) -> None:
    browser = desk.browser(desk.practice.desk).look("/medecin/journal")
    assert "Le reste est pour les médecins du cabinet." in browser.main
    assert "Accueil" in browser.html, "who is signed in is still shown"


def test_a_delegate_may_invite(desk: Desk) -> None:
    assert status(desk, "delegate", "GET", "/medecin/sms")[0] == 200
    assert status(desk, "delegate", "GET", "/medecin")[0] == 200


def test_a_physician_opens_each(desk: Desk) -> None:
    for method, path in routes(desk, FOR_PHYSICIANS | FOR_MEMBERS):
        if method == "GET":
            assert status(desk, "physician", method, path)[0] in (200, 303), path

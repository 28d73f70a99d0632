"""Who may open what of /pilotage: every address and method, for a stranger and each role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.storage.operators import ROLES, Role
from tests.support.desk import Desk, open_desk
from tests.support.faces import BASE
from tests.support.practice import Browser
from tests.support.steering import an_operator, browser

# What each needs; the rest is for all three. A new address must be written here, or the first test fails.
FOR: dict[tuple[str, str], Role] = {
    ("GET", "/pilotage"): "lecture",
    ("GET", "/pilotage/parcours"): "lecture",
    ("GET", "/pilotage/incompris"): "lecture",
    ("POST", "/pilotage/incompris"): "relecture",
    ("GET", "/pilotage/avis"): "lecture",
    ("GET", "/pilotage/couts"): "lecture",
    ("GET", "/pilotage/faits"): "lecture",
    ("GET", "/pilotage/rappels"): "lecture",
    ("GET", "/pilotage/canaux"): "lecture",
    ("POST", "/pilotage/canaux"): "exploitation",
    ("GET", "/pilotage/journal"): "exploitation",
}
OPEN = {
    ("GET", "/pilotage/entrer"),
    ("POST", "/pilotage/entrer"),
    ("POST", "/pilotage/sortir"),
    ("GET", "/pilotage/acces/<token>"),
    ("POST", "/pilotage/acces/<token>"),
    ("POST", "/pilotage/acces/<token>/cle"),
    ("GET", "/pilotage/static/<path:filename>"),
}
STORED = ("switches", "operator_acts", "unclear", "operators")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("var")) as opened:
        yield opened


@pytest.fixture(scope="module")
def names(desk: Desk) -> dict[Role, str]:
    return {role: an_operator(desk.face.app, role)[0] for role in ROLES}


def test_every_address_is_in_one_of_the_tables(desk: Desk) -> None:
    found = {
        (method, rule.rule)
        for rule in desk.face.app.url_map.iter_rules()
        if rule.rule.startswith("/pilotage")
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
    assert found == set(FOR) | OPEN


def ask(opened: Browser, method: str, path: str) -> tuple[int, str]:
    token = ""
    if method == "POST":  # a good token: what is refused is refused for who asks
        page = opened.client.get("/pilotage/canaux", base_url=BASE, follow_redirects=True).get_data(as_text=True)
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"csrf_token": token, "canal": "practice", "vers": "on"} if token else None
    answer = opened.client.open(path, method=method, data=data, base_url=BASE)
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.parametrize(("method", "path"), list(FOR))
def test_a_stranger_is_sent_to_the_door(desk: Desk, method: str, path: str) -> None:
    before = [desk.rows(table) for table in STORED]
    assert ask(desk.stranger(), method, path) == (303, "/pilotage/entrer")
    assert [desk.rows(table) for table in STORED] == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path"), list(FOR))
def test_each_role_at_each_address(desk: Desk, names: dict[Role, str], method: str, path: str, role: Role) -> None:
    opened = browser(desk.face.app, names[role], BASE)
    before = [desk.rows(table) for table in STORED]
    status, _ = ask(opened, method, path)
    if ROLES.index(role) >= ROLES.index(FOR[method, path]):
        assert status in (200, 303, 409)  # 409: there is no such group of sentences
    else:
        assert status == 403
        assert [desk.rows(table) for table in STORED] == before


def test_the_refusal_is_kind_and_names_the_role(desk: Desk, names: dict[Role, str]) -> None:
    opened = browser(desk.face.app, names["lecture"], BASE).look("/pilotage/journal")
    assert "Il faut pour cela le rôle «\N{NO-BREAK SPACE}exploitation\N{NO-BREAK SPACE}»." in opened.main
    assert "Rien n’a été changé." in opened.main


def test_what_one_may_not_press_is_not_shown(desk: Desk, names: dict[Role, str]) -> None:
    looking = browser(desk.face.app, names["relecture"], BASE).look("/pilotage/canaux")
    assert "<button" not in looking.html.partition("<main")[2].partition("</main>")[0]
    assert "Mettre en pause" in browser(desk.face.app, names["exploitation"], BASE).look("/pilotage/canaux").main


def test_a_physician_is_nobody_here_and_an_operator_nobody_there(desk: Desk, names: dict[Role, str]) -> None:
    assert desk.browser().look("/pilotage").path == "/pilotage/entrer"
    assert browser(desk.face.app, names["exploitation"], BASE).look("/medecin").path == "/medecin/entrer"


def test_a_form_of_another_site_is_refused(desk: Desk, names: dict[Role, str], tmp_path: Path) -> None:
    opened = browser(desk.face.app, names["exploitation"], BASE)
    data = {"canal": "web", "vers": "off", "sur": "1"}
    assert opened.client.post("/pilotage/canaux", data=data, base_url=BASE).status_code == 400
    assert desk.rows("switches") == []

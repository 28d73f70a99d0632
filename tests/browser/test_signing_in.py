"""Signing in at /medecin with a real browser and the certified provider: in, refused, attacked, out."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from assistant.storage.practice_sessions import IDLE
from channels.app import create_app
from channels.practice.pretend.running import PretendProvider
from channels.practice.psc import EXTENSION
from tests.browser.conftest import Quiet
from tests.browser.measures import audit
from tests.support.faces import Face, open_face
from tests.support.pretend_provider import changed, start

BUTTON = "Se connecter avec Pro Santé Connect"


@dataclass
class Door:
    """A service on this machine, its pretend provider, and a clock that tests move."""

    url: str
    face: Face
    now: list[datetime]

    def rows(self, table: str) -> int:
        with self.face.conversation.database.transaction() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    face = open_face(tmp_path_factory.mktemp("var"), local=True, twilio_auth_token="")
    now = [datetime.now(timezone.utc)]
    app = create_app(face.settings, face.conversation, lambda: now[0])
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    provider: PretendProvider = start([url])
    app.extensions[EXTENSION].open(provider.psc, pretend=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Door(url, face, now)
    server.shutdown()
    thread.join()
    server.server_close()
    provider.close()
    face.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="fr-FR")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def to_the_provider(page: Page, door: Door) -> None:
    page.goto(f"{door.url}/medecin")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Qui voulez-vous être"))


def choose(page: Page, who: str) -> None:
    page.get_by_role("button", name=who).click()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(words))


def test_in_and_out(page: Page, door: Door) -> None:
    to_the_provider(page, door)
    choose(page, "Médecin d’essai, un cabinet")
    expect(page).to_have_url(f"{door.url}/medecin")
    page.reload()
    expect(page).to_have_url(f"{door.url}/medecin")
    page.goto(f"{door.url}/medecin/entrer")
    expect(page).to_have_url(f"{door.url}/medecin")
    (cookie,) = [one for one in page.context.cookies(door.url) if one["name"] == "camille-cabinet"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"], cookie["expires"]) == (True, "Lax", "/", -1)
    leave(page)
    heading(page, "Vous avez quitté Camille")
    page.go_back()
    page.goto(f"{door.url}/medecin")
    expect(page).to_have_url(re.compile("/medecin/entrer"))


def test_out_at_the_provider_too(page: Page, door: Door) -> None:
    to_the_provider(page, door)
    choose(page, "Médecin d’essai, un cabinet")
    expect(page).to_have_url(f"{door.url}/medecin")
    leave(page)
    page.get_by_role("button", name="Se déconnecter de Pro Santé Connect").click()
    heading(page, "Se déconnecter de tous vos outils")
    page.get_by_role("button", name="Oui, me déconnecter").click()
    heading(page, "Vous êtes déconnecté")
    expect(page).to_have_url(re.compile(f"{door.url}/medecin/sortie"))
    to_the_provider(page, door)  # it asks who is there again


def test_two_practices(page: Page, door: Door) -> None:
    to_the_provider(page, door)
    choose(page, "Médecin d’essai, deux cabinets")
    heading(page, "Pour quel cabinet")
    page.get_by_role("button", name="MAISON DE SANTÉ D’ESSAI").click()
    expect(page).to_have_url(f"{door.url}/medecin")


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("Infirmier d’essai", "Cette page est pour les médecins"),
        ("Identité d’essai, sans exercice", "Aucun exercice n’est déclaré"),
        ("Médecin d’essai, sans cabinet", "Aucun cabinet n’est déclaré"),
        ("Annuler", "Vous n’êtes pas entré"),
    ],
)
def test_refused_calmly(page: Page, door: Door, who: str, told: str) -> None:
    before = door.rows("practice_sessions")
    to_the_provider(page, door)
    choose(page, who)
    heading(page, told)
    assert door.rows("practice_sessions") == before
    page.goto(f"{door.url}/medecin")
    expect(page).to_have_url(re.compile("/medecin/entrer"))


def test_who_was_refused_comes_as_another(page: Page, door: Door) -> None:
    to_the_provider(page, door)
    choose(page, "Infirmier d’essai")
    page.get_by_role("button", name="Entrer avec une autre identité").click()
    heading(page, "Qui voulez-vous être")
    choose(page, "Médecin d’essai, un cabinet")
    expect(page).to_have_url(f"{door.url}/medecin")


@pytest.mark.parametrize(
    ("parameter", "told"),
    [("nonce", "La réponse n’a pas pu être vérifiée"), ("state", "Cette connexion a déjà servi")],
)
def test_changed_on_the_way(page: Page, door: Door, parameter: str, told: str) -> None:
    before = door.rows("practice_sessions")
    asked = on_the_way(page, door)
    page.goto(changed(asked, **{parameter: "x" * 30}))
    choose(page, "Médecin d’essai, un cabinet")
    heading(page, told)
    assert door.rows("practice_sessions") == before


def test_the_same_return_twice(page: Page, door: Door) -> None:
    backs: list[str] = []
    page.on("request", lambda one: backs.append(one.url) if "/medecin/retour" in one.url else None)
    to_the_provider(page, door)
    choose(page, "Médecin d’essai, un cabinet")
    expect(page).to_have_url(f"{door.url}/medecin")
    page.goto(backs[0])
    heading(page, "Cette connexion a déjà servi")


def on_the_way(page: Page, door: Door) -> str:
    """Press the button, and stop before the provider. Where it leads."""
    page.goto(f"{door.url}/medecin/entrer")
    page.route("**/auth?**", lambda route: route.fulfill(body="held"))
    page.get_by_role("button", name=BUTTON).click()
    page.wait_for_url("**/auth?**")
    page.unroute("**/auth?**")
    return page.url


def test_a_session_that_is_over(page: Page, door: Door) -> None:
    to_the_provider(page, door)
    choose(page, "Médecin d’essai, un cabinet")
    expect(page).to_have_url(f"{door.url}/medecin")
    door.now[0] += IDLE + timedelta(seconds=1)
    page.goto(f"{door.url}/medecin")
    expect(page.get_by_role("status")).to_contain_text("Votre session est finie")


def test_with_the_keyboard_alone(page: Page, door: Door) -> None:
    page.goto(f"{door.url}/medecin/entrer")
    reached(page, BUTTON)
    heading(page, "Qui voulez-vous être")
    reached(page, "Médecin d’essai, un cabinet")
    expect(page).to_have_url(f"{door.url}/medecin")


def test_without_scripts(chromium: Browser, door: Door) -> None:
    context = chromium.new_context(java_script_enabled=False)
    plain = context.new_page()
    to_the_provider(plain, door)
    choose(plain, "Médecin d’essai, un cabinet")
    expect(plain).to_have_url(f"{door.url}/medecin")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_the_button_is_large(chromium: Browser, door: Door, scheme: Any) -> None:
    context = chromium.new_context(color_scheme=scheme, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{door.url}/medecin/entrer")
    box = page.get_by_role("button", name=BUTTON).bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44
    found = {"enter": audit(page)}
    to_the_provider(page, door)
    found["provider"] = audit(page)
    choose(page, "Médecin d’essai, deux cabinets")
    heading(page, "Pour quel cabinet")
    found["choose"] = audit(page)
    page.get_by_role("button", name="MAISON").click()
    expect(page).to_have_url(f"{door.url}/medecin")
    leave(page)
    found["left"] = audit(page)
    page.get_by_role("button", name="Se déconnecter de Pro Santé Connect").click()
    heading(page, "Se déconnecter de tous")
    found["logout"] = audit(page)
    page.get_by_role("button", name="Oui").click()
    heading(page, "Vous êtes déconnecté")
    found["out"] = audit(page)
    to_the_provider(page, door)
    choose(page, "Infirmier")
    heading(page, "Cette page est pour")
    found["refused"] = audit(page)
    assert {name: faulty for name, faulty in found.items() if faulty} == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def leave(page: Page) -> None:
    page.get_by_role("button", name="Quitter").click()
    heading(page, "Vous avez quitté Camille")


def reached(page: Page, name: str) -> None:
    """Press Tab until the button has the focus, then Enter."""
    button = page.get_by_role("button", name=name)
    for _ in range(30):
        page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab does not reach {name!r}")

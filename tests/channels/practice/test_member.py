"""Who is signed in: the cookie, the guard in front of the pages, and what ends a session. No provider is needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Response

from assistant.pro_sante_connect import ProSanteConnect
from assistant.storage import practices
from channels.practice import member
from tests.support.faces import BASE
from tests.support.pretend_provider import Doctor, Practice, open_practice, read

HERE = "http://127.0.0.1:8000"
BEHIND = ("/medecin", "/medecin/dire", "/medecin/montrer", "/medecin/feuille", "/medecin/affiche", "/medecin/chez-vous")


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    opened = open_practice(tmp_path, ProSanteConnect())
    yield opened
    opened.close()


def made(practice: Practice) -> practices.Member:
    """A physician of one practice."""
    with practice.conversation.database.transaction() as connection:
        place = practices.practice_of(connection, "k", "Cabinet du Parc", practice.now[0])
        number = practices.physician_of(connection, place, "s", "Le docteur Martin", practice.now[0])
        found = practices.member(connection, number)
    assert found
    return found


def signed_in(practice: Practice, who: practices.Member, base: str = BASE, id_token: str = "") -> Doctor:
    """A browser in which `who` is signed in."""
    browser = Doctor(practice.app, base)
    with practice.app.test_request_context(base_url=base):
        given = member.sign_in(who.id, Response(), id_token).headers["Set-Cookie"]
    name, _, value = given.split(";")[0].partition("=")
    domain = urlsplit(base).hostname or ""
    browser.client.set_cookie(name, value, domain=domain, secure=base.startswith("https"))
    return browser


def test_the_cookie_of_a_public_address_and_of_one_machine(practice: Practice, tmp_path: Path) -> None:
    local = open_practice(tmp_path / "local", ProSanteConnect(), local=True, public_base_url=HERE)
    for opened, base, name, secure in (
        (practice, BASE, "__Host-camille-cabinet", True),
        (local, HERE, "camille-cabinet", False),
    ):
        with opened.app.test_request_context(base_url=base):
            given = member.sign_in(made(opened).id, Response()).headers["Set-Cookie"]
        parts = [part.strip() for part in given.split(";")]
        assert parts[0].startswith(f"{name}=")
        expected = {"HttpOnly", "Path=/", "SameSite=Lax"} | ({"Secure"} if secure else set())
        assert set(parts[1:]) == expected
    local.close()


@pytest.mark.parametrize("path", BEHIND)
def test_the_pages_behind_send_to_the_door(practice: Practice, path: str) -> None:
    answer = Doctor(practice.app).get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/medecin/entrer")


def test_whoever_is_signed_in_is_let_through_and_named(practice: Practice) -> None:
    browser = signed_in(practice, made(practice))
    said = read(browser.get("/medecin"))
    assert "Le docteur Martin" in said
    assert "Cabinet du Parc" in said


def test_a_patients_visit_and_a_practice_know_nothing_of_each_other(practice: Practice) -> None:
    browser = signed_in(practice, made(practice))
    before = browser.client.get_cookie("__Host-camille-cabinet", domain="camille.example")
    patient = browser.get("/reprise")
    assert not any("cabinet" in line for line in patient.headers.getlist("Set-Cookie"))
    visit = browser.client.get_cookie("__Host-camille", domain="camille.example")
    assert before
    assert visit
    assert before.value not in visit.value
    browser.client.delete_cookie("__Host-camille", domain="camille.example")
    assert browser.get("/medecin").status_code == 200


def test_who_is_ended_is_out_at_the_next_request(practice: Practice) -> None:
    who = made(practice)
    browser = signed_in(practice, who)
    with practice.conversation.database.transaction() as connection:
        assert practices.end(connection, who.practice, who.id, practice.now[0])
    assert browser.get("/medecin").status_code == 303
    with practice.app.test_request_context(base_url=BASE), pytest.raises(LookupError):
        member.sign_in(who.id, Response())


def test_asking_who_without_a_guard_is_a_fault_of_ours(practice: Practice) -> None:
    with practice.app.test_request_context(base_url=BASE), pytest.raises(LookupError, match="required"):
        member.member()


def test_the_id_token_is_sealed_beside_its_session(practice: Practice) -> None:
    token = "header.payload.signature"
    signed_in(practice, made(practice), id_token=token)
    (row,) = practice.rows("practice_sessions")
    assert row["id_token"].startswith("s1.")
    assert token not in practice.everything_stored()


def test_an_id_token_that_does_not_open_any_more_does_not_keep_her_in(practice: Practice) -> None:
    """SECRET_KEY was changed meanwhile."""
    browser = signed_in(practice, made(practice), id_token="header.payload.signature")
    page = browser.get("/medecin")
    with practice.conversation.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE practice_sessions SET id_token = 's1.AAAA'")
    assert browser.post("/medecin/sortir", page).headers["Location"] == "/medecin/sortie"
    assert browser.get("/medecin").status_code == 303


def test_the_official_button_takes_the_place_of_ours(
    practice: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.app.extensions["camille.practice"].state = "open"
    browser = Doctor(practice.app)
    assert "<img" not in browser.get("/medecin/entrer").text
    (tmp_path / "pro-sante-connect.svg").write_text("<svg/>")
    monkeypatch.setattr("channels.practice.door.PICTURES", tmp_path)
    page = browser.get("/medecin/entrer").text
    assert 'alt="Se connecter avec Pro Santé Connect"' in page
    assert 'src="/medecin/static/pro-sante-connect.svg"' in page

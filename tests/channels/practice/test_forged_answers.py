"""What a provider might answer and must not be believed: each lie is told, and nobody comes in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import TestResponse

from tests.support.faces import BASE
from tests.support.forging import CLAIMS, CLIENT, Forger, as_json
from tests.support.pretend_provider import Doctor, Practice, open_practice

LATE = 3600


@dataclass
class Scene:
    """A service, its lying provider, and somebody who comes back from it."""

    forger: Forger
    practice: Practice
    doctor: Doctor

    def comes_back(self) -> TestResponse:
        asked = parse_qs(urlsplit(self.doctor.starts()).query)
        self.forger.nonce = asked["nonce"][0]
        return self.doctor.back(f"{BASE}/medecin/retour?code=c&state={asked['state'][0]}")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    forger = Forger()
    practice = open_practice(tmp_path, forger.psc)
    yield Scene(forger, practice, Doctor(practice.app))
    practice.close()
    forger.close()


def test_what_is_true_is_believed(scene: Scene) -> None:
    """Without this, the refusals below would show nothing."""
    assert scene.comes_back().headers["Location"] == "/medecin"
    assert sorted(scene.forger.asked) == ["certs", "token", "userinfo"]


@pytest.mark.parametrize("acr", ["eidas1", "eidas2", "eidas3"])
def test_how_surely_she_was_known(scene: Scene, acr: str) -> None:
    scene.forger.told = {"acr": acr}
    assert scene.comes_back().status_code == 303


def test_a_list_of_audiences_that_holds_us(scene: Scene) -> None:
    scene.forger.told = {"aud": [CLIENT, "other"], "azp": CLIENT}
    assert scene.comes_back().status_code == 303


@pytest.mark.parametrize(
    "told",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": "another-client", "azp": CLIENT},
        {"aud": ["another-client"], "azp": CLIENT},
        {"aud": None},
        {"azp": "another-client"},
        {"sub": None},
        {"sub": "f:1:somebody-else"},
        {"nonce": None},
        {"nonce": "another"},
        {"acr": None},
        {"acr": "eidas0"},
        {"acr": ""},
        {"acr": ["eidas1", "x"]},
        {"acr": ["eidas1"]},
        pytest.param({"exp": int(time.time()) - LATE}, id="exp too far"),
        {"exp": None},
        pytest.param({"iat": int(time.time()) + LATE}, id="iat too far"),
        pytest.param({"nbf": int(time.time()) + LATE}, id="nbf too far"),
    ],
    ids=str,
)
def test_a_claim_that_is_not_ours(scene: Scene, told: dict[str, Any]) -> None:
    scene.forger.told = told
    _refused(scene)


@pytest.mark.parametrize(
    "lie",
    [
        {"unsigned": True},
        {"alg": "HS256"},
        {"alg": "RS512"},
        {"alg": "PS256"},
        {"stranger": True},
        {"kid": "unknown"},
    ],
    ids=str,
)
def test_a_signature_that_is_not_the_providers(scene: Scene, lie: dict[str, Any]) -> None:
    for name, value in lie.items():
        setattr(scene.forger, name, value)
    _refused(scene)


@pytest.mark.parametrize(
    "claims",
    [
        {**CLAIMS, "sub": "f:1:somebody-else"},
        {name: value for name, value in CLAIMS.items() if name != "sub"},
        {**CLAIMS, "sub": None},
        {},
        [],
        "10",
        None,
    ],
    ids=["somebody else's", "nobody's", "null", "empty", "a list", "a word", "nothing"],
)
def test_claims_that_are_not_hers(scene: Scene, claims: object) -> None:
    """Somebody else's profession must never be put in place of hers."""
    scene.forger.userinfo = lambda: as_json(claims)
    _refused(scene)


def test_signed_claims_of_another_key_or_issuer(scene: Scene) -> None:
    forger = scene.forger
    forger.userinfo = lambda: (200, "application/jwt", forger.sign({**CLAIMS, "iss": "https://elsewhere.example"}))
    _refused(scene)
    forger.userinfo = lambda: (200, "application/jwt", "not.a.token")
    _refused(scene)
    forger.userinfo = lambda: (200, "application/jwt;charset=UTF-8", forger.sign(CLAIMS))
    assert scene.comes_back().status_code == 303


def test_several_issuers_at_once(scene: Scene) -> None:
    scene.forger.told = {"iss": [scene.forger.issuer, "https://elsewhere.example"]}
    _refused(scene)


def test_no_id_token(scene: Scene) -> None:
    scene.forger.token = lambda given: as_json({name: value for name, value in given.items() if name != "id_token"})
    _refused(scene)


def test_a_code_that_is_not_good(scene: Scene) -> None:
    scene.forger.token = lambda given: as_json({"error": "invalid_grant"}, 400)
    _refused(scene)


@pytest.mark.parametrize("place", ["token", "userinfo", "keys"])
@pytest.mark.parametrize("status", [500, 503])
def test_an_address_that_fails_is_told_as_such(scene: Scene, place: str, status: int) -> None:
    setattr(scene.forger, place, lambda *_: (status, "text/html", "<h1>oups</h1>"))
    _refused(scene, 503)


@pytest.mark.parametrize("place", ["token", "userinfo", "keys"])
@pytest.mark.parametrize("body", ["", "<html>", "[]", "null", '"x"', "{", '{"keys": [{}]}'], ids=str)
def test_an_address_that_talks_nonsense_is_no_fault_of_ours(scene: Scene, place: str, body: str) -> None:
    setattr(scene.forger, place, lambda *_: (200, "application/json", body))
    _refused(scene, 400, 503)


def test_nothing_is_asked_with_the_access_token_when_the_id_token_is_not_good(scene: Scene) -> None:
    scene.forger.told = {"nonce": "another"}
    _refused(scene)
    assert "userinfo" not in scene.forger.asked


def test_keys_that_were_changed_meanwhile_are_asked_for_again(scene: Scene) -> None:
    assert scene.comes_back().status_code == 303
    scene.forger.kid = "k2"
    fresh = scene.forger._key.as_dict(private=True) | {"kid": "k2"}
    public = {name: value for name, value in fresh.items() if name in ("kty", "n", "e", "kid", "use", "alg")}
    scene.forger.keys = lambda: as_json({"keys": [public]})
    other = Scene(scene.forger, scene.practice, Doctor(scene.practice.app))
    assert other.comes_back().status_code == 303
    assert scene.forger.asked.count("certs") == 2


def _refused(scene: Scene, *statuses: int) -> None:
    """Calmly, with nothing stored and nobody signed in."""
    answer = scene.comes_back()
    assert answer.status_code in (statuses or (400,)), answer.text
    assert "Recommencer" in answer.text
    stored = ("members", "practices", "practice_sessions", "audit", "practice_slips")
    assert {table: scene.practice.rows(table) for table in stored} == {table: [] for table in stored}
    assert scene.doctor.get("/medecin/entrer").status_code == 200

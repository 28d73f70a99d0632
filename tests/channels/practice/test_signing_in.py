"""Signing in through the certified provider: who comes in, who is kindly refused, and how one leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from assistant.storage.practice_sessions import AT_MOST, IDLE
from channels.practice.pretend.running import PretendProvider
from channels.practice.psc import SIGN_IN_LIFE
from tests.support.faces import BASE
from tests.support.pretend_provider import Doctor, Practice, changed, open_practice, read, start

COOKIE = "__Host-camille-cabinet"
PARK = "CABINET D’ESSAI DU PARC"


@pytest.fixture(scope="module")
def provider() -> Iterator[PretendProvider]:
    running = start([BASE])
    yield running
    running.close()


@pytest.fixture
def practice(provider: PretendProvider, tmp_path: Path) -> Iterator[Practice]:
    opened = open_practice(tmp_path, provider.psc)
    yield opened
    opened.close()


@pytest.fixture
def doctor(practice: Practice) -> Doctor:
    return Doctor(practice.app)


def is_in(doctor: Doctor) -> bool:
    """The door lets her through, and the pages behind it do not send her back."""
    through = doctor.get("/medecin/entrer").status_code == 303
    assert through is not doctor.get("/medecin").headers.get("Location", "").startswith("/medecin/entrer")
    return through


class TestTheWayIn:
    def test_the_page_has_one_large_button_and_says_what_is_kept(self, doctor: Doctor) -> None:
        page = doctor.get("/medecin/entrer")
        assert page.status_code == 200
        said = read(page)
        assert "Se connecter avec Pro Santé Connect" in said
        assert "J’ai un accès donné par mon cabinet" in said
        assert "12 mois" in said
        assert "Votre spécialité n’est ni lue, ni gardée, ni montrée." in said

    def test_what_is_asked_of_the_provider(self, doctor: Doctor, provider: PretendProvider) -> None:
        address = doctor.starts()
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(provider.psc.authorization + "?")
        assert asked["response_type"] == "code"
        assert asked["scope"] == "openid scope_all"
        assert asked["acr_values"] == "eidas1"
        assert asked["redirect_uri"] == f"{BASE}/medecin/retour"
        assert asked["code_challenge_method"] == "S256"
        assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 20
        assert "prompt" not in asked
        assert set(asked) == {
            "response_type",
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "nonce",
            "acr_values",
            "code_challenge",
            "code_challenge_method",
        }

    def test_nonce_and_verifier_are_not_in_the_browser(self, doctor: Doctor, practice: Practice) -> None:
        page = doctor.get("/medecin/entrer")
        answer = doctor.post("/medecin/entrer", page)
        nonce = parse_qs(urlsplit(doctor.onward(answer)).query)["nonce"][0]
        assert not any(nonce in header for header in answer.headers.getlist("Set-Cookie"))
        (slip,) = practice.rows("practice_slips")
        assert nonce not in str(dict(slip)), "it is sealed in the table too"

    def test_it_takes_a_press_of_our_own_button(self, doctor: Doctor, practice: Practice) -> None:
        """A page elsewhere cannot send anybody on the way, nor fill the table."""
        answer = doctor.client.post("/medecin/entrer", base_url=BASE)
        assert answer.status_code == 400
        assert practice.rows("practice_slips") == []


class TestAPhysician:
    def test_comes_in(self, doctor: Doctor, practice: Practice) -> None:
        answer = doctor.signs_in()
        assert (answer.status_code, answer.headers["Location"]) == (303, "/medecin")
        assert is_in(doctor)
        (member,) = practice.rows("members")
        assert (member["shown_as"], member["role"], member["secret"]) == ("Le docteur Essai", "physician", "")
        (place,) = practice.rows("practices")
        assert place["name"] == PARK
        assert [line["act"] for line in practice.rows("audit")] == ["signed_in"]
        assert practice.rows("practice_slips") == []

    def test_the_cookie_is_for_us_alone(self, doctor: Doctor) -> None:
        (given,) = [line for line in doctor.signs_in().headers.getlist("Set-Cookie") if line.startswith(COOKIE)]
        attributes = {part.strip().lower() for part in given.split(";")[1:]}
        assert attributes == {"secure", "httponly", "path=/", "samesite=lax"}
        assert len(given.split(";")[0].removeprefix(f"{COOKIE}=")) == 43

    def test_comes_in_again_as_the_same(self, doctor: Doctor, practice: Practice) -> None:
        doctor.signs_in()
        other = Doctor(practice.app)
        other.signs_in()
        assert [len(practice.rows(table)) for table in ("practices", "members", "practice_sessions")] == [1, 1, 2]

    def test_nothing_that_names_her_elsewhere_is_stored(self, doctor: Doctor, practice: Practice) -> None:
        doctor.signs_in()
        stored = practice.everything_stored()
        assert "Le docteur Essai" in stored
        for secret in ("899700000011", "550dc1c8", "R10000000001", "SM26", "eyJ"):
            assert secret not in stored

    def test_nothing_secret_is_logged(self, doctor: Doctor, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG")
        back = doctor.chooses(doctor.starts(), "medecin")
        state, code = (parse_qs(urlsplit(back).query)[name][0] for name in ("state", "code"))
        token = re.search(rf"{COOKIE}=([^;]+)", str(doctor.back(back).headers.getlist("Set-Cookie")))
        assert token
        ours = [
            record for record in caplog.records if not record.name.startswith(("sqlalchemy", "urllib3", "werkzeug"))
        ]
        said = "\n".join(record.getMessage() for record in ours)
        assert "acr eidas1" in said
        for secret in (state, code, token[1], "899700000011", "code_verifier", "eyJ"):
            assert secret not in said

    def test_with_two_practices_chooses_one(self, doctor: Doctor, practice: Practice) -> None:
        answer = doctor.signs_in("medecin-deux-cabinets")
        assert answer.headers["Location"] == "/medecin/cabinet"
        assert not is_in(doctor)
        assert practice.rows("members") == []
        page = doctor.get("/medecin/cabinet")
        offered = dict(re.findall(r'name="cabinet" value="([^"]+)">.*?<span>(.*?)</span>', page.text))
        assert list(offered.values()) == [PARK, "MAISON DE SANTÉ D’ESSAI"]
        assert "R1000000000" not in page.text
        (health_house,) = [key for key, name in offered.items() if name == "MAISON DE SANTÉ D’ESSAI"]
        before = doctor.client.get_cookie(COOKIE, domain="camille.example")
        assert doctor.post("/medecin/cabinet", page, cabinet=health_house).headers["Location"] == "/medecin"
        after = doctor.client.get_cookie(COOKIE, domain="camille.example")
        assert before is not None
        assert after is not None
        assert before.value != after.value
        assert is_in(doctor)
        assert [place["name"] for place in practice.rows("practices")] == ["MAISON DE SANTÉ D’ESSAI"]

    @pytest.mark.parametrize("picked", ["", "p1_elsewhere"])
    def test_only_a_practice_of_hers_may_be_chosen(self, doctor: Doctor, practice: Practice, picked: str) -> None:
        doctor.signs_in("medecin-deux-cabinets")
        answer = doctor.post("/medecin/cabinet", doctor.get("/medecin/cabinet"), cabinet=picked)
        assert answer.status_code == 400
        assert practice.rows("members") == []
        assert not is_in(doctor)

    def test_a_choice_that_waits_too_long_is_begun_again(self, doctor: Doctor, practice: Practice) -> None:
        doctor.signs_in("medecin-deux-cabinets")
        page = doctor.get("/medecin/cabinet")
        practice.later(timedelta(minutes=10))
        assert doctor.get("/medecin/cabinet").status_code == 400
        key = re.findall(r'name="cabinet" value="([^"]+)"', page.text)[0]
        assert doctor.post("/medecin/cabinet", page, cabinet=key).status_code == 400

    def test_both_physicians_of_a_practice_find_the_same(self, practice: Practice) -> None:
        Doctor(practice.app).signs_in()
        second = Doctor(practice.app)
        second.signs_in("medecin-deux-cabinets")
        page = second.get("/medecin/cabinet")
        (park,) = re.findall(rf'value="([^"]+)"><svg.*?<span>{PARK}</span>', page.text)
        second.post("/medecin/cabinet", page, cabinet=park)
        assert len(practice.rows("practices")) == 1
        assert len(practice.rows("members")) == 2


class TestRefused:
    @pytest.mark.parametrize(
        ("who", "status", "told", "done"),
        [
            ("infirmier", 403, "Cette page est pour les médecins", "peut vous donner un accès"),
            ("sans-exercice", 403, "Aucun exercice n’est déclaré", "annuaire.sante.fr"),
            ("sans-cabinet", 403, "Aucun cabinet n’est déclaré", "Demandez un accès au médecin que vous remplacez"),
            ("", 400, "Vous n’êtes pas entré", "Vous pouvez recommencer quand vous voulez"),
        ],
        ids=["a nurse", "no exercise", "no practice", "cancelled"],
    )
    def test_calmly(self, doctor: Doctor, practice: Practice, who: str, status: int, told: str, done: str) -> None:
        answer = doctor.signs_in(who)
        assert answer.status_code == status
        said = read(answer)
        assert told in said
        assert done in said
        assert not is_in(doctor)
        assert [practice.rows(table) for table in ("practices", "members", "practice_sessions", "practice_slips")] == [
            [],
            [],
            [],
            [],
        ]

    def test_who_was_refused_may_come_as_another(self, doctor: Doctor) -> None:
        """The provider still knows the nurse: without asking again, nobody else could use that computer."""
        refused = doctor.signs_in("infirmier")
        assert doctor.back(doctor.is_known(doctor.starts())).status_code == 403
        asked = doctor.onward(doctor.post("/medecin/entrer", refused, autre="1"))
        assert parse_qs(urlsplit(asked).query)["prompt"] == ["login"]
        assert doctor.back(doctor.chooses(asked, "medecin")).headers["Location"] == "/medecin"
        assert is_in(doctor)

    def test_the_nurse_comes_in_where_nurses_may(self, provider: PretendProvider, tmp_path: Path) -> None:
        opened = open_practice(tmp_path, replace(provider.psc, professions=("10", "60")))
        nurse = Doctor(opened.app)
        assert nurse.signs_in("infirmier").headers["Location"] == "/medecin"
        assert [member["shown_as"] for member in opened.rows("members")] == ["Infirmier Essai"]
        opened.close()


class TestAttacked:
    def test_the_same_return_twice(self, doctor: Doctor) -> None:
        back = doctor.chooses(doctor.starts(), "medecin")
        assert doctor.back(back).status_code == 303
        again = doctor.back(back)
        assert again.status_code == 400
        assert "Cette connexion a déjà servi" in read(again)

    @pytest.mark.parametrize("state", ["", "x" * 30, None, "é" * 10])
    def test_another_state(self, doctor: Doctor, state: str | None) -> None:
        answer = doctor.back(changed(doctor.chooses(doctor.starts(), "medecin"), state=state))
        assert answer.status_code == 400
        assert not is_in(doctor)

    def test_another_nonce(self, doctor: Doctor, practice: Practice) -> None:
        answer = doctor.back(doctor.chooses(changed(doctor.starts(), nonce="n" * 30), "medecin"))
        assert answer.status_code == 400
        assert "La réponse n’a pas pu être vérifiée" in read(answer)
        assert practice.rows("members") == []

    def test_a_code_asked_for_with_another_verifier(self, doctor: Doctor) -> None:
        """A code that was stolen on the way is of no use: its verifier never left the server."""
        stolen = doctor.chooses(doctor.starts(), "medecin")
        own = doctor.is_known(doctor.starts())
        code = parse_qs(urlsplit(stolen).query)["code"][0]
        assert doctor.back(changed(own, code=code)).status_code == 400
        assert not is_in(doctor)

    def test_a_return_that_began_in_another_browser(self, doctor: Doctor, practice: Practice) -> None:
        """Whoever has a physician follow a link does not have her signed in as somebody else."""
        back = doctor.chooses(doctor.starts(), "medecin")
        victim = Doctor(practice.app)
        assert victim.back(back).status_code == 400
        assert not is_in(victim)

    def test_a_return_that_is_too_late(self, doctor: Doctor, practice: Practice) -> None:
        back = doctor.chooses(doctor.starts(), "medecin")
        practice.later(SIGN_IN_LIFE)
        assert doctor.back(back).status_code == 400

    @pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?error=x", "?error=access_denied&state=x", "?iss=x"])
    def test_a_return_out_of_nowhere(self, doctor: Doctor, query: str) -> None:
        answer = doctor.get(f"/medecin/retour{query}")
        assert answer.status_code == 400
        assert "<script>" not in answer.text

    def test_another_issuer_answers(self, doctor: Doctor) -> None:
        """RFC 9207: the answer of another provider that the browser was led to."""
        back = doctor.chooses(doctor.starts(), "medecin")
        assert doctor.back(changed(back, iss="https://elsewhere.example")).status_code == 400
        assert not is_in(doctor)

    def test_a_token_planted_in_the_browser_is_worth_nothing_afterwards(self, practice: Practice) -> None:
        """Not a made-up one, nor the one of a choice that the attacker began herself."""
        attacker, planted = Doctor(practice.app), "x" * 43
        attacker.signs_in("medecin-deux-cabinets")
        choosing = attacker.client.get_cookie(COOKIE, domain="camille.example")
        assert choosing is not None
        for token in (planted, choosing.value):
            victim = Doctor(practice.app)
            victim.client.set_cookie(COOKIE, token, domain="camille.example", secure=True)
            victim.signs_in()
            assert is_in(victim)
            attacker.client.set_cookie(COOKIE, token, domain="camille.example", secure=True)
            assert not is_in(attacker)

    def test_signing_in_again_ends_what_the_browser_had(self, doctor: Doctor, practice: Practice) -> None:
        doctor.signs_in()
        first = doctor.client.get_cookie(COOKIE, domain="camille.example")
        assert first is not None
        # Another tab was on the way meanwhile.
        doctor.client.delete_cookie(COOKIE, domain="camille.example")
        address = doctor.starts()
        doctor.client.set_cookie(COOKIE, first.value, domain="camille.example", secure=True)
        doctor.back(doctor.is_known(address))
        second = doctor.client.get_cookie(COOKIE, domain="camille.example")
        assert second is not None
        assert second.value != first.value
        assert len(practice.rows("practice_sessions")) == 1

    @pytest.mark.parametrize("token", ["", "x", "x" * 43, "é", "x" * 100_000, "'; DROP TABLE members"])
    def test_a_made_up_cookie_opens_nothing(self, doctor: Doctor, token: str) -> None:
        headers = {"Cookie": f"{COOKIE}={token}".encode().decode("latin-1")}
        answer = doctor.client.get("/medecin", base_url=BASE, headers=headers)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/medecin/entrer")


class TestOver:
    def test_after_half_an_hour_without_a_request(self, doctor: Doctor, practice: Practice) -> None:
        doctor.signs_in()
        practice.later(IDLE)
        answer = doctor.get("/medecin")
        assert answer.headers["Location"] == "/medecin/entrer?fini=1"
        assert "Votre session est finie" in read(doctor.get("/medecin/entrer?fini=1"))

    def test_after_a_working_day(self, doctor: Doctor, practice: Practice) -> None:
        doctor.signs_in()
        for _ in range(int(AT_MOST / timedelta(minutes=20)) - 1):
            practice.later(timedelta(minutes=20))
            assert is_in(doctor)
        practice.later(timedelta(minutes=20))
        assert not is_in(doctor)

    def test_whoever_never_came_is_not_told_of_an_end(self, doctor: Doctor) -> None:
        assert doctor.get("/medecin").headers["Location"] == "/medecin/entrer"
        assert "Votre session est finie" not in doctor.get("/medecin/entrer").text


class TestLeaving:
    def test_here_only(self, doctor: Doctor, practice: Practice) -> None:
        doctor.signs_in()
        carried = doctor.client.get_cookie(COOKIE, domain="camille.example")
        assert carried is not None
        answer = doctor.post("/medecin/sortir", doctor.get("/medecin"))
        assert answer.headers["Location"] == "/medecin/sortie"
        assert practice.rows("practice_sessions") == [], "on the server, not only in the browser"
        assert "Vous avez quitté Camille" in read(doctor.get("/medecin/sortie"))
        doctor.client.set_cookie(COOKIE, carried.value, domain="camille.example", secure=True)
        assert not is_in(doctor)
        assert [line["act"] for line in practice.rows("audit")] == ["signed_in", "signed_out"]
        assert doctor.is_known(doctor.starts()), "the other tools of the practice stay open"

    def test_at_the_provider_too(self, doctor: Doctor, practice: Practice) -> None:
        doctor.signs_in()
        doctor.post("/medecin/sortir", doctor.get("/medecin"))
        page = doctor.get("/medecin/sortie")
        assert "Se déconnecter de Pro Santé Connect" in read(page)
        back = leaves(doctor, doctor.onward(doctor.post("/medecin/sortir", page, partout="1")))
        answer = doctor.back(back)
        assert answer.status_code == 200
        assert "Vous êtes sorti d’ici, et de Pro Santé Connect." in read(answer)
        assert practice.rows("practice_slips") == []
        shown = doctor.provider.get(doctor.starts(), timeout=10)
        assert "Qui voulez-vous être" in shown.text, "the provider knows nobody any more"
        assert doctor.back(back).status_code == 400, "its state is good once"

    @pytest.mark.parametrize("state", ["x", ""])
    def test_a_return_from_nowhere_promises_nothing(self, doctor: Doctor, state: str) -> None:
        answer = doctor.get(f"/medecin/sortie?state={state}")
        assert answer.status_code == 400
        assert "Nous ne savons pas" in read(answer)

    def test_a_page_elsewhere_cannot_have_her_leave(self, doctor: Doctor) -> None:
        doctor.signs_in()
        assert doctor.client.post("/medecin/sortir", base_url=BASE).status_code == 400
        assert is_in(doctor)

    def test_leaving_twice_is_no_fault(self, doctor: Doctor) -> None:
        doctor.signs_in()
        page = doctor.get("/medecin")
        for _ in range(2):
            assert doctor.post("/medecin/sortir", page).headers["Location"] == "/medecin/sortie"


def leaves(doctor: Doctor, address: str) -> str:
    """Say yes at the provider. Where it sends back to."""
    asked = doctor.provider.get(address, timeout=10)
    secret = re.search(r'name="xsrf" value="([^"]+)"', asked.text)
    action = re.search(r'action="([^"]+)"', asked.text)
    assert secret
    assert action
    form = {"xsrf": secret[1], "logout": "yes"}
    return doctor.followed(doctor.provider.post(action[1], data=form, allow_redirects=False, timeout=10))


def test_claims_that_come_signed_are_read_too(tmp_path: Path) -> None:
    """Keycloak can be set to sign what it tells of somebody."""
    running = start([BASE], signed_userinfo=True)
    opened = open_practice(tmp_path, running.psc)
    assert Doctor(opened.app).signs_in().headers["Location"] == "/medecin"
    opened.close()
    running.close()


def test_a_provider_that_is_away_is_told_calmly(provider: PretendProvider, tmp_path: Path) -> None:
    gone = "http://127.0.0.1:9/token"
    opened = open_practice(tmp_path, replace(provider.psc, token=gone))
    answer = Doctor(opened.app).signs_in()
    assert answer.status_code == 503
    assert "Attendez quelques minutes" in read(answer)
    opened.close()

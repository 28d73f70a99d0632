"""Coming in to /pilotage: a link of one use, a password and a code, a session that ends; nothing told to guessers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from assistant import operator_proofs
from assistant.operator_proofs import OperatorProofs
from assistant.storage import operators
from assistant.storage.guesses import OPERATOR
from assistant.storage.operator_sessions import AT_MOST, IDLE
from tests.channels.practice.test_accesses_pages import drawn, key, square
from tests.support.desk import Desk, faults, open_desk
from tests.support.faces import BASE
from tests.support.practice import Browser
from tests.support.steering import PASSWORD, acts, an_operator, browser, cookie

WRONG = "Le nom, le mot de passe ou le code ne va pas."
SECURE = re.compile(r"^__Host-camille-pilotage=[\w-]{43}; Secure; HttpOnly; Path=/; SameSite=Strict$")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened:
        yield opened


def given(desk: Desk, role: operators.Role = "lecture") -> tuple[str, str]:
    """The name of a new access, and the path of its link."""
    with desk.face.conversation.database.transaction() as connection:
        name, token = operators.add(connection, "marie", role, desk.clock())
    return name, f"/pilotage/acces/{token}"


def prove(desk: Desk, opened: Browser, password: str = PASSWORD, again: str | None = None, code: str = "") -> Browser:
    _, secret = key(opened)
    now = pyotp.TOTP(secret).at(desk.clock())
    return opened.press("Entrer", passe=password, encore=password if again is None else again, code=code or now)


def enter(desk: Desk, name: str, password: str, code: str) -> Browser:
    return desk.stranger().look("/pilotage/entrer").press("Entrer", nom=name, passe=password, code=code)


class TestTakenUp:
    def test_looking_uses_nothing_up(self, desk: Desk) -> None:
        _, path = given(desk)
        for _ in range(3):
            assert "Prendre cet accès" in desk.stranger().look(path).main

    def test_once_and_then_one_is_in(self, desk: Desk) -> None:
        name, path = given(desk)
        opened = desk.stranger().look(path).press("Prendre cet accès")
        assert drawn(opened) == square(pyotp.TOTP(key(opened)[1]).provisioning_uri(name=name, issuer_name="Camille"))
        prove(desk, opened)
        assert opened.path == "/pilotage"
        assert name in opened.html
        assert acts(desk.face.app) == [("taken_up", "")]
        assert "Ce lien ne marche plus" in desk.stranger().look(path).main

    def test_only_in_the_browser_that_pressed(self, desk: Desk) -> None:
        _, path = given(desk)
        desk.stranger().look(path).press("Prendre cet accès")
        assert "Ce lien ne marche plus" in desk.stranger().look(path).main

    def test_not_after_a_day(self, desk: Desk) -> None:
        _, path = given(desk)
        desk.clock.later(seconds=operators.LIFE.total_seconds())
        opened = desk.stranger().look(path)
        assert (opened.status, "Ce lien ne marche plus" in opened.main) == (404, True)

    @pytest.mark.parametrize(
        ("password", "again", "field"),
        [
            ("trop court", None, "passe"),
            ("aaaaaaaaaaaaaaaaaaaa", None, "passe"),
            ("marie et son petit chat", None, "passe"),
            ("x" * 60 + PASSWORD * 8, None, "passe"),
            (PASSWORD, "le train de neuf heures", "encore"),
        ],
        ids=["short", "one letter", "her name", "too long", "not the same"],
    )
    def test_a_password_that_will_not_do_keeps_the_key_and_the_code(
        self, desk: Desk, password: str, again: str | None, field: str
    ) -> None:
        _, path = given(desk)
        opened = desk.stranger().look(path).press("Prendre cet accès")
        before = key(opened)
        prove(desk, opened, password, again)
        assert opened.status == 422
        assert set(faults(opened)) == {field}
        assert key(opened) == before
        prove(desk, opened)
        assert opened.path == "/pilotage"

    def test_a_wrong_code_keeps_nothing(self, desk: Desk) -> None:
        name, path = given(desk)
        opened = desk.stranger().look(path).press("Prendre cet accès")
        prove(desk, opened, code="000000")
        assert opened.status == 422
        assert [row.password for row in desk.rows("operators")] == [""]
        assert enter(desk, name, PASSWORD, "000000").status == 422

    def test_who_was_ended_meanwhile_took_nothing_up(self, desk: Desk) -> None:
        name, path = given(desk)
        opened = desk.stranger().look(path).press("Prendre cet accès")
        with desk.face.conversation.database.transaction() as connection:
            operators.end(connection, name)
        prove(desk, opened)
        assert "Ce lien ne marche plus" in opened.main
        assert acts(desk.face.app) == []

    def test_again_with_a_new_link_and_the_old_proofs_are_void(self, desk: Desk) -> None:
        name, telephone = an_operator(desk.face.app, "relecture")
        inside = browser(desk.face.app, name, BASE)
        with desk.face.conversation.database.transaction() as connection:
            token = operators.offer(connection, name, desk.clock())
        opened = desk.stranger().look(f"/pilotage/acces/{token}")
        assert "ne serviront plus" in opened.main
        assert inside.look("/pilotage").path == "/pilotage", "until it is taken up"
        prove(desk, opened.press("Prendre cet accès"), "une autre phrase à moi")
        assert inside.look("/pilotage").path == "/pilotage/entrer?fini=1"
        desk.clock.later(minutes=2)
        assert enter(desk, name, PASSWORD, telephone.at(desk.clock())).status == 422


class TestEntered:
    def test_with_a_name_a_password_and_a_code(self, desk: Desk) -> None:
        name, telephone = an_operator(desk.face.app, "lecture")
        opened = enter(desk, f" {name.upper()} ", PASSWORD, telephone.at(desk.clock()))
        assert (opened.status, opened.path) == (200, "/pilotage")

    @pytest.mark.parametrize("wrong", ["name", "password", "code", "nothing typed", "not taken up"])
    def test_whatever_is_wrong_is_told_in_the_same_words(self, desk: Desk, wrong: str) -> None:
        name, telephone = an_operator(desk.face.app, "lecture")
        code = telephone.at(desk.clock())
        opened = {
            "name": lambda: enter(desk, "marie-2222", PASSWORD, code),
            "password": lambda: enter(desk, name, "le train de neuf heures", code),
            "code": lambda: enter(desk, name, PASSWORD, "000000"),
            "nothing typed": lambda: enter(desk, "", "", ""),
            "not taken up": lambda: enter(desk, given(desk)[0], "", code),
        }[wrong]()
        assert opened.status == 422
        assert WRONG in opened.html
        assert desk.rows("operator_sessions") == []
        assert len(desk.rows("guesses")) == (2 if wrong == "code" else 1), "only behind a right password of all, too"

    def test_a_code_is_good_once(self, desk: Desk) -> None:
        name, telephone = an_operator(desk.face.app, "lecture")
        code = telephone.at(desk.clock())
        assert enter(desk, name, PASSWORD, code).status == 200
        assert enter(desk, name, PASSWORD, code).status == 422

    def test_after_five_guesses_even_the_right_one_waits(self, desk: Desk) -> None:
        name, telephone = an_operator(desk.face.app, "lecture")
        for _ in range(OPERATOR.most):
            assert enter(desk, name, "le train de neuf heures", telephone.at(desk.clock())).status == 422
        blocked = enter(desk, name, PASSWORD, telephone.at(desk.clock()))
        assert (blocked.status, "Trop d’essais" in blocked.main) == (429, True)
        desk.clock.later(seconds=OPERATOR.window.total_seconds() + 1)
        assert enter(desk, name, PASSWORD, telephone.at(desk.clock())).status == 200

    def test_whoever_has_no_password_keeps_nobody_from_the_switch(self, tmp_path: Path) -> None:
        """Not from four networks, nor from a hundred: nothing of theirs counts for all."""
        with open_desk(tmp_path, local=False) as desk:
            name, telephone = an_operator(desk.face.app, "exploitation")
            proofs, database = OperatorProofs(desk.face.settings), desk.face.conversation.database
            for number in range(OPERATOR.most_of_all + 10):
                guessed = f"marie-{number:04d}", "le train de neuf heures", "000000", desk.clock(), f"p1_r{number // 5}"
                assert proofs.check(database, *guessed) == "wrong"
            assert enter(desk, name, PASSWORD, telephone.at(desk.clock())).status == 200

    def test_one_network_is_shut_out_and_another_is_not(self, tmp_path: Path) -> None:
        with open_desk(tmp_path, local=False) as desk:
            name, telephone = an_operator(desk.face.app, "lecture")
            told = [enter(desk, f"marie-{n:04d}", "", "").status for n in range(OPERATOR.most_of_network + 1)]
            assert told == [422] * OPERATOR.most_of_network + [429]
            shut = enter(desk, name, PASSWORD, telephone.at(desk.clock()))
            assert (shut.status, "peut-être par d’autres que vous" in shut.main) == (429, True)
            elsewhere = desk.stranger()
            elsewhere.client.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.9"
            opened = elsewhere.look("/pilotage/entrer")
            assert opened.press("Entrer", nom=name, passe=PASSWORD, code=telephone.at(desk.clock())).path == "/pilotage"

    def test_the_first_unknown_name_of_a_process_takes_no_longer(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is checked for nobody is made for whoever comes first, known or not: as many hashes for each."""
        name, _ = an_operator(desk.face.app, "lecture")
        made = {"hashes": 0}
        argon2 = operator_proofs._argon2

        def counting() -> Argon2id:
            made["hashes"] += 1
            return argon2()

        monkeypatch.setattr("assistant.operator_proofs._argon2", counting)
        took = []
        for who in (name, "marie-2222"):
            operator_proofs._nobody.cache_clear()
            made["hashes"] = 0
            enter(desk, who, "le train de neuf heures", "000000")
            took.append(made["hashes"])
        assert took == [1, 1]

    def test_guesses_at_an_access_of_a_practice_close_no_door_here(self, desk: Desk) -> None:
        name, telephone = an_operator(desk.face.app, "lecture")
        for _ in range(OPERATOR.most):
            desk.stranger().look("/medecin/entrer/code").press("Entrer", nom=name, code="000000")
        assert enter(desk, name, PASSWORD, telephone.at(desk.clock())).status == 200

    def test_what_is_kept_of_her_tells_neither_password_nor_key(self, desk: Desk) -> None:
        _, telephone = an_operator(desk.face.app, "lecture")
        (row,) = desk.rows("operators")
        assert row.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert PASSWORD not in str(row)
        assert telephone.secret not in str(row)
        assert set(row.keys()) == {"name", "role", "password", "secret", "seen_at"}


class TestSession:
    def test_the_cookie_is_of_this_address_alone(self, tmp_path: Path) -> None:
        with open_desk(tmp_path, local=False) as desk:
            name, telephone = an_operator(desk.face.app, "lecture")
            stranger = desk.stranger().look("/pilotage/entrer")
            token = re.search(r'name="csrf_token" value="([^"]*)"', stranger.html)
            assert token
            form = {"csrf_token": token[1], "nom": name, "passe": PASSWORD, "code": telephone.at(desk.clock())}
            answer = stranger.client.post("/pilotage/entrer", data=form, base_url=BASE)
            cookies = [one for one in answer.headers.getlist("Set-Cookie") if "pilotage" in one]
            assert len(cookies) == 1
            assert SECURE.match(cookies[0]), cookies

    def test_its_token_is_new_at_each_coming_in(self, desk: Desk) -> None:
        name, telephone = an_operator(desk.face.app, "lecture")
        label, planted = cookie(desk.face.app, name, BASE)
        opened = desk.stranger()
        opened.client.set_cookie(label, planted, domain="camille.example", secure=True)
        opened.look("/pilotage")
        assert opened.path == "/pilotage"
        other = desk.stranger()
        other.client.set_cookie(label, "f" * 43, domain="camille.example", secure=True)
        other.look("/pilotage/entrer").press("Entrer", nom=name, passe=PASSWORD, code=telephone.at(desk.clock()))
        found = other.client.get_cookie(label, domain="camille.example")
        assert found
        assert found.value not in ("f" * 43, planted)

    @pytest.mark.parametrize(("gone", "still"), [(IDLE, False), (IDLE - timedelta(seconds=1), True)])
    def test_it_ends_after_a_while_without_a_press(self, desk: Desk, gone: timedelta, still: bool) -> None:
        name, _ = an_operator(desk.face.app, "lecture")
        opened = browser(desk.face.app, name, BASE)
        desk.clock.later(seconds=gone.total_seconds())
        assert (opened.look("/pilotage").path == "/pilotage") is still

    def test_and_after_some_hours_whatever_is_pressed(self, desk: Desk) -> None:
        name, _ = an_operator(desk.face.app, "lecture")
        opened = browser(desk.face.app, name, BASE)
        for _ in range(int(AT_MOST / timedelta(minutes=15)) - 1):
            desk.clock.later(minutes=15)
            assert opened.look("/pilotage").path == "/pilotage"
        desk.clock.later(minutes=15)
        assert "Votre visite est finie" in opened.look("/pilotage").main

    def test_who_is_ended_is_out_at_once(self, desk: Desk) -> None:
        name, _ = an_operator(desk.face.app, "exploitation")
        opened = browser(desk.face.app, name, BASE).look("/pilotage")
        with desk.face.conversation.database.transaction() as connection:
            assert operators.end(connection, name)
        assert opened.look("/pilotage").path == "/pilotage/entrer?fini=1"
        assert desk.rows("operator_sessions") == []

    def test_leaving_ends_it_on_the_server(self, desk: Desk) -> None:
        name, _ = an_operator(desk.face.app, "lecture")
        opened = browser(desk.face.app, name, BASE).look("/pilotage")
        opened.press("Quitter")
        assert desk.rows("operator_sessions") == []
        assert [row.act for row in desk.rows("operator_acts")] == ["signed_in", "signed_out"]

"""Who asks too often is held back kindly, each by himself; nobody's address is kept; Redis may go away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assistant.journeys.progress import Progress
from assistant.storage import persons
from assistant.storage.guesses import RESUME
from assistant.storage.resume_codes import LIFE
from assistant.turns import Reply
from channels.app import create_app
from channels.limits.client import client as named
from channels.limits.client import neighbourhood
from channels.limits.limits import EXTENSION
from channels.limits.rules import RULES
from channels.services import Services
from channels.voice.caller import Caller
from tests.channels.visitor import Visitor
from tests.support.desk import open_desk
from tests.support.faces import BASE, NOON, Face, open_face
from tests.support.redis_server import RedisServer, redis_server

HERS, HIS = "198.51.100.7", "203.0.113.9"
SEND = "Envoyer"
CODE = "/medecin/entrer/code"
A_MINUTE = 20  # of sign-in, from one address


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    opened = open_face(tmp_path, limited=True)
    yield opened
    opened.close()


def ask(app: Flask, path: str, times: int, address: str = HERS, method: str = "POST") -> list[int]:
    """The statuses of so many requests, each by a new browser of the same address."""
    headers = {"X-Forwarded-For": address}
    return [
        app.test_client().open(path, method=method, base_url=BASE, headers=headers).status_code for _ in range(times)
    ]


class TestOneVisit:
    def test_a_script_is_told_to_wait_and_the_page_stays(self, face: Face) -> None:
        visitor = Visitor(face.app.test_client()).look()
        form = visitor.form("1")
        statuses = [visitor.post("/", form).status for _ in range(60)]
        assert set(statuses) == {200}
        assert visitor.post("/", form).status == 429
        assert "Attendez un peu" in visitor.text
        assert "Rien n'est perdu" in visitor.text.replace("’", "'")
        assert "34" in visitor.text
        assert visitor.look().status == 200

    def test_the_next_visit_goes_on(self, face: Face) -> None:
        first = Visitor(face.app.test_client()).look()
        for _ in range(61):
            first.post("/", first.form("1") if first.status == 200 else {})
        second = Visitor(face.app.test_client()).look()
        assert second.post("/", second.form("1")).status == 200


class TestOneAddress:
    def test_new_browsers_do_not_help(self, face: Face) -> None:
        statuses = ask(face.app, CODE, A_MINUTE + 1)
        assert 429 not in statuses[:A_MINUTE]
        assert statuses[-1] == 429

    def test_when_to_come_back_is_told(self, face: Face) -> None:
        ask(face.app, CODE, A_MINUTE)
        answer = face.app.test_client().post(CODE, base_url=BASE, headers={"X-Forwarded-For": HERS})
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 61
        assert answer.headers["Content-Security-Policy"]

    def test_another_address_goes_on(self, face: Face) -> None:
        ask(face.app, CODE, A_MINUTE + 1)
        assert 429 not in ask(face.app, CODE, 1, HIS)

    def test_what_a_sender_writes_before_the_proxy_is_not_believed(self, face: Face) -> None:
        """One proxy: the last address of the header is what it wrote, the others are anybody's."""
        asked = [ask(face.app, CODE, 1, f"192.0.2.{number}, {HERS}")[0] for number in range(A_MINUTE + 1)]
        assert asked[-1] == 429

    def test_without_a_proxy_the_header_counts_for_nothing(self, tmp_path: Path) -> None:
        face = open_face(tmp_path, limited=True, trusted_proxies=0)
        asked = [ask(face.app, CODE, 1, f"192.0.2.{number}")[0] for number in range(A_MINUTE + 1)]
        face.close()
        assert asked[-1] == 429

    def test_a_household_of_ipv6_is_one(self, face: Face) -> None:
        asked = [ask(face.app, CODE, 1, f"2001:db8:1:2::{number:x}")[0] for number in range(A_MINUTE + 1)]
        assert asked[-1] == 429
        assert 429 not in ask(face.app, CODE, 1, "2001:db8:1:3::1")

    @pytest.mark.parametrize("header", ["", "unknown", "<script>", "1.2.3.4:5678", "é"])
    def test_a_careless_proxy_breaks_nothing(self, face: Face, header: str) -> None:
        assert ask(face.app, CODE, 1, header.encode().decode("latin-1")) != [500]

    @pytest.mark.parametrize(
        ("path", "method", "most"),
        [("/i/" + "a" * 22, "GET", 120), ("/reprise/" + "a" * 22, "GET", 60), ("/reprise", "POST", 60)],
    )
    def test_letters_cannot_be_tried_for_long(self, face: Face, path: str, method: str, most: int) -> None:
        statuses = ask(face.app, path, most + 1, method=method)
        assert 429 not in statuses[: 6 if path == "/reprise" else most]
        assert statuses[-1] == 429


class TestResumeCodes:
    def test_one_network_cannot_use_them_all_up(self) -> None:
        """Ten thousand, each for a week: by its names of eight days, a network has a quarter."""
        (most,) = (rule.most for rule in RULES if rule.endpoint == "web.give_code" and rule.whose is named)
        (a_day,) = re.findall(r"(\d+) per day", most)
        assert int(a_day) * (LIFE.days + 1) <= 10_000 / 4
        (an_hour,) = re.findall(r"(\d+) per hour", most)
        assert int(an_hour) >= 60, "a library, or a house of public services"

    def test_sixty_an_hour_from_one_address_and_the_next_goes_on(self, face: Face) -> None:
        def given(address: str) -> int:
            visitor = Visitor(face.app.test_client())
            visitor.client.environ_base["HTTP_X_FORWARDED_FOR"] = address
            return visitor.look("/reprise").press("Demander mon code").status

        assert [given(HERS) for _ in range(60)] == [200] * 60
        assert given(HERS) == 429
        assert given(HIS) == 200


class TestRules:
    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.endpoint}-{rule.whose.__name__}")
    def test_each_stands_before_a_view(self, face: Face, rule: object) -> None:
        endpoint, method = getattr(rule, "endpoint"), getattr(rule, "method")  # noqa: B009
        methods = {
            one for url in face.app.url_map.iter_rules() if url.endpoint == endpoint for one in url.methods or ()
        }
        assert method in methods

    def test_twilio_is_no_client(self) -> None:
        """Few addresses, many people: its requests are signed, and counted by telephone."""
        assert not any(rule.endpoint.startswith(("sms.", "voice.")) for rule in RULES)


class TestWhatWrongGuessesAreCountedBy:
    def name(self, face: Face, address: str) -> str:
        with face.app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
            return neighbourhood()

    def test_it_is_keyed_and_another_name_than_that_of_limits(self, face: Face) -> None:
        with face.app.test_request_context("/", environ_base={"REMOTE_ADDR": HERS}):
            assert neighbourhood() not in (named(), HERS)
            assert re.fullmatch(r"p1_[\w-]{22}", neighbourhood())
        assert self.name(face, HERS) != self.name(face, HIS)

    def test_whoever_rents_a_machine_has_one_however_many_addresses_came_with_it(self, face: Face) -> None:
        assert len({self.name(face, f"2001:db8:1:{number:x}::1") for number in range(5)}) == 1
        assert self.name(face, "2001:db8:1::1") != self.name(face, "2001:db8:2::1")

    def test_new_visits_of_one_address_have_ten_wrong_codes_together(self, face: Face) -> None:
        """And whoever comes from elsewhere with a right one goes on."""

        def told(address: str, code: str) -> str:
            visitor = Visitor(face.app.test_client())
            visitor.client.environ_base["HTTP_X_FORWARDED_FOR"] = address
            form = visitor.look().form("1")
            return visitor.post("/", {**form, "key": "", "text": f"reprise {code}"}).text

        with face.conversation.database.transaction() as connection:
            person = persons.find(connection, "p1_elle")
            persons.save(connection, person, "p1_elle", Progress("activer", "preparer", "going"), Reply((), ""), NOON)
        code = face.conversation.resume_code("p1_elle", NOON)
        assert code
        wrong = [told(HERS, f"{(int(code) + 1 + number) % 10_000:04d}") for number in range(RESUME.most_of_network)]
        assert all("Je ne connais pas ce code" in text for text in wrong)
        assert "Trop d" in told(HERS, code)
        assert "34" in told(HERS, code)
        assert "retrouvé" in told(HIS, code)

    def test_hidden_numbers_have_one_together(self) -> None:
        """Each call is a new address there, and would have guesses of its own."""
        first, second = (Caller.of("+266696687", call, "p" * 40) for call in ("CA1", "CA2"))
        assert first.address != second.address
        assert first.network == second.network != ""
        assert Caller.of("+33639980001", "CA3", "p" * 40).network == ""

    def test_tomorrow_it_is_another(self, face: Face) -> None:
        name, services = self.name(face, HERS), face.app.extensions["camille"]
        face.app.extensions["camille"] = replace(services, clock=lambda: NOON + timedelta(days=1))
        assert self.name(face, HERS) != name

    def test_on_one_machine_alone_there_is_none(self, tmp_path: Path) -> None:
        with open_desk(tmp_path) as desk:
            assert self.name(desk.face, "127.0.0.1") == ""


class TestNobodyIsKept:
    def name(self, face: Face, address: str) -> str:
        with face.app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
            return named()

    def test_the_name_is_keyed_and_of_one_day(self, face: Face) -> None:
        name = self.name(face, HERS)
        assert HERS not in name
        services: Services = face.app.extensions["camille"]
        face.app.extensions["camille"] = replace(services, clock=lambda: NOON + timedelta(days=1))
        assert self.name(face, HERS) != name
        pepper = replace(face.settings, pseudonym_pepper="z" * 40)
        face.app.extensions["camille"] = replace(services, settings=pepper)
        assert self.name(face, HERS) != name

    def test_no_address_is_in_the_store(self, tmp_path: Path) -> None:
        with redis_server(tmp_path) as redis:
            face = open_face(tmp_path / "var", limited=True, redis_url=redis.url)
            ask(face.app, CODE, 3)
            kept = redis.names()
            face.close()
        assert kept
        assert not any(HERS in key for key in kept)

    def test_the_log_names_nobody(self, face: Face, caplog: pytest.LogCaptureFixture) -> None:
        ask(face.app, CODE, A_MINUTE + 2)
        assert HERS not in caplog.text


class TestOnOneMachine:
    """There, everybody is 127.0.0.1: addresses tell nobody apart, visits do."""

    def test_its_own_address_is_no_reason(self, tmp_path: Path) -> None:
        face = open_face(tmp_path, limited=True, local=True, trusted_proxies=0)
        client: Callable[[], FlaskClient] = face.app.test_client
        assert 429 not in [client().post(CODE, base_url=BASE).status_code for _ in range(A_MINUTE + 5)]
        face.close()

    def test_whoever_comes_through_somebody_is_counted(self, tmp_path: Path) -> None:
        face = open_face(tmp_path, limited=True, local=True, trusted_proxies=0)
        assert ask(face.app, CODE, A_MINUTE + 1)[-1] == 429
        face.close()


class TestRedis:
    @pytest.fixture
    def redis(self, tmp_path: Path) -> Iterator[RedisServer]:
        with redis_server(tmp_path) as server:
            yield server

    def test_two_processes_count_together(self, redis: RedisServer, tmp_path: Path) -> None:
        face = open_face(tmp_path / "var", limited=True, redis_url=redis.url)
        second = create_app(face.settings, face.conversation, lambda: NOON)
        ask(face.app, CODE, A_MINUTE)
        assert ask(second, CODE, 1) == [429]
        face.close()

    def test_it_goes_away_and_the_page_stays_with_limits(self, redis: RedisServer, tmp_path: Path) -> None:
        face = open_face(tmp_path / "var", limited=True, redis_url=redis.url)
        assert ask(face.app, CODE, 1) != [500]
        redis.stop()
        visitor = Visitor(face.app.test_client()).look()
        assert visitor.post("/", visitor.form("1")).status == 200
        statuses = ask(face.app, CODE, A_MINUTE + 1)
        assert 500 not in statuses
        assert statuses[-1] == 429
        face.close()

    def test_what_is_paid_for_waits_until_it_is_back(self, redis: RedisServer, tmp_path: Path) -> None:
        with open_desk(tmp_path / "var", redis_url=redis.url, limited=True) as desk:
            redis.stop()
            browser = desk.browser().look("/medecin/sms")
            answer = browser.press(SEND, numero="06 39 98 00 21", accord="oui")
            assert answer.status == 503
            assert "pas parti" in answer.html
            assert desk.rows("outbox") == []
            limits = desk.face.app.extensions[EXTENSION]
            assert not limits.dependable

"""Understanding asked of another process: the same answers as here, and an honest sentence when nobody answers."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from werkzeug.serving import make_server

from assistant.conversation import Conversation
from assistant.distant import DistantMind
from assistant.errors import ModelError
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.ladders import UNSURE
from assistant.mind import Mind
from assistant.minds import mind_of
from assistant.settings import Settings
from assistant.storage.database import Database
from assistant.telling import Outcome
from assistant.turns import Channel, Turn
from channels.understanding.service import create_service
from tests.support.faces import NOON, NoWords

KEY = "c" * 40
SECRET = "je m'appelle Untel"


class Served:
    """The service on a port of its own; `down()` takes it away, `up()` brings it back on the same port."""

    def __init__(self, mind: Any) -> None:
        self.app = create_service(mind, KEY)
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.port: int = self._server.server_port
        self._begin()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self._begin()

    def down(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _begin(self) -> None:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()


@pytest.fixture
def words(guide: Guide) -> NoWords:
    made = NoWords()
    made.guide = guide
    return made


@pytest.fixture
def served(words: NoWords) -> Iterator[Served]:
    made = Served(words)
    yield made
    made.down()


@pytest.fixture
def distant(served: Served) -> Iterator[DistantMind]:
    made = DistantMind(served.url, KEY)
    yield made
    made.close()


def a_turn(text: str, number: int = 1) -> Turn:
    return Turn("p1_someone", "web", "test", f"m{number}", NOON, text)


class TestAsking:
    def test_what_is_answered_there_is_answered_here(self, distant: DistantMind, guide: Guide) -> None:
        place = guide.open(Progress(), "sms").progress
        there = distant.take("qwxz", place, "sms")
        assert there == guide.miss(place, "sms")
        assert isinstance(there, Outcome)

    def test_nothing_says_who_asks(self, distant: DistantMind, words: NoWords) -> None:
        distant.take("qwxz", Progress(), "web")
        assert words.heard == ["qwxz"]

    @pytest.mark.parametrize("key", ["", "Bearer ", "Bearer " + "d" * 40, KEY, "Bearer é"])
    def test_without_the_key_nothing_is_understood(self, served: Served, words: NoWords, key: str) -> None:
        asked = {"text": "bonjour", "place": {}, "channel": "web"}
        answer = requests.post(
            served.url + "/understand", json=asked, headers={"Authorization": key.encode()}, timeout=5
        )
        assert answer.status_code == 401
        assert words.heard == []

    def test_a_wrong_key_is_told_as_what_it_is(self, served: Served) -> None:
        mind = DistantMind(served.url, "e" * 40)
        mind.prepare()  # /readyz needs no key
        with pytest.raises(ModelError, match="HTTP 401"):
            mind.take("bonjour", Progress(), "web")
        mind.close()

    @pytest.mark.parametrize(
        "body",
        ["", "[]", "null", "{", '{"text": "x"}', '{"text": "x", "place": [1], "channel": "web"}',
         '{"text": "x", "place": {}, "channel": "fax"}', '{"text": "x", "place": {"offered": 3}, "channel": "web"}'],
    )  # fmt: skip
    def test_what_cannot_be_read_is_refused(self, served: Served, body: str) -> None:
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        assert requests.post(served.url + "/understand", data=body, headers=headers, timeout=5).status_code == 400

    def test_far_too_much_is_refused(self, served: Served) -> None:
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        large = '{"text": "' + "x" * 200_000 + '"}'
        assert requests.post(served.url + "/understand", data=large, headers=headers, timeout=5).status_code == 413


class TestAway:
    def test_what_takes_too_long_is_not_asked_again(
        self, served: Served, distant: DistantMind, words: NoWords, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("assistant.distant.ANSWER", 0.2)
        asked: list[str] = []

        def slow(text: str, place: Progress, channel: Channel) -> Outcome:
            asked.append(text)
            threading.Event().wait(1)
            raise ModelError("too late")

        words.take = slow  # type: ignore[method-assign]  # a mind that takes its time
        distant.prepare()
        with pytest.raises(ModelError, match="ReadTimeout"):
            distant.take("qwxz", Progress(), "web")
        assert asked == ["qwxz"]
        assert distant.state == "away"

    def test_one_that_was_never_there_is_waited_for_and_then_no_more(
        self, served: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        served.down()
        mind = DistantMind(served.url, KEY)
        for soon, state in ((60.0, "waiting"), (0.0, "away")):
            monkeypatch.setattr("assistant.distant.SOON", soon)
            with pytest.raises(ModelError):
                mind.prepare()
            assert mind.state == state
        mind.close()
        served.up()

    def test_one_that_is_held_by_a_sentence_is_not_ready(
        self, served: Served, words: NoWords, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert requests.get(served.url + "/readyz", timeout=5).status_code == 200
        monkeypatch.setattr(words, "answers", lambda: False)
        assert requests.get(served.url + "/readyz", timeout=5).status_code == 503

    def test_one_that_starts_does_not_speak_for_another_of_the_same_name(
        self, served: Served, words: NoWords, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """`docker compose up --scale assistant=4`: the name leads to those that start as well, here always to them."""
        starts = NoWords()
        starts.ready, starts.state = False, "preparing"
        server = make_server("127.0.0.2", served.port, create_service(starts, KEY), threaded=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        there = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, served.port)) for host in ("127.0.0.2", "127.0.0.1")
        ]
        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, *rest, **named: there if host == "minds" else real(host, *rest, **named)
        )
        distant = DistantMind(f"http://minds:{served.port}", KEY)
        try:
            distant.prepare()
            assert distant.ready
            assert distant.take("qwxz", Progress(), "web") == words.take("qwxz", Progress(), "web")
            served.down()
            with pytest.raises(ModelError, match="UNDERSTANDING_URL"):
                distant.prepare()
            assert not distant.ready
        finally:
            distant.close()
            server.shutdown()
            server.server_close()
            served.up()

    def test_nobody_there_is_told_to_the_operator(self, served: Served) -> None:
        served.down()
        mind = DistantMind(served.url, KEY)
        with pytest.raises(ModelError, match="UNDERSTANDING_URL"):
            mind.prepare()
        assert not mind.ready
        served.up()

    def test_it_goes_away_and_comes_back_while_people_write(
        self, settings: Settings, database: Database, served: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("assistant.distant.EVERY", 0.05)
        distant = replace(settings, understanding_url=served.url, understanding_key=KEY)
        talk = Conversation(distant, database)
        assert isinstance(talk.mind, DistantMind)
        talk.mind.prepare_behind().join(5)
        assert talk.take(a_turn("qwxz", 1)).intent == UNSURE
        served.down()
        away = talk.take(a_turn("qwxz", 2))
        assert "je ne lis pas les phrases" in away.messages[0].text
        # What needs no understanding goes on: a choice by its number, a word that is decided before.
        assert talk.take(a_turn("34 22 ?", 3)).messages
        assert talk.take(a_turn("au secours je ne respire plus", 4)).intent == "urgence_medicale"
        served.up()
        assert _soon(lambda: talk.mind.ready)
        assert talk.take(a_turn("qwxz", 5)).intent == UNSURE
        talk.mind.close()

    def test_nothing_said_is_logged(
        self, served: Served, distant: DistantMind, words: NoWords, caplog: pytest.LogCaptureFixture
    ) -> None:
        def broken(text: str, place: Progress, channel: Channel) -> Outcome:
            raise ValueError(text)

        words.take = broken  # type: ignore[method-assign]  # a mind that breaks
        with caplog.at_level(logging.DEBUG, logger="camille"), pytest.raises(ModelError, match="HTTP 400"):
            distant.take(SECRET, Progress(), "web")
        assert "Untel" not in caplog.text


def test_without_an_address_it_is_understood_here(settings: Settings, guide: Guide) -> None:
    assert isinstance(mind_of(settings, lambda: guide), Mind)


def test_a_sentence_that_holds_the_others_is_noticed(mind: Mind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.mind.STUCK", 0.2)
    agent, over = mind._agent, threading.Event()
    assert agent
    assert mind.answers()
    agent._loop.call_soon_threadsafe(over.wait, 10)
    assert not mind.answers()
    over.set()
    assert _soon(mind.answers)


def test_a_trained_model_there_says_what_it_says_here(mind: Mind) -> None:
    served = Served(mind)
    distant = DistantMind(served.url, KEY)
    for text in ("j'ai pas recu le code", "c'est quoi mon espace santé", "je suis perdu", "il fait beau"):
        place = Progress(met=("sms",))
        assert distant.take(text, place, "sms") == mind.take(text, place, "sms")
        assert distant.parse(text) == mind.parse(text)
    # What the gate never lets through: here and there it is the one sentence that fails, not the service.
    distant.prepare()
    with pytest.raises(ModelError, match="HTTP 500"):
        distant.take("/restart", Progress(), "sms")
    assert distant.ready
    distant.close()
    served.down()


def _soon(true: Callable[[], bool]) -> bool:
    waited = threading.Event()
    return any(true() or waited.wait(0.05) for _ in range(200))

"""How many calls of one number go on at once: three, and the fourth is told so and not left waiting."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.limits.limits import MOST_CALLS
from channels.limits.recent import QUIET, Recent
from tests.support.faces import Face, call_form, open_face
from tests.support.redis_server import redis_server

BUSY = "déjà en cours"


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    opened = open_face(tmp_path, limited=True)
    yield opened
    opened.close()


def ring(face: Face, call: str, **more: str) -> str:
    answer = face.post("/voice", call_form(sid=call, **more))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def calls(face: Face) -> None:
    for number in range(MOST_CALLS):
        assert BUSY not in ring(face, f"CA{number}")


def test_the_fourth_is_told_whom_to_call_and_ends(face: Face) -> None:
    calls(face)
    said = ring(face, "CA9")
    assert BUSY in said
    assert "34" in said
    assert "<Gather" not in said
    assert "<Hangup" in said or said.rstrip().endswith("</Response>")


def test_a_retry_of_the_first_words_is_the_same_call(face: Face) -> None:
    calls(face)
    assert BUSY not in ring(face, "CA0")


def test_the_call_that_was_refused_takes_no_place(face: Face) -> None:
    calls(face)
    ring(face, "CA9")
    face.post("/voice/status", call_form(sid="CA0", CallStatus="completed"))
    assert BUSY not in ring(face, "CA10")


def test_another_number_is_free(face: Face) -> None:
    calls(face)
    assert BUSY not in ring(face, "CA9", number="+33639980055")


def test_hidden_numbers_are_many_people(face: Face) -> None:
    assert not any(BUSY in ring(face, f"CB{number}", number="+266696687") for number in range(MOST_CALLS + 2))


def test_calls_of_ours_are_asked_for(face: Face) -> None:
    calls(face)
    assert BUSY not in ring(face, "CA9", Direction="outbound-api", To="+33639980001")


class TestRecent:
    @pytest.fixture(params=["process", "redis"])
    def recent(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Recent, list[float]]]:
        now = [1_000_000.0]
        if request.param == "process":
            yield Recent(clock=lambda: now[0]), now
            return
        with redis_server(tmp_path) as server:
            yield Recent(server.url, clock=lambda: now[0]), now

    def test_a_call_that_went_quiet_is_over(self, recent: tuple[Recent, list[float]]) -> None:
        kept, now = recent
        assert [kept.calling("a", call) for call in "xyz"] == [1, 2, 3]
        now[0] += QUIET - 1
        assert kept.calling("a", "x") == 3
        now[0] += 2
        assert kept.calling("a", "w") == 2

    def test_who_hangs_up_makes_room(self, recent: tuple[Recent, list[float]]) -> None:
        kept, _ = recent
        kept.calling("a", "x")
        kept.hung_up("a", "x")
        kept.hung_up("nobody", "x")
        assert kept.calling("a", "y") == 1

    def test_a_row_is_of_the_same_without_others_between(self, recent: tuple[Recent, list[float]]) -> None:
        kept, _ = recent
        told = [kept.in_a_row("a", what, str(event)) for event, what in enumerate("xxyxxx")]
        assert told == [1, 2, 1, 1, 2, 3]
        assert kept.in_a_row("a", "x", "5") == 3
        assert kept.in_a_row("b", "x", "6") == 1
        kept.anew("a")
        assert [kept.in_a_row(who, "x", "7") for who in "ab"] == [1, 2]

    def test_all_that_is_kept_has_an_end(self, tmp_path: Path) -> None:
        with redis_server(tmp_path) as server:
            kept = Recent(server.url)
            kept.in_a_row("a", "x", "1")
            kept.calling("a", "x")
            lives = [kept._redis.ttl(key) for key in server.names()]
        assert len(lives) == 2
        assert all(0 < life <= 3600 for life in lives)


def test_a_redis_that_is_not_there_costs_one_wait(caplog: pytest.LogCaptureFixture) -> None:
    kept = Recent("redis://127.0.0.1:1/0")
    assert [kept.calling("a", call) for call in "xy"] == [1, 2]
    assert not kept.dependable
    assert len([line for line in caplog.records if "Redis" in line.getMessage()]) == 1

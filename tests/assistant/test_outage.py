"""A database that is away for a moment is waited for; one that stays away is told at once. STOP is not lost by it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors
from sqlalchemy.exc import IntegrityError, OperationalError

from assistant import unstored
from assistant.conversation import Conversation
from assistant.errors import DatabaseAwayError
from assistant.outage import JUST_NOW, PATIENCE, Outage
from assistant.reachable import ReachableHere
from assistant.settings import Settings
from assistant.storage.database import Database
from assistant.storage.patience import NoAnswerError
from assistant.turns import Turn
from assistant.unstored import Unstored
from tests.support.faces import NOON, NoWords

AWAY = OperationalError("SELECT", {}, psycopg2.OperationalError("server closed the connection"))
LOCKED = OperationalError("UPDATE", {}, errors.LockNotAvailable())


class Time:
    """Goes on as it is slept."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


class TestOutage:
    def test_it_is_waited_for_and_then_no_more(self) -> None:
        time = Time()
        outage, tries = Outage(time, time.sleep), 0
        wait = outage.wait()
        while wait.again(AWAY):
            tries += 1
        assert tries > 5
        assert PATIENCE < time.at - 100 < PATIENCE + 1
        # Whoever comes later waits for nothing.
        assert not outage.wait().again(AWAY)

    def test_the_next_one_is_waited_for_again(self) -> None:
        time = Time()
        outage = Outage(time, time.sleep)
        wait = outage.wait()
        while wait.again(AWAY):
            pass
        outage.over()
        assert outage.wait().again(AWAY)

    def test_what_hangs_is_tried_once(self) -> None:
        """Each try of a frozen database is four seconds of silence, on the telephone too."""
        time = Time()
        outage = Outage(time, time.sleep)
        assert not outage.wait().again(OperationalError("SELECT", {}, NoAnswerError()))
        with pytest.raises(DatabaseAwayError), outage.ask():
            pytest.fail("it was asked")

    @pytest.mark.parametrize("error", [errors.QueryCanceled(), errors.LockNotAvailable(), errors.DiskFull()])
    def test_what_one_asks_too_much_keeps_nobody_else(self, error: Exception) -> None:
        """A statement that took too long, or a row that somebody holds: the database is there."""
        time = Time()
        outage = Outage(time, time.sleep)
        for _ in range(5):
            outage.wait().again(OperationalError("UPDATE", {}, error))
            time.at += PATIENCE
        with outage.ask(), outage.ask():
            outage.over()

    def test_a_turn_has_an_end_though_others_are_answered(self) -> None:
        """A lock that only one of them needs."""
        time = Time()
        outage = Outage(time, time.sleep)
        wait = outage.wait()
        while wait.again(LOCKED):
            time.at += 2.0
            assert time.at - 100 < 10

    def test_while_it_is_away_one_at_a_time_asks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("assistant.outage.TURN_TO_ASK", 0.01)
        time = Time()
        outage = Outage(time, time.sleep)
        with outage.ask(), outage.ask():
            outage.failed(hangs=False)
        time.at += PATIENCE + 1
        with outage.ask(), pytest.raises(DatabaseAwayError), outage.ask():
            pytest.fail("two asked")
        with outage.ask():
            outage.over()
        with outage.ask(), outage.ask():
            assert outage.failed(hangs=False) == time.at

    def test_what_just_failed_is_not_asked_at_once_again(self) -> None:
        time = Time()
        outage = Outage(time, time.sleep)
        with outage.ask():
            outage.failed(hangs=True)
        with pytest.raises(DatabaseAwayError), outage.ask():
            pytest.fail("it was asked")
        time.at += JUST_NOW
        with outage.ask():
            outage.over()

    @pytest.mark.parametrize(
        "error",
        [
            pytest.param(OperationalError("INSERT", {}, Exception("database or disk is full")), id="sqlite-full"),
            pytest.param(OperationalError("INSERT", {}, errors.DiskFull()), id="postgresql-full"),
            pytest.param(IntegrityError("INSERT", {}, psycopg2.IntegrityError()), id="a-fault-of-ours"),
        ],
    )
    def test_what_stays_wrong_is_not_waited_for(self, error: Any) -> None:
        assert not Outage(sleep=lambda _: pytest.fail("it waited")).wait().again(error)


class TestReading:
    """The page is looked at, a code is asked for: what is not a turn waits as one does."""

    def test_what_is_away_for_a_moment_is_waited_for(
        self, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mind: Any = NoWords()
        conversation = Conversation(settings, database, mind)
        mind.guide = conversation.guide
        whole, left = database.transaction, [2]

        def sometimes(**given: Any) -> Any:
            if left[0]:
                left[0] -= 1
                raise AWAY
            return whole(**given)

        monkeypatch.setattr(database, "transaction", sometimes)
        for look in (
            lambda: conversation.look_again("p1_a", "web").messages,
            lambda: not conversation.is_off("web"),
            lambda: conversation.resume_code("p1_a", NOON) is None,
            lambda: conversation.resume_link("p1_a", NOON) is None,
            lambda: not conversation.leads_somewhere("x" * 22, NOON),
            lambda: conversation.held("p1_a"),
            lambda: conversation.invitation("p1_a", "x" * 22, NOON) is None,
        ):
            left[0] = 2
            assert look()
            assert left[0] == 0


class TestReachable:
    def test_unsure_is_no(self) -> None:
        found = ReachableHere()
        assert not found.has("p1_a")
        found.keep("p1_a")
        assert found.has("p1_a")
        found.drop("p1_a")
        assert not found.has("p1_a")

    def test_it_is_forgotten(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = ReachableHere()
        monkeypatch.setattr("assistant.reachable.LIFE", -1.0)
        found.keep("p1_a")
        assert not found.has("p1_a")

    def test_a_flood_has_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("assistant.reachable.MOST_KEPT", 3)
        found = ReachableHere()
        for number in range(5):
            found.keep(f"p1_{number}")
        assert [number for number in range(5) if found.has(f"p1_{number}")] == [2, 3, 4]


class TestUnstored:
    def turn(self, name: str) -> Turn:
        return Turn(f"p1_{name}", "sms", "test", name, datetime(2026, 11, 23, tzinfo=timezone.utc), "STOP")

    def test_it_is_taken_again_until_it_is_stored(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(unstored, "EVERY", 0.01)
        tries: list[str] = []
        done = threading.Event()

        def store(turn: Turn) -> None:
            tries.append(turn.message_id)
            if len(tries) < 4:
                raise AWAY
            if len(set(tries[3:])) == 2:
                done.set()

        kept = Unstored(store)
        kept.keep(self.turn("a"))
        kept.keep(self.turn("b"))
        kept.keep(self.turn("a"))
        assert done.wait(5)
        assert _soon(lambda: kept.waiting == 0)
        kept.close()
        assert sorted(tries[3:]) == ["a", "b"]

    def test_an_end_tries_a_last_time_at_once(self) -> None:
        tries: list[str] = []

        def store(turn: Turn) -> None:
            tries.append(turn.message_id)
            raise AWAY

        kept = Unstored(store)
        kept.keep(self.turn("a"))
        kept.close()
        assert tries == ["a"]
        assert [each for each in threading.enumerate() if each.name == "unstored"] == []

    def test_an_end_where_nothing_waits_tries_nothing(self) -> None:
        kept = Unstored(lambda _: pytest.fail("nothing was kept"))
        kept.close()
        assert kept.waiting == 0

    def test_what_an_ended_process_left_is_taken_by_the_next(self) -> None:
        shelf, away, stored = OnAShelf(), [True], []

        def store(turn: Turn) -> None:
            if away[0]:
                raise AWAY
            stored.append(turn.message_id)

        first = Unstored(store)
        first.share(shelf)
        first.keep(self.turn("a"))
        first.close()
        assert (stored, [*shelf.kept]) == ([], ["a"])
        away[0] = False
        second = Unstored(store)
        second.share(shelf)
        second.close()
        assert (stored, shelf.left()) == (["a"], [])

    def test_whoever_sends_stores_them_first(self) -> None:
        """One that nobody can store does not keep the others; a database that is away keeps everything."""
        shelf, stored = OnAShelf(), list[str]()
        broken: dict[str, Exception] = {"a": RuntimeError("not this one")}

        def store(turn: Turn) -> None:
            if turn.message_id in broken:
                raise broken[turn.message_id]
            stored.append(turn.message_id)

        courier = Unstored(store)
        assert courier.take_left() == frozenset()
        courier.share(shelf)
        for name in "ab":
            shelf.put(self.turn(name))
        assert courier.take_left() == {"p1_a"}
        assert (stored, [*shelf.kept]) == (["b"], ["a"])
        broken["a"] = AWAY
        with pytest.raises(OperationalError):
            courier.take_left()
        shelf.away = True
        assert courier.take_left() is None


class OnAShelf:
    """What processes share, in the memory of the test."""

    def __init__(self) -> None:
        self.kept: dict[str, Turn] = {}
        self.away = False

    def put(self, turn: Turn) -> None:
        self.kept[turn.message_id] = turn

    def take_away(self, turn: Turn) -> None:
        self.kept.pop(turn.message_id, None)

    def left(self) -> list[Turn] | None:
        return None if self.away else list(self.kept.values())


def _soon(true: Callable[[], bool]) -> bool:
    waited = threading.Event()
    return any(true() or waited.wait(0.01) for _ in range(200))

"""The queue of the worker: signed names of tasks only; what is forged, changed or older is passed over."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from huey import crontab  # type: ignore[import-untyped, unused-ignore]
from huey.registry import Message  # type: ignore[import-untyped, unused-ignore]
from huey.serializer import SignedSerializer  # type: ignore[import-untyped, unused-ignore]

from assistant.errors import SettingError
from assistant.settings import Settings
from channels.cli.task_queue import Names, Tasks, queue_of
from tests.support.redis_server import redis_server

OLD, NEW = "k" * 40, "n" * 40
TASK = Message("id", "channels.cli.worker.send")


class Ran:
    """What runs when a pickle of it is read."""

    runs = 0

    def __reduce__(self) -> Any:
        return (Ran.run, ())

    @staticmethod
    def run() -> None:
        Ran.runs += 1


@pytest.fixture(params=["file", "redis"])
def queue(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[Tasks]:
    with ExitStack() as stack:
        url = stack.enter_context(redis_server(tmp_path)).url if request.param == "redis" else ""
        yield queue_of(replace(settings, redis_url=url))


def with_a_task(queue: Tasks) -> list[int]:
    """Give `queue` a task, as the worker does. What is returned has one more each time that it runs."""
    done: list[int] = []
    queue.periodic_task(crontab(minute="*"), name="send")(lambda: done.append(1))
    return done


def test_a_task_goes_in_and_comes_out(queue: Tasks) -> None:
    done = with_a_task(queue)
    (task,) = queue.read_periodic(None)
    queue.enqueue(task)
    found = queue.dequeue()
    assert found.id == task.id
    queue.execute(found)
    assert done == [1]
    assert queue.dequeue() is None


def test_what_is_stored_is_text_that_names_it(queue: Tasks) -> None:
    with_a_task(queue)
    queue.enqueue(queue.read_periodic(None)[0])
    (stored,) = queue.storage.enqueued_items()
    assert stored.startswith(b'{"id": "')
    assert b"send" in stored
    assert stored.isascii()


@pytest.mark.parametrize("changed", [{"args": (1,)}, {"kwargs": {"a": 1}}, {"eta": 1}, {"retries": 1}], ids=str)
def test_a_task_that_is_more_than_a_name_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no arguments"):
        Names(OLD).serialize(TASK._replace(**changed))


def test_what_waits_is_taken_under_both_secrets() -> None:
    """While SECRET_KEY is changed, workers that were started before and after share one queue."""
    waiting = Names(OLD).serialize(TASK)
    assert Names(NEW, OLD).deserialize(waiting) == TASK
    assert Names(OLD, NEW).deserialize(Names(NEW, OLD).serialize(TASK)) == TASK
    with pytest.raises(ValueError, match="signed"):
        Names(NEW).deserialize(waiting)


@pytest.mark.parametrize("place", [0, 10, -70, -64, -1])
def test_one_changed_byte_is_seen(place: int) -> None:
    whole = bytearray(Names(OLD).serialize(TASK))
    whole[place] ^= 1
    with pytest.raises(ValueError, match="signed"):
        Names(OLD).deserialize(bytes(whole))


@pytest.mark.parametrize(
    "strange",
    [
        pytest.param(SignedSerializer(secret=OLD).serialize(Ran()), id="a pickle, signed as before with the secret"),
        pytest.param(pickle.dumps(Ran()), id="a pickle"),
        pytest.param(Names(NEW).serialize(TASK), id="signed with another secret"),
        pytest.param(Names(OLD).serialize(Message("id", "channels.cli.worker.purge")), id="a task of another release"),
        pytest.param(b"", id="nothing"),
        pytest.param(b".", id="a point"),
    ],
)
def test_what_is_none_of_ours_is_passed_over(queue: Tasks, strange: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """It is told in one line, nothing of it runs, and the task behind it is done."""
    done = with_a_task(queue)
    queue.storage.enqueue(strange, None)
    queue.enqueue(queue.read_periodic(None)[0])
    with caplog.at_level(logging.WARNING, "camille.outbox"):
        assert queue.dequeue() is None
    assert [record.exc_info for record in caplog.records] == [None]
    queue.execute(queue.dequeue())
    assert (done, Ran.runs) == ([1], 0)


def test_before_a_pickle_would_have_run() -> None:
    """The test above would see it."""
    SignedSerializer(secret=OLD).deserialize(SignedSerializer(secret=OLD).serialize(Ran()))
    assert Ran.runs == 1
    Ran.runs = 0


def test_a_redis_that_does_not_answer(settings: Settings) -> None:
    with pytest.raises(SettingError) as refused:
        queue_of(replace(settings, redis_url="redis://:hush@127.0.0.1:1/0"))
    assert "REDIS_URL" in str(refused.value)
    assert "hush" not in str(refused.value)

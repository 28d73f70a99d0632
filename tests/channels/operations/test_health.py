"""/healthz and /readyz say what is true of the process, the database, the model and what waits to be sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from assistant.storage import outbox
from channels.operations.truth import LATE
from tests.support.faces import BASE, NOON, Face, open_face
from tests.support.redis_server import redis_server


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    opened = open_face(tmp_path)
    yield opened
    opened.close()


def asked(face: Face, path: str = "/readyz") -> tuple[int, Any]:
    answer = face.app.test_client().get(path, base_url=BASE)
    return answer.status_code, answer.get_json()


def no_database(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(face.conversation.database, "transaction", gone)


def wait(face: Face, since: timedelta) -> None:
    """Something has been to be sent for so long."""
    at = NOON - since
    with face.conversation.database.transaction() as connection:
        outbox.put(connection, key="text:1", kind="sms", address="a", number="n", body="b", due_at=at, at=at)


def test_all_is_well(face: Face) -> None:
    assert asked(face) == (200, {"ready": True, "database": "ok", "model": "ready", "queue": "ok"})


def test_without_a_database_it_lives_and_is_not_ready(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    no_database(face, monkeypatch)
    status, said = asked(face)
    assert (status, said["ready"], said["why"], said["database"]) == (503, False, "database", "away")
    assert asked(face, "/healthz") == (200, {"alive": True})


@pytest.mark.parametrize("state", ["waiting", "training", "loading", "failed"])
def test_without_a_model(face: Face, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    monkeypatch.setattr(face.conversation.mind, "ready", False)
    monkeypatch.setattr(face.conversation.mind, "state", state)
    status, said = asked(face)
    assert (status, said["why"], said["model"], said["database"]) == (503, state, state, "ok")


def test_what_waits_too_long_is_told_and_stops_nobody(face: Face) -> None:
    wait(face, LATE)
    assert asked(face)[1]["queue"] == "ok"
    with face.conversation.database.transaction() as connection:
        outbox.cancel(connection, "a", NOON)
    with face.conversation.database.transaction() as connection:
        late = NOON - LATE - timedelta(seconds=1)
        outbox.put(connection, key="text:2", kind="sms", address="b", number="n", body="b", due_at=late, at=late)
    status, said = asked(face)
    assert (status, said["ready"], said["queue"]) == (200, True, "late")


def test_a_redis_that_goes_away(tmp_path: Path) -> None:
    with redis_server(tmp_path) as redis:
        face = open_face(tmp_path / "var", limited=True, redis_url=redis.url)
        assert asked(face)[1]["queue"] == "ok"
        redis.stop()
        status, said = asked(face)
        assert (status, said["ready"], said["queue"]) == (200, True, "away")
        face.close()

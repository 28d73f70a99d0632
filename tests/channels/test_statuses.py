"""/sms/status and /voice/status: signed, in any order, for what is ours; never backwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from assistant.storage import consents, outbox, schema, tallies
from assistant.storage.tallies import Tally
from tests.support.faces import NOON, Face, call_form, open_face

MESSAGE, CALL = "SM" + "5" * 32, "CA" + "5" * 32
LEASE = timedelta(minutes=2)


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    opened = open_face(tmp_path)
    yield opened
    opened.close()


def given(face: Face, provider_id: str = "", kind: Any = "sms") -> None:
    """A row under key k: sent as `provider_id`, or claimed by a process that died before it could note it."""
    with face.conversation.database.transaction() as connection:
        row = {"key": "k", "kind": kind, "address": "p1_a", "number": "s1.x", "body": "Bonjour", "segments": 1}
        outbox.put(connection, **row, due_at=NOON, at=NOON)
        (due,) = outbox.claim(connection, NOON, LEASE)
        if provider_id:
            outbox.settle(connection, due, "sent", NOON, provider_id=provider_id, segments=1)


def row(face: Face) -> Any:
    with face.conversation.database.transaction() as connection:
        return connection.execute(select(schema.outbox)).one()


def tell(face: Face, status: str, sid: str = MESSAGE, query: str = "", **more: str) -> int:
    form = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "AccountSid": "AC" + "0" * 32, **more}
    return face.post(f"/sms/status{query}", form).status_code


ORDERS = [
    (order, "failed" if "undelivered" in order else "delivered")
    for last in ("delivered", "undelivered")
    for order in permutations(["queued", "sending", "sent", last])
]


@pytest.mark.parametrize(
    ("order", "end"), ORDERS, ids=lambda value: "-".join(value) if isinstance(value, tuple) else ""
)
def test_in_any_order(face: Face, order: tuple[str, ...], end: str) -> None:
    given(face, MESSAGE)
    for status in (*order, *order):
        assert tell(face, status) == 204
    assert row(face).state == end


def test_the_first_end_is_the_end(face: Face) -> None:
    given(face, MESSAGE)
    tell(face, "delivered")
    tell(face, "failed", ErrorCode="30003")
    assert (row(face).state, row(face).code) == ("delivered", "")


def test_the_code_is_kept_for_operators(face: Face) -> None:
    given(face, MESSAGE)
    tell(face, "undelivered", ErrorCode="30003")
    assert (row(face).state, row(face).code) == ("failed", "30003")


@pytest.mark.parametrize("status", ["", "receiving", "partially_delivered", "nouveau"])
def test_a_status_of_another_kind_changes_nothing(face: Face, status: str) -> None:
    given(face, MESSAGE)
    assert tell(face, status) == 204
    assert row(face).state == "sent"


def test_what_is_not_ours_is_nothing(face: Face) -> None:
    given(face, MESSAGE)
    for sid in ("SM" + "6" * 32, ""):
        assert tell(face, "delivered", sid) == 204
        assert tell(face, "delivered", sid, "?key=autre") == 204
    assert row(face).state == "sent"


@pytest.mark.parametrize("path", ["/sms/status", "/voice/status"])
def test_only_signed_ones_are_believed(face: Face, path: str) -> None:
    given(face, MESSAGE)
    form = {"MessageSid": MESSAGE, "MessageStatus": "delivered", "CallSid": MESSAGE, "CallStatus": "completed"}
    assert face.post(path, form, signed=False).status_code == 403
    assert row(face).state == "sent"


def test_the_key_saves_what_the_dead_process_could_not_note(face: Face) -> None:
    given(face)
    assert tell(face, "queued", query="?key=k") == 204
    assert (row(face).state, row(face).provider_id, row(face).number) == ("sent", MESSAGE, "")
    tell(face, "delivered", query="?key=k")
    with face.conversation.database.transaction() as connection:
        assert outbox.claim(connection, NOON + LEASE, LEASE) == []
        assert tallies.told(connection, NOON) == [Tally("sms", "out", 1, 1)]


def test_a_stop_that_the_provider_tells_is_ours(face: Face) -> None:
    given(face, MESSAGE)
    tell(face, "failed", ErrorCode="21610")
    tell(face, "failed", ErrorCode="21610")
    with face.conversation.database.transaction() as connection:
        assert consents.is_stopped(connection, "p1_a") == (True, False)
        assert len(connection.execute(select(schema.consents)).all()) == 1


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("completed", "delivered"),
        ("busy", "failed"),
        ("no-answer", "failed"),
        ("canceled", "failed"),
        ("ringing", "sent"),
    ],
)
def test_what_became_of_a_call_that_we_made(face: Face, status: str, state: str) -> None:
    given(face, CALL, "call")
    assert face.post("/voice/status?key=k", call_form(sid=CALL, CallStatus=status)).status_code == 204
    assert row(face).state == state


def test_a_call_that_came_in_changes_nothing(face: Face) -> None:
    given(face, CALL, "call")
    assert face.post("/voice/status", call_form(CallStatus="completed")).status_code == 204
    assert row(face).state == "sent"


def test_what_could_not_be_noted_is_asked_for_again(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    given(face, MESSAGE)

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("UPDATE outbox", {}, Exception())

    monkeypatch.setattr("channels.providers.statuses.outbox.progress", away)
    assert tell(face, "delivered") == 503

"""Whoever sends drop by drop, keeps silent or does not take the answer keeps nobody else waiting."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from channels.cli.patient_worker import (
    HOW_LONG,
    LARGEST_HEAD,
    MOST_IN_LINE,
    MOST_WAITING,
    TOO_LONG,
    RefusedError,
    whole,
)
from channels.cli.serve import THREADS
from channels.sizes import LARGEST_REQUEST
from security.attack.target import Target, served

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
# Of somebody else than the crowd, which has met the limits.
ELSEWHERE = b"X-Forwarded-For: 203.0.113.9\r\n"
ANOTHER = HEAD + ELSEWHERE
# Far more than there are threads.
CROWD = THREADS * 8
# Far more than anybody has before her of one origin.
MANY = 8 * MOST_IN_LINE
AT_ONCE = 2.0  # seconds; on a machine that is busy with something else too


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with served(tmp_path_factory.mktemp("slow")) as started:
        yield started


@pytest.mark.parametrize(
    ("came", "given"),
    [
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n", None, id="half a head"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", id="a head"),
        pytest.param(HEAD + b"Content-Length: 3\r\n\r\nab", None, id="half a body"),
        pytest.param(HEAD + b"content-LENGTH:3\r\n\r\nabc", HEAD + b"content-LENGTH:3\r\n\r\nabc", id="a body"),
        pytest.param(
            HEAD + b"Content-Length: 1\r\n\r\naGET /other HTTP/1.1\r\n\r\n",
            HEAD + b"Content-Length: 1\r\n\r\na",
            id="one behind another",
        ),
        pytest.param(
            HEAD + b"Content-Length: %d\r\n\r\nabc" % (LARGEST_REQUEST + 1),
            HEAD + b"Content-Length: %d\r\n\r\n" % (LARGEST_REQUEST + 1),
            id="too large a body",
        ),
        pytest.param(HEAD + b"Content-Length: 0000000000003\r\n\r\nab", None, id="a length behind zeros"),
        pytest.param(b"x" * LARGEST_HEAD, None, id="as long as a head may be"),
    ],
)
def test_a_request_is_whole_when_its_last_byte_has_come(came: bytes, given: bytes | None) -> None:
    assert whole(came) == given


@pytest.mark.parametrize(
    ("came", "answer"),
    [
        pytest.param(b"x" * (LARGEST_HEAD + 1), TOO_LONG, id="a head without end"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", HOW_LONG, id="in pieces"),
        pytest.param(HEAD + b"Content-Length: 1,1\r\n\r\na", HOW_LONG, id="of a length that may be read otherwise"),
        pytest.param(
            HEAD + b"Content-Length: 3\r\ntransfer-encoding : chunked\r\n\r\nabc", HOW_LONG, id="of two lengths"
        ),
    ],
)
def test_what_has_no_end_is_refused(came: bytes, answer: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        whole(came)
    assert refused.value.answer == answer


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="silence"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ", id="a head"),
        pytest.param(HEAD + b"Content-Length: 1000\r\n\r\nBody=", id="a body"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", id="no hanging up"),
        pytest.param(HEAD + b"Content-Length: 999999\r\n\r\n", id="too large a body"),
    ],
)
def test_others_are_served_at_once(target: Target, sent: bytes) -> None:
    with ExitStack() as stack:
        crowd = [stack.enter_context(socket.create_connection(("127.0.0.1", target.port))) for _ in range(CROWD)]
        for each in crowd:
            each.sendall(sent)
        for _ in range(3):
            assert healthy(target) < AT_ONCE
            for each in crowd:
                drip(each)


def test_a_crowd_that_is_silent_does_not_close_the_door(target: Target) -> None:
    with ExitStack() as stack:
        for _ in range(MOST_WAITING + CROWD):
            stack.enter_context(socket.create_connection(("127.0.0.1", target.port)))
        assert healthy(target) < AT_ONCE


def test_a_crowd_that_asks_in_earnest_waits_for_itself(target: Target) -> None:
    with ExitStack() as stack:
        crowd = [stack.enter_context(socket.create_connection(("127.0.0.1", target.port))) for _ in range(MANY)]
        for each in crowd:
            each.sendall(b"GET /verifier HTTP/1.1\r\nHost: camille.example\r\n\r\n")
        healthy(target)
        answered, _, _ = select.select(crowd, [], [], 0)
        assert len(answered) < MANY - 2 * MOST_IN_LINE
        for each in crowd:
            each.settimeout(30)
            assert each.recv(100).startswith(b"HTTP/1.1 200")


def test_whoever_is_slow_and_finishes_is_answered(target: Target) -> None:
    with socket.create_connection(("127.0.0.1", target.port)) as one:
        for byte in b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n":
            one.sendall(bytes([byte]))
            time.sleep(0.01)
        assert one.recv(100).startswith(b"HTTP/1.1 200 OK")


def test_whoever_asks_before_sending_a_body_is_told_to_go_on(target: Target) -> None:
    with socket.create_connection(("127.0.0.1", target.port), timeout=5) as one:
        one.sendall(ANOTHER + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert one.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        one.sendall(b"a=1")
        said = one.recv(4096)
        said += one.recv(4096) if said.endswith(b"Continue\r\n\r\n") else b""
        assert b"HTTP/1.1 400" in said


def test_too_large_a_body_is_told_so_at_once(target: Target) -> None:
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", target.port), timeout=5) as one:
        one.sendall(ANOTHER + b"Content-Length: 3000000\r\n\r\n" + b"a" * 1000)
        assert one.recv(100).startswith(b"HTTP/1.1 413")
    assert time.monotonic() - begun < AT_ONCE


def healthy(target: Target) -> float:
    """How long somebody waits for an answer."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", target.port), timeout=10) as one:
        one.sendall(b"GET /verifier HTTP/1.1\r\nHost: camille.example\r\n" + ELSEWHERE + b"\r\n")
        assert one.recv(100).startswith(b"HTTP/1.1 200")
    return time.monotonic() - begun


def drip(client: socket.socket) -> None:
    with suppress(OSError):  # it was hung up on
        client.sendall(b"a")

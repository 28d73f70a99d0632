"""A thread is for a request that has come whole: whoever sends it drop by drop keeps nobody else waiting.

Gunicorn gives each new connection a thread, which then waits for its bytes: sixteen that send nothing would hold all
sixteen threads, and its main loop waits two seconds for each that does not hang up. Here the loop itself collects the
bytes, and a thread gets them all at once. nginx does the same in front; not everybody has an nginx in front.

And hundreds of whole requests of one address, each soon answered, would keep everybody else waiting for seconds: they
wait for one another.
"""

from __future__ import annotations

import re
import selectors
import socket
import struct
import time
from contextlib import suppress
from functools import partial
from threading import Event
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker
from werkzeug.http import parse_list_header

from channels.cli.line import Line
from channels.limits.networks import network
from channels.sizes import LARGEST_REQUEST

# All of a request, from its first byte: nginx gives as long (docker/nginx.conf). Then two seconds to hang up.
TO_ARRIVE, TO_LEAVE = 30.0, 2.0
LARGEST_HEAD = 64 * 1024
# Beyond, who has waited longest is let go: a flood of silence never closes the door.
MOST_WAITING = 500
# Requests of one origin that anybody else may have before hers: a quarter of a second of work.
MOST_IN_LINE = 50
# Any page of ours fits: a thread never waits for who reads slowly.
ROOM_FOR_AN_ANSWER, TO_TAKE_IT = 256 * 1024, struct.pack("ll", 10, 0)
A_READ = 64 * 1024
# Seconds that a thread leaves to the loop before each request, at most: who never stops sending does not stop all.
TO_CATCH_UP = 0.05
END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*0*(\d{1,12})[ \t]*(?:\r\n|$)", re.I)
HAS_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:", re.I)
IN_PIECES = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.I)
FORWARDED = re.compile(rb"\r\nx-forwarded-for[ \t]*:([^\r\n]*)", re.I)
ASKS_FIRST = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.I)
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
# Twilio and browsers say how long a form is. Without it nobody knows when it has come.
HOW_LONG = b"HTTP/1.1 411 Length Required\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class RefusedError(Exception):
    """What came is no request that is taken. `answer` is all that is said."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(answer.split(b"\r\n", 1)[0].decode())
        self.answer = answer


def whole(came: bytes | bytearray) -> bytes | bytearray | None:
    """The one request in `came`, ready to be answered; None while more is to come. Raises RefusedError.

    Of a body that is too large only the head: the application refuses it by its length (HTTP 413).
    """
    end = came.find(END)
    if end < 0:
        if len(came) > LARGEST_HEAD:
            raise RefusedError(TOO_LONG)
        return None
    head, start = came[:end], end + len(END)
    if IN_PIECES.search(head):
        raise RefusedError(HOW_LONG)
    told = LENGTH.search(head)
    if told is None and HAS_LENGTH.search(head):
        raise RefusedError(HOW_LONG)  # gunicorn might read it otherwise, and a thread would wait for what it says
    length = int(told[1]) if told else 0
    if length > LARGEST_REQUEST:
        return came[:start]
    return came[: start + length] if len(came) >= start + length else None


def origin(head: bytes, peer: str, proxies: int) -> str:
    """The network that asks, told as Werkzeug's ProxyFix is told it: by the last but `proxies` of X-Forwarded-For."""
    told = parse_list_header(b",".join(FORWARDED.findall(head)).decode("latin-1"))
    return network(told[-proxies] if proxies and len(told) >= proxies else peer)


class PatientWorker(ThreadWorker):
    """Gunicorn's worker of threads, but for who gets one, and when it lets go. One request a connection."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        # In the order of their ends, which is that of their beginnings: each kind has one length of time.
        self._arriving: dict[TConn, float] = {}
        self._leaving: dict[TConn, float] = {}
        self._came: dict[TConn, bytearray] = {}
        self._line: Line[TConn] = Line(MOST_IN_LINE)
        self._caught_up = Event()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Threads begin nothing while there is something to collect: sixteen of them leave the loop no time, and who
        came last would wait outside until all before her are served, wherever they came from.
        """
        events = self.poller.select(0)
        if not events:
            self._caught_up.set()
            events = self.poller.select(timeout)
            self._caught_up.clear()
        for key, _ in events:
            key.data(key.fileobj)

    def accept(self, listener: socket.socket) -> None:
        """Somebody connects: wait for what she sends."""
        try:
            client, address = listener.accept()
        except OSError:
            return  # gone already, or no descriptor is left: the oldest go with time
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM_FOR_AN_ANSWER)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, TO_TAKE_IT)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, TO_TAKE_IT)  # no thread reads for longer
        conn = TConn(self.cfg, client, address, listener.getsockname())
        self.nr_conns += 1
        if len(self._arriving) >= MOST_WAITING:
            self._let_go(next(iter(self._arriving)))
        self._arriving[conn], self._came[conn] = time.monotonic() + TO_ARRIVE, bytearray()
        self.poller.register(client, selectors.EVENT_READ, partial(self._more, conn))

    def _serve(self) -> None:
        """In a thread: whose turn it is. There are as many of these as wait, in the line and aside."""
        self._caught_up.wait(TO_CATCH_UP)
        conn = self._line.take()
        try:
            self.handle(conn)
        finally:
            self.method_queue.defer(self.finish_request, conn, None)

    def finish_request(self, conn: TConn, _done: Any) -> None:
        """Answered. Let the client take the answer and hang up, without waiting for it here (RFC 9112, 9.6)."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._nothing_more, conn))
        except (OSError, ValueError, KeyError):
            self._let_go(conn)
            return
        self._leaving[conn] = time.monotonic() + TO_LEAVE

    def murder_pending(self) -> None:
        """Let go of whose time is over. Called once a second by the loop, as its namesake."""
        now = time.monotonic()
        for waiting in (self._arriving, self._leaving):
            for conn in [each for each, end in waiting.items() if end <= now]:
                self._let_go(conn)

    def _more(self, conn: TConn, client: socket.socket) -> None:
        came = self._came.get(conn)
        if came is None:
            return  # let go of since the loop saw that she sent something
        try:
            read = client.recv(A_READ)
            came += read
            request = whole(came) if read else None
        except BlockingIOError:
            return
        except RefusedError as refused:
            self._say(client, refused.answer)
            self._let_go(conn)
            return
        except OSError:
            read, request = b"", None
        if not read:
            self._let_go(conn)
        elif request is not None:
            self._forget(conn)
            conn.init()
            conn.parser.unreader.unread(bytes(request))
            head = bytes(request[: request.find(END)])
            self._line.join(origin(head, conn.client[0], self.app.proxies), conn)
            self.tpool.submit(self._serve)
        elif END in came and ASKS_FIRST.search(came) and came.endswith(END):
            self._say(client, GO_ON)

    def _nothing_more(self, conn: TConn, client: socket.socket) -> None:
        """Whatever still comes is thrown away."""
        if conn not in self._leaving:
            return
        try:
            if client.recv(A_READ):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._let_go(conn)

    def _say(self, client: socket.socket, words: bytes) -> None:
        with suppress(OSError):  # nobody listens
            client.send(words)

    def _forget(self, conn: TConn) -> None:
        for waiting in (self._arriving, self._leaving, self._came):
            waiting.pop(conn, None)
        with suppress(KeyError, ValueError):  # it waited for nothing
            self.poller.unregister(conn.sock)

    def _let_go(self, conn: TConn) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

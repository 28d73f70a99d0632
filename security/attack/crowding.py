"""Bodies too large, and clients too slow: whatever they do, another person is served within a bound."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack, suppress

from channels.cli.serve import THREADS
from channels.sizes import LARGEST_REQUEST
from security.attack.ledger import Ledger
from security.attack.target import Target
from security.attack.visitor import Visitor, somewhere

BOUND = 2.0  # seconds that anybody may have to wait meanwhile
ROUNDS = 5
POST = b"POST /%b HTTP/1.1\r\nHost: camille.example\r\n"


def crowd(target: Target, ledger: Ledger, clients: int) -> None:
    """`clients` slow ones at once of each kind, and every body that is too large."""
    _large(target, ledger)
    for name, sent, drip in (
        ("silence", b"", b""),
        ("a head, byte by byte", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ", b"a"),
        ("a head without end", b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: a\r\n" * 500, b"X-A: a\r\n" * 50),
        ("a body, byte by byte", POST % b"" + b"Content-Length: 5000\r\n\r\ntext=", b"a"),
        (
            "a form for Twilio, byte by byte",
            POST % b"sms" + b"X-Twilio-Signature: a\r\nContent-Length: 5000\r\n\r\n",
            b"a",
        ),
        ("half of too large a body", POST % b"" + b"Content-Length: 9999999\r\n\r\n", b"a" * 1000),
        ("nobody hangs up", b"GET /verifier HTTP/1.1\r\nHost: camille.example\r\n\r\n", b""),
        ("nobody reads the answer", b"GET /static/camille.css HTTP/1.1\r\nHost: camille.example\r\n\r\n", b""),
    ):
        _slow(target, ledger, name, sent, drip, clients)


def _large(target: Target, ledger: Ledger) -> None:
    kind = "large body"
    for size in (LARGEST_REQUEST - 100, LARGEST_REQUEST + 1, 10 * LARGEST_REQUEST):
        for path in (
            "/",
            "/avis",
            "/reprise",
            "/medecin/entrer/code",
            "/pilotage/entrer",
            "/sms",
            "/voice",
            "/voice/turn",
        ):
            told = POST % path[1:].encode() + f"X-Forwarded-For: {somewhere()}\r\nContent-Length: {size}\r\n".encode()
            status = _status(
                target,
                told
                + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
                + b"a" * min(size, 3 * LARGEST_REQUEST),
            )
            held = status in (400, 403, 413)
            ledger.note(kind, f"{size} bytes to {path}", f"answered {status}", held=held)
    for name, body in {
        "ten thousand fields": "&".join(f"f{number}=1" for number in range(10_000)),
        "one name ten thousand times": "&".join(["text=a"] * 10_000),
        "a deep name": "a" + "[a]" * 20_000 + "=1",
        "a very long name": "a" * 100_000 + "=1",
    }.items():
        visitor = Visitor(target)
        answer = visitor.ask(
            "POST",
            "/sms",
            body=body.encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "a"},
        )
        ledger.note(kind, name, f"answered {answer.status}", held=answer.status in (400, 403, 413))
    status = _status(target, b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    ledger.note(kind, "an address of 100 kilobytes", f"answered {status}", held=status in (400, 414, 431))
    status = _status(target, b"GET / HTTP/1.1\r\nHost: x\r\n" + b"Cookie: a=1\r\n" * 20_000 + b"\r\n")
    ledger.note(kind, "twenty thousand headers", f"answered {status}", held=status in (400, 431, 0))


def _slow(target: Target, ledger: Ledger, name: str, sent: bytes, drip: bytes, clients: int) -> None:
    waits: list[float] = []
    with ExitStack() as stack:
        crowd_of = [
            stack.enter_context(socket.create_connection(("127.0.0.1", target.port), timeout=30))
            for _ in range(clients)
        ]
        for each in crowd_of:
            with suppress(OSError):
                each.sendall(sent)
        for _ in range(ROUNDS):
            waits.append(_waited(target))
            for each in crowd_of:
                with suppress(OSError):
                    each.sendall(drip)
    worst = max(waits)
    ledger.figures[f"Longest wait beside {clients} clients ({name}), {THREADS} threads"] = f"{worst * 1000:.0f} ms"
    ledger.note(
        "slow clients",
        f"{clients} of: {name}",
        "others are served" if worst < BOUND else f"others wait {worst:.1f} s",
        held=worst < BOUND,
    )


def _waited(target: Target) -> float:
    """Seconds that somebody else waits: behind one proxy, as here, she comes from another address than the crowd."""
    asked = f"GET /verifier HTTP/1.1\r\nHost: camille.example\r\nX-Forwarded-For: {somewhere()}\r\n\r\n".encode()
    begun = time.monotonic()
    with suppress(OSError), socket.create_connection(("127.0.0.1", target.port), timeout=10 * BOUND) as one:
        one.sendall(asked)
        if one.recv(64).startswith(b"HTTP/1.1 200"):
            return time.monotonic() - begun
    return 10 * BOUND


def _status(target: Target, sent: bytes) -> int:
    """What is answered; 0 when the line was cut."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", target.port), timeout=30) as one:
        with suppress(OSError):
            one.sendall(sent)
        said = one.recv(64)
        return int(said[9:12]) if said.startswith(b"HTTP/1.1 ") else 0
    return 0

"""The real nginx with our configuration and no face behind it: what it keeps of who asks, and what it says itself."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.deployment import free_ports
from tests.support.nginx import ADDRESS, DOCKER, free_port, laid_out, run

# All of 127/8 is this machine on Linux: somebody whose address is not nginx's own.
WHO = "127.9.8.7"
TOKEN = "Zq7TokenOfSomebody9"
PATHS = (f"/i/{TOKEN}", f"/reprise/{TOKEN}", f"/pilotage/acces/{TOKEN}")
# More than a burst of the zone « people » in nginx.conf.
MANY = 80
TRACES = (WHO, TOKEN, "/i/", "/reprise/", "/pilotage/acces")


@contextmanager
def running(folder: Path, door: str, *, loud: bool = False) -> Iterator[int]:
    """The port that it listens on. `loud`: with nginx's usual log of errors, to see that there is something to hide."""
    port, (gone,) = free_port(), free_ports(1)
    conf = laid_out(folder, door, port, [gone])
    if loud:
        quiet = conf.read_text()
        assert "error_log /dev/null emerg;" in quiet
        conf.write_text(quiet.replace("error_log /dev/null emerg;", "error_log stderr info;"))
    process = run(folder, conf, port + (door == "production"))
    try:
        yield port
    finally:
        process.terminate()
        process.wait(30)


def said(port: int, request: bytes, tls: ssl.SSLContext | None = None, answers: int = 1) -> bytes:
    """What WHO is answered. nginx may keep the line open for what it does not want to hear any more: hung up here."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(WHO, 0)) as plain,
        ExitStack() as stack,
    ):
        line = stack.enter_context(tls.wrap_socket(plain, server_hostname="camille.example")) if tls else plain
        line.sendall(request)
        heard = b""
        while _whole(heard) < answers and (part := line.recv(65536)):
            heard += part
        return heard


def _whole(heard: bytes) -> int:
    """How many answers are there to their end."""
    count = 0
    while True:
        head, ended, rest = heard.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        if not (ended and length and len(rest) >= int(length[1])):
            return count
        count, heard = count + 1, rest[int(length[1]) :]


def asked(path: str, *headers: str, method: str = "GET", host: str = "camille.example") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers, "", ""]).encode()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def field(answer: bytes, name: str) -> str:
    """One header; "" without it. Fails where it stands twice."""
    found = re.findall(rf"^{name}: (.*)\r$", answer.decode().partition("\r\n\r\n")[0] + "\r", re.M | re.I)
    assert len(found) <= 1, found
    return found[0] if found else ""


def trust(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / "tls_certificate"))


def provoke(folder: Path, port: int, door: str) -> set[int]:
    """All that nginx writes about into its log of errors. What it answered."""
    tls = trust(folder) if door == "production" else None
    port += door == "production"
    answers = [said(port, asked(path), tls) for path in PATHS]  # nobody is there
    answers.append(said(port, asked(PATHS[0], "Content-Length: 200000", method="POST"), tls))
    answers.append(said(port, asked(f"/i/{TOKEN}{'x' * 20_000}"), tls))  # longer than its buffers
    answers.append(said(port, f"GET /i/{TOKEN} HTTP/1.1 and more\r\nHost: a\r\n\r\n".encode(), tls))
    answers.append(said(port, asked(PATHS[0], host="a/b"), tls))
    if tls:
        answers.append(said(port, asked(PATHS[0])))  # plain, where TLS is spoken
        with pytest.raises(OSError):  # noqa: PT011 - refused or reset, as nginx likes
            said(port, b"", _too_old())
    # One after the other on one line: faster than the limit, however slow a machine.
    storm = said(port, (asked(PATHS[0]).replace(b"Connection: close\r\n", b"") * MANY), tls, answers=MANY)
    told = {int(found) for found in re.findall(rb"^HTTP/1.1 (\d+) ", storm, re.M)}
    return {status(answer) for answer in answers} | told


def _too_old() -> ssl.SSLContext:
    """Who speaks only what nginx does not."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers("AES256-SHA256")
    return made


@pytest.mark.parametrize("door", ["trial", "production"])
def test_no_log_holds_who_asked_or_for_what(tmp_path: Path, door: str) -> None:
    with running(tmp_path, door) as port:
        answered = provoke(tmp_path, port, door)
    assert answered == {503, 413, 414, 400, 429}
    logs = (tmp_path / "nginx.log").read_text() + (tmp_path / "access.log").read_text()
    assert [trace for trace in TRACES if trace in logs] == []


def test_the_usual_log_of_errors_would_hold_it(tmp_path: Path) -> None:
    with running(tmp_path, "production", loud=True) as port:
        provoke(tmp_path, port, "production")
    loud = (tmp_path / "nginx.log").read_text()
    for why in ("limiting requests", "too large body", "Connection refused", "too long URI", "SSL_do_handshake"):
        (line, *_) = [line for line in loud.splitlines() if why in line]
        assert f"client: {WHO}" in line
    assert set(TRACES) - {trace for trace in TRACES if trace in loud} == set()


def test_those_who_run_it_still_see_what_went_wrong(tmp_path: Path) -> None:
    """A face that does not answer, a limit that was met, a request too large: told by what nginx and the face said."""
    with running(tmp_path, "trial") as port:
        provoke(tmp_path, port, "trial")
    lines = (tmp_path / "access.log").read_text().splitlines()
    ends = {(line.split(" ", 4)[3], line.split(" ")[-1]) for line in lines}
    assert ends == {("503", "502"), ("429", "-"), ("413", "-"), ("414", "-"), ("400", "-")}
    # Its name is there.
    assert [line for line in lines if " 503 " in line and not re.search(r" 127\.0\.0\.1:\d+ 502$", line)] == []


def test_what_concerns_nginx_itself_is_said(tmp_path: Path) -> None:
    with running(tmp_path, "trial") as port:
        first = (tmp_path / "nginx.pid").read_text().strip()
        told = subprocess.run(["pgrep", "-P", first], capture_output=True, text=True, check=True).stdout  # noqa: S607
        os.kill(int(told.split()[0]), signal.SIGKILL)
        # Another worker takes its place.
        assert status(said(port, asked("/readyz"))) == 404
    assert "exited on signal 9" in (tmp_path / "nginx.log").read_text()


@pytest.mark.parametrize("host", ["evil.example", "camille.example", "camille.example.evil.example:8080"])
@pytest.mark.parametrize("path", ["/i/abc?d=e%2Ff", "http://evil.example/i/abc?d=e%2Ff"], ids=["path", "absolute"])
def test_http_leads_to_our_own_name_only(tmp_path: Path, host: str, path: str) -> None:
    with running(tmp_path, "production") as port:
        answer = said(port, asked(path, host=host))
    assert (status(answer), field(answer, "Location")) == (308, f"{ADDRESS}/i/abc?d=e%2Ff")


@pytest.mark.parametrize("door", ["trial", "production"])
@pytest.mark.parametrize("path", ["/", "/voice"])
def test_what_it_says_itself_is_as_closed_as_a_face(tmp_path: Path, door: str, path: str) -> None:
    with running(tmp_path, door) as port:
        tls = trust(tmp_path) if door == "production" else None
        answer = said(port + (door == "production"), asked(path), tls)
    assert field(answer, "X-Content-Type-Options") == "nosniff"
    assert field(answer, "Referrer-Policy") == "no-referrer"
    assert field(answer, "Cache-Control") == "no-store"
    kept = {"trial": "", "production": "max-age=31536000; includeSubDomains"}
    assert field(answer, "Strict-Transport-Security") == kept[door]
    (style,) = re.findall(r"<style>(.*?)</style>", (DOCKER / "nginx" / "down" / "page.html").read_text(), re.S)
    shown = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert field(answer, "Content-Security-Policy") == (
        f"default-src 'none'; style-src 'sha256-{shown}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )

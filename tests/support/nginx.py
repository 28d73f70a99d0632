"""An nginx of the tests' own: the files of docker/, in a temporary folder, on ports of this machine."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from assistant.settings import ROOT

DOCKER = ROOT / "docker"
ADDRESS = "https://camille.example"
STARTS_WITHIN = 30.0


def nginx() -> str:
    found = shutil.which("nginx") or next((str(path) for path in [Path("/usr/sbin/nginx")] if path.exists()), "")
    if not found:
        pytest.skip("nginx is not installed here")
    return found


def free_port() -> int:
    """A port for nginx: the next one, where it speaks TLS, is free as well."""
    while True:
        with socket.socket() as plain, socket.socket() as tls, suppress(OSError):
            plain.bind(("127.0.0.1", 0))
            port: int = plain.getsockname()[1]
            tls.bind(("127.0.0.1", port + 1))
            return port


def laid_out(folder: Path, door: str, port: int, faces: list[int]) -> Path:
    """The configuration with this machine's places: same directives, other paths, ports and names of the faces."""
    places = {"/etc/nginx/server.conf": folder / "server.conf", "/etc/nginx/routes.conf": folder / "routes.conf"}
    places["/etc/nginx/mime.types"] = _mime_types(folder)
    # Names that are looked up anew for each request have no memory of failures: nor have these.
    upstream = "upstream faces {{ zone faces 64k; {} }}".format(
        " ".join(f"server 127.0.0.1:{face} max_fails=0;" for face in faces)
    )
    texts = {
        "nginx.conf": (DOCKER / "nginx.conf").read_text(),
        "server.conf": (DOCKER / "nginx" / f"{door}.conf").read_text(),
        "routes.conf": (DOCKER / "nginx" / "routes.conf").read_text(),
        # As the image fills it in.
        "redirect.conf": _filled("redirect.conf.template"),
    }
    for name, text in texts.items():
        changed = text.replace(" /tmp/", f" {folder}/").replace("/dev/stdout", str(folder / "access.log"))
        for named, place in places.items():
            changed = changed.replace(named, str(place))
        changed = changed.replace("listen 8080;", f"listen 127.0.0.1:{port};")
        changed = changed.replace("listen 8443 ssl", f"listen 127.0.0.1:{port + 1} ssl")
        changed = changed.replace("/run/secrets/", f"{folder}/")
        changed = changed.replace("root /usr/share/camille;", f"root {DOCKER / 'nginx'};")
        changed = re.sub(r"resolver 127\.0\.0\.11[^;]*;", upstream, changed)
        changed = changed.replace("set $faces channels:8000;", "set $faces faces;")
        if name == "nginx.conf" and os.geteuid() == 0:
            # What it serves may lie where only root may look.
            changed = f"user root;\n{changed}"
        (folder / name).write_text(changed)
    if door == "production":
        _certificate(folder)
    return folder / "nginx.conf"


def start(folder: Path, door: str, port: int, faces: list[int]) -> subprocess.Popen[bytes]:
    """nginx in front of `faces`, once it listens. What it says itself is in nginx.log, requests are in access.log."""
    conf = laid_out(folder, door, port, faces)
    return run(folder, conf, port + (door == "production"))


def run(folder: Path, conf: Path, port: int) -> subprocess.Popen[bytes]:
    """The same with a configuration that is laid out, until `port` listens."""
    said = folder / "nginx.log"
    with said.open("wb") as log:
        command = [nginx(), "-c", str(conf), "-p", str(folder), "-g", "daemon off;"]
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    end = time.monotonic() + STARTS_WITHIN
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < end, said.read_text()
        time.sleep(0.05)


def _filled(template: str) -> str:
    return (DOCKER / "nginx" / template).read_text().replace("${PUBLIC_BASE_URL}", ADDRESS)


def _mime_types(folder: Path) -> Path:
    path = folder / "mime.types"
    path.write_text("types { text/html html; text/xml xml; }\n")
    return path


def _certificate(folder: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed here")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=camille.example"]
    command += ["-addext", "subjectAltName=DNS:camille.example,IP:127.0.0.1"]
    command += ["-keyout", str(folder / "tls_key"), "-out", str(folder / "tls_certificate")]
    subprocess.run(command, check=True, capture_output=True)

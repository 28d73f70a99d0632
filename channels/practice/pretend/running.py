"""Starts the pretend identity provider (npm: oidc-provider, certified), and ends with whoever started it.

It needs Node 18 or later and npm. npm is asked once: what it brings is kept in the folder given.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

from assistant.errors import CamilleError
from assistant.pro_sante_connect import ProSanteConnect, at_issuer

PACKAGE, VERSION = "oidc-provider", "9.13.3"
FILES = ("provider.mjs", "identities.json")
OLDEST_NODE = 18
CLIENT = "camille-essai"
FETCHED_WITHIN, STARTED_WITHIN = 90.0, 20.0  # seconds


class PretendError(CamilleError):
    """There is no pretend provider here; the message says why, for whoever runs `make run` or the tests."""

    code = "pretend"


def fetch(folder: Path) -> None:
    """Have npm put the package into `folder`, unless it is there. Raises PretendError."""
    manifest = folder / "node_modules" / PACKAGE / "package.json"
    if manifest.is_file() and json.loads(manifest.read_text(encoding="utf-8")).get("version") == VERSION:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise PretendError("npm n'est pas installé.")
    folder.mkdir(parents=True, exist_ok=True)
    # Retries would keep a machine without a network waiting for minutes.
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--silent", "--fetch-retries=0"]
    command = [npm, "install", "--prefix", str(folder), *quiet, f"{PACKAGE}@{VERSION}"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=FETCHED_WITHIN, check=False)  # noqa: S603
    except (subprocess.TimeoutExpired, OSError) as error:
        raise PretendError(f"npm n'a pas pu apporter {PACKAGE}.") from error
    if done.returncode:
        raise PretendError(f"npm n'a pas pu apporter {PACKAGE}.")


class PretendProvider:
    """A running provider. It sends people back to `sites` only, each an address like http://127.0.0.1:8000."""

    def __init__(self, folder: Path, sites: Sequence[str], *, signed_userinfo: bool = False) -> None:
        fetch(folder)
        for name in FILES:
            shutil.copyfile(Path(__file__).parent / name, folder / name)  # Node looks for packages beside its file
        secret = secrets.token_urlsafe(32)
        given = {
            "client_id": CLIENT,
            "client_secret": secret,
            "redirect_uris": [f"{site}/medecin/retour" for site in sites],
            "post_logout_redirect_uris": [f"{site}/medecin/sortie" for site in sites],
            "signed_userinfo": signed_userinfo,
        }
        pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(  # noqa: S603
                [_node(), "provider.mjs"], cwd=folder, stdin=pipe, stdout=pipe, stderr=quiet, text=True
            )
        except OSError as error:
            raise PretendError("Node ne démarre pas.") from error
        self.psc = self._told(given, secret)

    def close(self) -> None:
        """Its input ends, and so does it."""
        for end in (self._process.stdin, self._process.stdout):
            if end is not None:
                end.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _told(self, given: dict[str, object], secret: str) -> ProSanteConnect:
        """Where it answers. Waits for its first line."""
        lines: list[str] = []
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            raise PretendError("Node ne démarre pas.")

        def ask() -> None:
            try:
                to.write(json.dumps(given) + "\n")
                to.flush()
                lines.append(back.readline())
            except (OSError, ValueError):
                pass  # it ended before it answered: told below

        asking = Thread(target=ask, daemon=True)
        asking.start()
        asking.join(STARTED_WITHIN)
        try:
            told = json.loads(lines[0])
        except (IndexError, ValueError):
            self._process.kill()
            self._process.wait()
            raise PretendError("la fausse connexion ne démarre pas.") from None
        return at_issuer(told["issuer"], CLIENT, secret, authorization=told["authorization"])


def _node() -> str:
    """Node's command. Raises PretendError when there is none, or too old a one."""
    node = shutil.which("node")
    if node is None:
        raise PretendError("Node n'est pas installé.")
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout  # noqa: S603
    except (subprocess.TimeoutExpired, OSError) as error:
        raise PretendError("Node ne démarre pas.") from error
    found = re.match(r"v(\d+)\.", said)
    if not found or int(found[1]) < OLDEST_NODE:
        raise PretendError(f"Node est trop vieux : il faut la version {OLDEST_NODE} ou une plus récente.")
    return node

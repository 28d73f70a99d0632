"""`make engine`: docker/compose.yml on a Docker engine, under another name and with secrets of its own.

Builds both images, starts everything, walks in, and replaces faces and assistants by the commands of docs/deploy.md,
while people are on the page. CI has no engine and no registry of images: this is for who deploys or changes docker/.
Ends with 1 and one sentence when something is not as it should be. Nothing of it stays but the images.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from assistant.settings import ROOT
from benchmarks.faults.beside import Near
from tests.channels.visitor import Visitor
from tests.support.browsing import Browser

VERSION = "engine"
LARGEST = {"channels": 250, "assistant": 1500}  # MB
BUILDS_WITHIN, STARTS_WITHIN = 3600, 600  # seconds
# A visit has its limits.
PEOPLE, PACE = 4, 1.2
# What compose.yml opens, and the name that its PUBLIC_BASE_URL has.
URL, HOST = "http://127.0.0.1:8080", "camille.localhost:8080"


class EngineError(Exception):
    """One sentence: what was not as it should be."""


class Compose:
    """A copy of docker/ in `folder`, whose secrets are made there: those of this machine are not touched."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "docker"
        shutil.copytree(ROOT / "docker", self._folder, ignore=shutil.ignore_patterns("secrets", ".env"))
        self._known = {
            **os.environ,
            "COMPOSE_FILE": str(self._folder / "compose.yml"),
            "COMPOSE_PROJECT_NAME": f"camille-{VERSION}",
            "CAMILLE_VERSION": VERSION,
        }

    def run(self, command: str, within: float = STARTS_WITHIN) -> str:
        """What it said. Raises EngineError when it failed."""
        given: dict[str, Any] = {
            "cwd": ROOT,
            "env": self._known,
            "capture_output": True,
            "text": True,
            "timeout": within,
        }
        done = subprocess.run(["sh", "-c", command], check=False, **given)  # noqa: S607 - ours, and docs/deploy.md's
        if done.returncode:
            said = (done.stdout + done.stderr)[-800:]
            raise EngineError(f"« {command.strip()} » ended with {done.returncode}: {said}")
        return str(done.stdout)

    @contextmanager
    def up(self) -> Iterator[None]:
        self.run(str(self._folder / "secrets.sh"))
        try:
            self.run("docker compose up --wait")
            yield
        finally:
            self.run("docker compose down --volumes")


def build(compose: Compose) -> None:
    """Both images, within their sizes; the model is the one that was learnt here."""
    for name, most in LARGEST.items():
        image, given = f"camille-{name}:{VERSION}", "--build-context model=models" if name == "assistant" else ""
        compose.run(f"docker build -f docker/{name}/Dockerfile -t {image} {given} .", BUILDS_WITHIN)
        size = int(compose.run(f"docker image inspect -f '{{{{.Size}}}}' {image}")) / 1e6
        told(f"{image}: {size:.0f} MB")
        if size > most:
            raise EngineError(f"{image} has {size:.0f} MB, {most} are allowed.")


def walk() -> None:
    """Somebody looks, asks in her own words, and is in danger."""
    visitor = visits().look()
    for words, answer in (("c'est quoi mon espace santé", "Mon espace santé"), ("je ne respire plus", "le 15")):
        visitor.write(words)
        if answer not in visitor.plain:
            raise EngineError(f"« {words} » was answered {visitor.status} {visitor.plain[:200]!r}")
        told(f"« {words} » was answered")


def replacing() -> str:
    """The commands of docs/deploy.md, « Upgrade »."""
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```sh\n(\s*old=\$\(docker compose ps.*?)```", page, re.DOTALL)
    return str(found)


@contextmanager
def people() -> Iterator[None]:
    """Several ask to hear it again all the while. Raises EngineError when one was not told what she was told before."""
    over = threading.Event()
    asked, wrong = [], []

    def ask() -> None:
        visitor = visits().look()
        words = visitor.said
        while not over.wait(PACE):
            asked.append(words)
            try:
                visitor.write("répétez")
                if visitor.said != words:
                    wrong.append(f"{visitor.status} {visitor.plain[:200]!r}")
                    visitor.look()
            except Exception as error:
                wrong.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=ask) for _ in range(PEOPLE)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    told(f"asked {len(asked)} times meanwhile, answered wrongly {len(wrong)} times")
    if wrong or not asked:
        raise EngineError(f"People were answered wrongly: {wrong[:3]}")


def visits() -> Visitor:
    line = Near()
    line.headers["Host"] = HOST
    return Visitor(cast(Any, Browser(URL, line)))


def told(line: str) -> None:
    print(f"  {line}", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        compose = Compose(Path(folder))
        build(compose)
        with compose.up():
            told("everything started")
            told(compose.run("docker compose exec -T channels camille doctor").splitlines()[0])
            walk()
            for service in ("assistant", "channels"):
                with people():
                    compose.run(replacing().replace("channels", service))
                told(f"{service}: replaced")
            with people():
                for service in ("assistant", "channels"):
                    compose.run(f"docker kill $(docker compose ps -q {service} | head -1)")
                time.sleep(10)
            told("one of each was killed")
            walk()


if __name__ == "__main__":
    try:
        main()
    except (EngineError, subprocess.TimeoutExpired) as error:
        sys.exit(f"engine: {error}")

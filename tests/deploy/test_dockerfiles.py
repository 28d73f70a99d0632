"""The two Dockerfiles: what a linter finds, and our own rules, without a Docker engine."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.settings import ROOT
from tests.support import tool
from tests.test_house import commands

DOCKER = ROOT / "docker"
FILES = ("assistant", "channels")
# With a version down to the patch, or a digest: never what somebody else moves.
PINNED = re.compile(r"[a-z0-9./-]+:\d+\.\d+\.\d+[a-z0-9.-]*(@sha256:[0-9a-f]{64})?")


@dataclass(frozen=True)
class Step:
    """One instruction: its name in capitals, and the rest on one line."""

    name: str
    rest: str


@dataclass(frozen=True)
class Stage:
    base: str
    name: str
    steps: tuple[Step, ...]

    def all(self, name: str) -> list[str]:
        return [step.rest for step in self.steps if step.name == name]

    def last(self, name: str) -> str:
        return (self.all(name) or [""])[-1]


def stages(name: str) -> list[Stage]:
    """The stages of a Dockerfile, with the defaults of the arguments that stand before the first one."""
    text = (DOCKER / name / "Dockerfile").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    lines = re.sub(r"\\\n\s*", " ", "\n".join(kept)).splitlines()
    steps = [Step(*(line.split(maxsplit=1))) for line in lines if line.strip()]
    given = dict(step.rest.split("=", 1) for step in steps if step.name == "ARG" and "=" in step.rest)
    found: list[Stage] = []
    for step in steps:
        if step.name == "FROM":
            base, _, alias = step.rest.partition(" AS ")
            base = re.sub(r"\$\{(\w+)\}", lambda match: given[match[1]], base)
            found.append(Stage(base, alias.strip(), ()))
        elif found:
            found[-1] = Stage(found[-1].base, found[-1].name, (*found[-1].steps, step))
    return found


@pytest.fixture(params=FILES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_hadolint_finds_nothing(name: str) -> None:
    said = tool.run("hadolint", DOCKER / name / "Dockerfile")
    assert said.returncode == 0, said.stdout


def test_every_base_is_pinned(name: str) -> None:
    own = {stage.name for stage in stages(name)} | {"scratch"}
    bases = {stage.base for stage in stages(name)} - own
    assert bases
    assert [base for base in bases if not PINNED.fullmatch(base)] == []


def test_what_is_installed_by_pip_is_pinned(name: str) -> None:
    for stage in stages(name):
        for line in stage.all("RUN"):
            for call in re.findall(r"pip install ([^&|]*)", line):
                assert "--require-hashes" in call or re.search(r"==", call), call


def test_it_runs_as_nobody_in_particular(name: str) -> None:
    last = stages(name)[-1]
    user, _, group = last.last("USER").partition(":")
    assert int(user) > 0
    assert int(group) > 0


def test_no_step_after_the_user_writes_as_root(name: str) -> None:
    order = [step.name for step in stages(name)[-1].steps]
    assert set(order[order.index("USER") :]) <= {"USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


def test_nothing_is_fetched_or_unpacked_unseen(name: str) -> None:
    steps = [step for stage in stages(name) for step in stage.steps]
    assert [step for step in steps if step.name == "ADD"] == []
    assert [
        step.rest for step in steps if step.name == "RUN" and re.search(r"\b(curl|wget)\b|git clone", step.rest)
    ] == []


def test_no_secret_is_baked_in(name: str) -> None:
    steps = [step for stage in stages(name) for step in stage.steps if step.name in ("ENV", "ARG")]
    assert [step for step in steps if re.search(r"SECRET|PEPPER|TOKEN|PASSWORD|(?<!PYTHON)_KEY", step.rest)] == []


def test_the_last_stage_has_no_compiler(name: str) -> None:
    """Neither in what is installed there, nor in what is copied from a stage whole."""
    found = {stage.name: stage for stage in stages(name)}
    last = stages(name)[-1]
    whole = [found[line.split("=", 1)[1].split()[0]] for line in last.all("COPY") if line.endswith(" / /")]
    installing = [line for stage in (last, *whole) for line in stage.all("RUN")]
    assert [
        line for line in installing if re.search(r"\b(gcc|g\+\+|build-essential|binutils|cargo|make)\b", line)
    ] == []


def test_everything_copied_exists_and_is_let_in(name: str) -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    named = {stage.name for stage in stages(name)}
    for stage in stages(name):
        for line in stage.all("COPY"):
            words = shlex.split(line)
            if words[0].startswith("--from="):
                assert words[0].removeprefix("--from=") in named
                continue
            for source in words[:-1]:
                assert (ROOT / source).exists(), source
                assert any(source == way or source.startswith(f"{way}/") for way in allowed), source


def test_what_must_stay_out_is_not_let_in() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert next(line for line in lines if not line.startswith("#")) == "*"
    allowed = {line[1:] for line in lines if line.startswith("!")}
    assert allowed & {".git", "var", "docker", "docker/secrets", "docker/.env", "models", "tests"} == set()
    assert [way for way in allowed if not (ROOT / way).exists()] == []


def test_it_starts_a_command_that_exists(name: str) -> None:
    last = stages(name)[-1]
    assert json.loads(last.last("CMD"))[0] in commands()
    (entry,) = json.loads(last.last("ENTRYPOINT"))
    started, end = {
        "channels": (DOCKER / "channels" / entry, 'exec python -m channels.cli "$@"'),
        "assistant": (ROOT / entry, 'exec camille "$@"'),
    }[name]
    assert started.stat().st_mode & 0o111
    assert started.read_text(encoding="utf-8").rstrip().endswith(end)


def test_what_is_typed_in_a_container_is_found(name: str) -> None:
    """docs/deploy.md: its packages have no programs: `docker compose exec channels camille operator add …`."""
    last = stages(name)[-1]
    path = last.last("ENV")
    made = {
        "channels": ("docker/channels/camille /usr/local/bin/camille", "PATH=/usr/local/bin"),
        "assistant": ("/app /app", "PATH=/app/.venv/bin"),
    }[name]
    assert made[1] in path
    assert any(made[0] in line for stage in stages(name) for line in stage.all("COPY"))


def test_understanding_is_asked_how_it_is_where_it_listens() -> None:
    """The image of the faces is not: its worker listens to nobody (docker/compose.yml asks its faces)."""
    last = stages("assistant")[-1]
    assert f"http://127.0.0.1:{last.last('EXPOSE')}/" in last.last("HEALTHCHECK")


class TestTheModelCheck:
    """docker/assistant/start, with a `camille` that only says that it was started."""

    def start(self, tmp_path: Path, model: bytes) -> tuple[int, str]:
        (tmp_path / "models").mkdir()
        (tmp_path / "models" / "camille.tar.gz").write_bytes(model)
        made = hashlib.sha256(b"the model").hexdigest()
        (tmp_path / "models" / "camille.sha256").write_text(f"{made}  models/camille.tar.gz\n")
        (tmp_path / "camille").write_text('#!/bin/sh\necho "started $*"\n')
        (tmp_path / "camille").chmod(0o755)
        environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        said = subprocess.run(
            [DOCKER / "assistant" / "start", "understand"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return said.returncode, said.stdout + said.stderr

    def test_the_model_that_was_built(self, tmp_path: Path) -> None:
        assert self.start(tmp_path, b"the model") == (0, "started understand\n")

    def test_another_one_is_never_opened(self, tmp_path: Path) -> None:
        code, said = self.start(tmp_path, b"another model")
        assert code == 1
        assert "started" not in said
        assert "modèle" in said

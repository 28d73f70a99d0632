"""What the image of the faces installs is what the faces import, at the versions everything is tested with."""

from __future__ import annotations

import ast
import re
import subprocess
from importlib.metadata import distributions, version
from pathlib import Path

import pytest

from assistant.settings import ROOT
from tests.support.current_python import with_the_packages_of_the_faces

FOLDER = ROOT / "docker" / "channels"
# What only trains, or understands in this very process, or measures: it is in the other image.
ELSEWHERE = (
    "assistant/nlu/",
    "assistant/actions/",
    "assistant/agent.py",
    "assistant/in_order.py",
    "assistant/training.py",
    "assistant/rasa_imports.py",
    "assistant/evaluation/",
    "channels/cli/evaluate.py",
)
# Imported through others that bring them along.
BROUGHT = {"werkzeug", "markupsafe", "joserfc", "itsdangerous", "click"}


def names(text: str) -> set[str]:
    return {re.split(r"[<>= ;\[]", line)[0].lower() for line in text.splitlines() if re.match(r"[a-z]", line)}


def asked() -> set[str]:
    return names((FOLDER / "requirements.in").read_text())


def locked() -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (FOLDER / "requirements.txt").read_text(), re.M))


# Several distributions share one name to import by; the longest beginning tells which it is.
SHARED = (
    ("opentelemetry.exporter.otlp.proto.http.", "opentelemetry-exporter-otlp-proto-http"),
    ("opentelemetry.sdk.", "opentelemetry-sdk"),
    ("opentelemetry.", "opentelemetry-api"),
)


def homes() -> dict[str, str]:
    """Which distribution each importable name is from. Few say so themselves: their lists of files do."""
    found = {}
    for each in distributions():
        for path in each.files or ():
            top = path.parts[0].removesuffix(".py")
            if path.suffix in (".py", ".so") and top.isidentifier():
                found[top] = each.metadata["Name"].lower().replace("_", "-")
    return found


def imported() -> set[str]:
    """The distributions behind every import of the faces and of what they use of the mind."""
    known, found = homes(), set()
    for room in ("assistant", "channels"):
        for path in (ROOT / room).rglob("*.py"):
            if path.relative_to(ROOT).as_posix().startswith(ELSEWHERE):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom):
                    modules = [node.module or ""]
                for module in modules:
                    shared = next((name for start, name in SHARED if f"{module}.".startswith(start)), "")
                    found |= {shared} if shared else {known[top] for top in [module.partition(".")[0]] if top in known}
    return found - {"camille"}


def test_all_that_is_imported_is_installed() -> None:
    assert imported() - asked() - BROUGHT == set()
    assert BROUGHT & imported() <= set(locked())


def test_nothing_is_asked_for_that_nobody_imports() -> None:
    # The driver is named by DATABASE_URL; the reader of addresses comes with the client.
    assert asked() - imported() - {"psycopg2-binary"} == set()


def test_the_versions_are_those_that_everything_is_tested_with() -> None:
    other = {name: (found, version(name)) for name, found in locked().items() if version(name) != found}
    assert other == {}


def test_every_one_is_held_by_its_hash() -> None:
    text = (FOLDER / "requirements.txt").read_text()
    blocks = re.split(r"^(?=[a-z])", text, flags=re.M)[1:]
    assert blocks
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_no_rasa_and_nothing_heavy() -> None:
    heavy = {"rasa", "rasa-sdk", "spacy", "tensorflow", "numpy", "scipy", "scikit-learn", "wordfreq", "aiohttp"}
    assert heavy & set(locked()) == set()


def test_no_address_of_a_registry() -> None:
    assert "://" not in (FOLDER / "requirements.txt").read_text()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_the_packages_of_the_faces(tmp_path_factory.mktemp("faces"))


def run(python: Path, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "CAMILLE_VAR": str(tmp_path),
        "HOME": str(tmp_path),
    }
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    command = [str(python), "-W", "error::SyntaxWarning", *arguments]
    return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)


def test_a_current_python_runs_the_faces_without_rasa(installed: Path, tmp_path: Path) -> None:
    line = (
        "import sys, channels.app, channels.cli.serve, channels.cli.worker, channels.cli.talk;"
        "assert sys.version_info >= (3, 12);"
        "assert not {'rasa', 'numpy', 'spacy'} & set(sys.modules);"
        "from importlib.util import find_spec; assert not find_spec('rasa')"
    )
    said = run(installed, tmp_path, "-c", line)
    assert said.returncode == 0, said.stderr


def test_every_file_of_the_faces_is_read_by_a_current_python(installed: Path, tmp_path: Path) -> None:
    line = (
        "import ast, sys, pathlib;"
        "[ast.parse(path.read_bytes()) for room in sys.argv[1:] for path in pathlib.Path(room).rglob('*.py')]"
    )
    said = run(installed, tmp_path, "-c", line, str(ROOT / "assistant"), str(ROOT / "channels"))
    assert said.returncode == 0, said.stderr


def test_its_tables_are_made_there(installed: Path, tmp_path: Path) -> None:
    said = run(installed, tmp_path, "-m", "channels.cli", "migrate")
    assert said.returncode == 0, said.stderr
    assert "version" in said.stdout

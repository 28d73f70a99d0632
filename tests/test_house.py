"""The house holds together: arrows go one way, names agree everywhere, and what the README promises exists."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest
import typer
import yaml
from typer.testing import CliRunner

import actions
from assistant.folding import fold
from assistant.settings import ROOT, read_settings
from channels.cli.main import app

ROOMS = ("assistant", "channels", "tests", "benchmarks", "docs", "security")
# What tools and runs leave behind: the lines of .gitignore, and the tool that reads it.
LEFT_BEHIND = {".git", *(line.strip("/") for line in (ROOT / ".gitignore").read_text().split() if "/" in line)}
FEWEST_MESSAGES = 60
READMES = ("README.md", "README.fr.md")


def ours() -> Iterator[Path]:
    """Every file of the repository."""
    for folder, folders, names in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        folders[:] = [
            name for name in folders if name not in LEFT_BEHIND and (here / name).as_posix() not in LEFT_BEHIND
        ]
        yield from (Path(folder) / name for name in names)


def python(room: str) -> list[Path]:
    return sorted(path for path in ours() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] == room)


def told(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """Every module that a file imports, at its top or late."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{told(path)}: a relative import"
            found |= {node.module or "", *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def within(modules: set[str], *packages: str) -> set[str]:
    return {module for module in modules if any(module == name or module.startswith(f"{name}.") for name in packages)}


class TestArrows:
    def test_the_mind_knows_no_face(self) -> None:
        wrong = {told(path): within(imports(path), "channels", "flask", "twilio") for path in python("assistant")}
        assert {path: found for path, found in wrong.items() if found} == {}

    def test_the_faces_do_not_know_rasa(self) -> None:
        wrong = {
            told(path): within(imports(path), "rasa", "rasa_sdk", "assistant.agent") for path in python("channels")
        }
        assert {path: found for path, found in wrong.items() if found} == {}

    def test_one_file_hosts_rasa(self) -> None:
        wrong = {told(path): within(imports(path), "rasa.core") for path in python("assistant")}
        assert [path for path, found in wrong.items() if found] == ["assistant/agent.py"]

    def test_only_what_learns_imports_the_rest_of_rasa(self) -> None:
        hosts = {told(path) for path in python("assistant") if within(imports(path), "rasa")}
        elsewhere = {path for path in hosts if not path.startswith("assistant/nlu/")}
        assert elsewhere == {"assistant/agent.py", "assistant/in_order.py", "assistant/training.py"}

    def test_storage_knows_nothing_above_it(self) -> None:
        above = ("assistant.conversation", "assistant.guide", "assistant.gate", "assistant.mind", "assistant.agent")
        wrong = {told(path): within(imports(path), *above) for path in python("assistant") if "storage" in path.parts}
        assert {path: found for path, found in wrong.items() if found} == {}

    def test_serving_imports_no_heavy_library_at_the_start(self) -> None:
        """The page answers while Camille prepares herself: Rasa and its libraries are imported late."""
        line = (
            "import sys, channels.app, channels.cli.main, assistant.conversation;"
            "print(sorted({name.partition('.')[0] for name in sys.modules}"
            " & {'rasa', 'rasa_sdk', 'tensorflow', 'spacy', 'sklearn', 'scipy', 'numpy'}))"
        )
        command = [sys.executable, "-W", "ignore", "-c", line]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert said.strip() == "[]"


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def domain() -> dict[str, Any]:
    found: dict[str, Any] = load(ROOT / "domain.yml")
    return found


@pytest.fixture(scope="module")
def topics() -> dict[str, str]:
    """The group of each topic."""
    groups = load(ROOT / "data" / "domain" / "topics.yml")
    return {name: group for group, labels in groups.items() for name in labels}


@pytest.fixture(scope="module")
def messages() -> dict[str, list[str]]:
    """What people say, by topic: the examples of data/nlu."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "data" / "nlu").glob("**/*.yml")):
        (entry,) = load(path)["nlu"]
        assert entry["intent"] == path.stem, f"{told(path)} teaches {entry['intent']}"
        found[path.stem] = [line.removeprefix("- ") for line in entry["examples"].splitlines() if line.strip()]
    return found


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    return [rule for path in sorted((ROOT / "data" / "rules").glob("*.yml")) for rule in load(path)["rules"]]


class TestTopics:
    def test_the_domain_names_each_topic_once(self, domain: dict[str, Any], topics: dict[str, str]) -> None:
        assert Counter(domain["intents"]) == Counter(list(topics))

    def test_each_topic_has_its_file_of_messages(self, topics: dict[str, str]) -> None:
        files = {path.stem: path.parent.name for path in (ROOT / "data" / "nlu").glob("**/*.yml")}
        assert files == topics

    def test_each_topic_has_enough_messages(self, messages: dict[str, list[str]]) -> None:
        few = {topic: len(said) for topic, said in messages.items() if len(set(said)) < FEWEST_MESSAGES}
        assert few == {}

    def test_no_message_means_two_things(self, messages: dict[str, list[str]]) -> None:
        """Case, accents and punctuation apart. What holds no letter at all never reaches the classifier."""
        meant: dict[str, set[str]] = defaultdict(set)
        for topic, said in messages.items():
            for message in filter(None, map(fold, said)):
                meant[message].add(topic)
        assert {message: found for message, found in meant.items() if len(found) > 1} == {}

    def test_no_message_is_written_twice(self, messages: dict[str, list[str]]) -> None:
        twice = {
            topic: [message for message, times in Counter(said).items() if times > 1]
            for topic, said in messages.items()
        }
        assert {topic: said for topic, said in twice.items() if said} == {}

    def test_each_topic_has_one_rule(self, rules: list[dict[str, Any]], topics: dict[str, str]) -> None:
        ruled = Counter(step["intent"] for rule in rules for step in rule["steps"] if "intent" in step)
        assert ruled == Counter([*topics, "nlu_fallback"])

    def test_each_rule_names_an_action_of_the_domain(self, rules: list[dict[str, Any]], domain: dict[str, Any]) -> None:
        named = {step["action"] for rule in rules for step in rule["steps"] if "action" in step}
        assert named == set(domain["actions"])

    def test_each_rule_has_a_name_of_its_own(self, rules: list[dict[str, Any]]) -> None:
        assert [name for name, times in Counter(rule["rule"] for rule in rules).items() if times > 1] == []

    def test_each_action_is_registered(self, domain: dict[str, Any]) -> None:
        """In Camille's own process, and for `rasa run actions`."""
        made = [getattr(actions, name) for name in actions.__all__]
        assert {kind().name() for kind in made} == set(domain["actions"])
        hosted = (ROOT / "assistant" / "agent.py").read_text(encoding="utf-8")
        assert [kind.__name__ for kind in made if f"{kind.__name__}(guide)" not in hosted] == []

    def test_every_phrase_and_topic_that_code_names_exists(self, topics: dict[str, str]) -> None:
        """Moves and safety topics are named in code; a renamed topic would be found in front of a person."""
        from assistant.gate import BUTTONS, KEYS
        from assistant.guide import ASIDES, REPORTED, SAFETY

        told = {REPORTED.get(name, name) for name in SAFETY}
        assert {*BUTTONS, *KEYS.values(), *ASIDES, *REPORTED.values(), *told} <= set(topics)


class Read(dict[str, str]):
    """An environment that remembers what was asked of it."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(given)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


@pytest.fixture
def variables(tmp_path: Path) -> set[str]:
    """Every variable that the settings read."""
    environment = Read({"CAMILLE_VAR": str(tmp_path)})
    read_settings(environment)
    return environment.asked


class TestReadme:
    @pytest.mark.parametrize("name", READMES)
    def test_every_setting_is_in_the_table_and_nothing_else(self, name: str, variables: set[str]) -> None:
        rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", (ROOT / name).read_text(encoding="utf-8"), re.M)
        assert {variable for row in rows for variable in re.findall(r"[A-Z_]+", row)} == variables

    def test_no_other_file_reads_the_environment(self) -> None:
        """But for what is passed on to Rasa: its telemetry switch, its threads, and the environment of a training."""
        reads = re.compile(r"os\.(?:environ|getenv)")
        allowed = {f"assistant/{name}.py" for name in ("settings", "rasa_imports")}
        allowed |= {f"channels/cli/{name}.py" for name in ("main", "train")}
        found = {
            told(path) for room in ("assistant", "channels") for path in python(room) if reads.search(path.read_text())
        }
        assert found <= allowed

    @pytest.mark.parametrize("name", READMES)
    def test_every_make_target_exists(self, name: str) -> None:
        targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
        named = set(re.findall(r"(?:`|^|= |\d )make ([a-z]+)", (ROOT / name).read_text(encoding="utf-8"), re.M))
        assert {"run", "test"} <= named
        assert named <= targets

    def test_make_help_names_every_target(self) -> None:
        said = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607
        listed = set(re.findall(r"^make ([a-z]+) +\S", said, re.M))
        phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.M)
        assert phony
        assert listed == set(phony.group(1).split())

    @pytest.mark.parametrize("name", READMES)
    def test_every_camille_command_and_option_exists(self, name: str) -> None:
        text = (ROOT / name).read_text(encoding="utf-8")
        named = re.findall(r"(?:`|^|\| )camille ([a-z]+)((?: --[a-z]+)*)", text, re.M)
        assert {"sms", "call", "chat", "doctor", "parse", "talk", "check"} <= {command for command, _ in named}
        known = commands()
        for command, options in named:
            assert command in known, f"camille {command}"
            for option in options.split():
                assert option in {flag for one in known[command].params for flag in one.opts}, (
                    f"camille {command} {option}"
                )

    @pytest.mark.parametrize("name", READMES)
    def test_every_file_it_points_to_exists(self, name: str) -> None:
        links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text(encoding="utf-8"))
        assert [link for link in links if not (ROOT / link).exists()] == []

    def test_both_say_the_same_commands(self) -> None:
        blocks = [
            [re.sub(r" *#.*", "", block) for block in re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(), re.S)]
            for name in READMES
        ]
        assert blocks[0] == blocks[1]


def commands() -> dict[str, click.Command]:
    """The subcommands of `camille` by name."""
    group = typer.main.get_command(app)
    found: dict[str, click.Command] = getattr(group, "commands")  # noqa: B009
    return found


class TestHelp:
    @pytest.mark.parametrize("name", sorted(commands()))
    def test_each_command_explains_itself_in_plain_words(self, name: str) -> None:
        result = CliRunner().invoke(app, [name, "--help"])
        assert result.exit_code == 0, result.output
        explained = commands()[name].help or ""
        assert len(explained.split()) >= 4, explained
        assert explained.strip().endswith((".", "?")), explained
        words = " ".join(result.output.split())
        assert " ".join(explained.split()) in words

    @pytest.mark.parametrize("name", sorted(commands()))
    def test_each_option_is_explained(self, name: str) -> None:
        options = [one for one in commands()[name].params if isinstance(one, click.Option) and one.name != "help"]
        assert [one.name for one in options if len((one.help or "").split()) < 3] == []

    def test_camille_alone_lists_her_commands(self) -> None:
        said = CliRunner().invoke(app, []).output
        assert [name for name in commands() if name not in said] == []

    def test_an_unknown_command_is_refused(self) -> None:
        assert CliRunner().invoke(app, ["danser"]).exit_code != 0


class TestFiles:
    def test_no_file_is_a_drawer_for_everything(self) -> None:
        drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
        assert [told(path) for path in ours() if path.stem.lower() in drawers] == []
        assert [told(path) for path in ours() if drawers & set(path.relative_to(ROOT).parts[:-1])] == []

    @pytest.mark.parametrize("room", ROOMS)
    def test_each_file_says_what_it_promises(self, room: str) -> None:
        silent = [
            told(path)
            for path in python(room)
            if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree(path))
        ]
        assert silent == []

    def test_no_path_of_a_machine(self) -> None:
        """Somebody else's folders mean nothing here, and say where the work was done."""
        machine = re.compile(r"(?<![\w.}$~])/(?:work|root|Users|home/\w+|mnt|private)/\w")
        # In a container, the folders are the image's own.
        files = [
            path for path in ours() if path.suffix not in (".png", ".sqlite", ".gz") and "docker" not in path.parts
        ]
        found = {
            told(path): matches
            for path in files
            if (matches := machine.findall(path.read_text(encoding="utf-8", errors="ignore")))
        }
        assert found == {}

    def test_no_secret_and_no_database_is_left_lying_about(self) -> None:
        assert [told(path) for path in ours() if path.suffix in (".secret", ".sqlite", ".env", ".pem", ".key")] == []


# Operator messages stand where they are raised; these files listen for words, they do not say them.
LISTENING = ("assistant/consent.py", "assistant/folding.py", "assistant/privacy/", "assistant/content/french.py")
FRENCH = re.compile(r"[à-öø-ÿœæÀ-ÖØ-ÞŒÆ]")
LONGEST_NAME = 12
# Calls whose words are for who runs the service or writes its texts.
TO_OPERATORS = {"wrong", "problem", "Problem", "error", "warning", "compile"}


def said_in_code(path: Path) -> Iterator[tuple[int, str]]:
    """Strings with accents, longer than a name, that are neither documentation nor told to an operator."""
    excused: set[int] = set()
    for node in ast.walk(tree(path)):
        operators = isinstance(node, ast.Call) and _called(node) in TO_OPERATORS
        documents = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        # Rules of the content tell their faults to a writer.
        to_a_writer = isinstance(node, ast.Yield) and path.parent.name == "content"
        if operators or documents or to_a_writer or isinstance(node, ast.Raise):
            excused |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in excused:
            continue
        if len(node.value) > LONGEST_NAME and FRENCH.search(node.value):
            yield node.lineno, node.value


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_what_people_read_does_not_stand_in_code() -> None:
    found = [
        f"{told(path)}:{line}: {text}"
        for path in python("assistant")
        if not told(path).startswith(LISTENING)
        for line, text in said_in_code(path)
    ]
    assert found == []


def test_the_search_for_sentences_finds_one(tmp_path: Path) -> None:
    path = tmp_path / "essai.py"
    path.write_text(
        '"""Déjà documenté ici."""\nTEXT = "Voilà une phrase écrite."\nraise ValueError("Ceci est réglé ailleurs.")\n'
    )
    assert list(said_in_code(path)) == [(2, "Voilà une phrase écrite.")]

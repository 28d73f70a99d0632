"""A stock Rasa project with the same training messages, made and trained on the fly, served as Rasa's manual says.

Its pipeline and policies are Rasa's own file of defaults, the one `rasa init` leads to; only the language and the
number of epochs are ours. Nothing of Camille's code runs in it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from benchmarks.load import Answer, Request
from benchmarks.service import BenchError, Process, Service, environ, free_port

ROOT = Path(__file__).resolve().parent.parent
ACTIONS = Path(__file__).with_name("stock_actions.py")
DEFAULTS = "engine/recipes/config_files/default_config.yml"
# Rasa's default is 100. Epochs change what is understood and how long training takes, not the work of a turn:
# the network has the same size after the first one.
EPOCHS = 3


class Stock:
    """`rasa run` and `rasa run actions`, REST channel, tracker store in SQLite."""

    name = "stock Rasa"

    def __init__(self, var: Path, scratch: Path) -> None:
        self._learnt = _learnt()
        digest = hashlib.sha256(json.dumps([self._learnt, version("rasa"), version("tensorflow")]).encode())
        self._project = var / f"stock-{digest.hexdigest()[:16]}"
        self._scratch = scratch
        self._lives = 0
        self.port = 0
        self._service = Service(())

    @property
    def model(self) -> Path:
        return self._project / "models" / "stock.tar.gz"

    @property
    def log(self) -> Path:
        return self._project / "train.log"

    def train(self) -> None:
        """Write the project and train it, at low priority. A project of other data is thrown away."""
        for old in self._project.parent.glob("stock-*"):
            shutil.rmtree(old)
        for name, text in self._learnt.items():
            path = self._project / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        command = ["nice", "-n", "15", _rasa(), "train", "--fixed-model-name", "stock", "--num-threads", "2"]
        with self.log.open("wb") as log:
            done = subprocess.run(
                command,
                cwd=self._project,
                env=environ(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode or not self.model.exists():
            raise BenchError(f"The stock project could not be trained: see {self.log}")

    def start(self) -> float:
        """A new life with an empty tracker store; seconds until both servers answer."""
        self._lives += 1
        life = self._scratch / f"stock-{self._lives}"
        life.mkdir(parents=True)
        shutil.copy(ACTIONS, self._project / "actions.py")
        (self._project / "answer.txt").write_text(_answer(), encoding="utf-8")
        (self._project / "credentials.yml").write_text("rest:\n", encoding="ascii")
        self.port, actions = free_port(), free_port()
        endpoints = {
            "action_endpoint": {"url": f"http://127.0.0.1:{actions}/webhook"},
            "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(life / "tracker.db")},
        }
        (life / "endpoints.yml").write_text(yaml.safe_dump(endpoints), encoding="utf-8")
        server = [_rasa(), "run", "--interface", "127.0.0.1", "--port", str(self.port), "--model", str(self.model)]
        server += ["--endpoints", str(life / "endpoints.yml"), "--credentials", "credentials.yml"]
        asked, log = f"http://127.0.0.1:{self.port}/webhooks/rest/", life / "server.log"
        acts = [_rasa(), "run", "actions", "--port", str(actions)]
        healthy, acts_log = f"http://127.0.0.1:{actions}/health", life / "actions.log"
        self._service = Service(
            (
                Process(acts, environ(), self._project, acts_log, healthy),
                Process(server, environ(), self._project, log, asked),
            )
        )
        return self._service.start()

    def request(self, person: int, text: str) -> Request:
        """One turn of `person`, as the REST channel takes it."""
        body = json.dumps({"sender": f"person-{person}", "message": text})
        return Request("/webhooks/rest/webhook", body, {"Content-Type": "application/json"})

    def going_on(self, person: int, turn: int, text: str) -> Request:
        """Turn `turn` of one long conversation."""
        return self.request(person, text)

    def before(self, _person: int, _turn: int) -> list[Request]:
        """Nothing has to happen before any turn."""
        return []

    def spoke(self, answer: Answer) -> bool:
        """Whether something was said."""
        return answer.status == 200 and bool(json.loads(answer.body))

    def peak_memory(self) -> float:
        return self._service.peak_memory()

    def pids(self) -> list[int]:
        return self._service.pids()

    def stop(self) -> None:
        self._service.stop()


def _learnt() -> dict[str, str]:
    """Every file that the model is made of, by its path inside the project."""
    ours = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    domain = {"version": "3.1", "intents": ours["intents"], "actions": ours["actions"]}
    files = {
        "config.yml": yaml.safe_dump(_config(), sort_keys=False),
        "domain.yml": yaml.safe_dump(domain, allow_unicode=True),
    }
    for path in _training_files():
        files[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
    return files


def _training_files() -> Sequence[Path]:
    return sorted([*ROOT.glob("data/nlu/**/*.yml"), *ROOT.glob("data/rules/*.yml")])


def _config() -> dict[str, Any]:
    spec = find_spec("rasa")
    if spec is None or spec.origin is None:
        raise BenchError("Rasa is not installed: make setup")
    config: dict[str, Any] = yaml.safe_load((Path(spec.origin).parent / DEFAULTS).read_text(encoding="utf-8"))
    config.update(language="fr", assistant_id="stock")
    for part in (*config["pipeline"], *config["policies"]):
        if "epochs" in part:
            part["epochs"] = EPOCHS
    return config


def _answer() -> str:
    """The first answer about the use of the thing, as Camille says it by SMS: both say about as much."""
    answers = yaml.safe_load((ROOT / "data/answers/value.yml").read_text(encoding="utf-8"))
    said: str = answers["a_quoi_ca_sert"]["say"]["sms"]
    return said


def _rasa() -> str:
    return str(Path(sys.executable).with_name("rasa"))

"""The model is made again when what it is made of has changed, and only then."""

from __future__ import annotations

import gc
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant import training
from assistant.errors import ModelError
from assistant.rasa_imports import rasa_imports
from assistant.settings import ROOT, Settings, read_settings
from assistant.training import MODEL, fingerprint, is_stale, latest_model, train

INPUTS = [
    "config.yml",
    "domain.yml",
    "data/nlu/help/numero_3422.yml",
    "data/rules/help.yml",
    "data/lexicon/shorthand.yml",
    "assistant/nlu/classifier.py",
    "assistant/nlu/meaning.py",
    "assistant/nlu/normaliser.py",
    "assistant/nlu/spelling.py",
    "assistant/folding.py",
]
OTHERS = [
    "data/answers/help.yml",
    "data/journeys/activer.yml",
    "data/sources.yml",
    "data/lexicon/danger.yml",
    "assistant/gate.py",
    "channels/app.py",
    "README.md",
]
# One more rule, that sets a slot which no domain knows.
SLOT = """
- rule: odd
  steps:
  - intent: numero_3422
  - slot_was_set:
    - nowhere: true
  - action: action_hear
"""


@dataclass
class House:
    """A copy of what matters, which may be changed, and its settings."""

    root: Path
    settings: Settings

    def change(self, name: str, line: str = "changed: 1") -> None:
        path = self.root / name
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")

    def learn(self, model: bytes = b"a model") -> None:
        """Leave what a training leaves."""
        self.settings.models.mkdir(exist_ok=True)
        (self.settings.models / MODEL).write_bytes(model)
        self.record(fingerprint=fingerprint(), sha256=hashlib.sha256(model).hexdigest())

    def record(self, **fields: object) -> None:
        (self.settings.models / "camille.json").write_text(json.dumps(fields), encoding="ascii")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    root = tmp_path / "house"
    for name in (*INPUTS, *OTHERS):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    monkeypatch.setattr("assistant.training.ROOT", root)
    monkeypatch.setattr("assistant.settings.ROOT", root)
    return House(root, read_settings({"CAMILLE_VAR": str(tmp_path / "var")}))


class TestFingerprint:
    def test_the_same_house_has_the_same_name(self, house: House) -> None:
        assert fingerprint() == fingerprint()
        assert len(fingerprint()) == 64

    @pytest.mark.parametrize("name", INPUTS)
    def test_it_changes_with_each_input(self, house: House, name: str) -> None:
        before = fingerprint()
        house.change(name)
        assert fingerprint() != before

    @pytest.mark.parametrize("name", OTHERS)
    def test_it_does_not_change_with_others(self, house: House, name: str) -> None:
        """A sentence is corrected: Camille says it at once, without learning anew."""
        before = fingerprint()
        house.change(name)
        assert fingerprint() == before

    @pytest.mark.parametrize("name", [name for name in INPUTS if name.endswith(".py")])
    def test_a_comment_in_code_does_not_change_it(self, house: House, name: str) -> None:
        before = fingerprint()
        house.change(name, "# said otherwise")
        assert fingerprint() == before

    def test_a_new_file_changes_it(self, house: House) -> None:
        before = fingerprint()
        shutil.copy(house.root / "data/nlu/help/numero_3422.yml", house.root / "data/nlu/help/autre.yml")
        assert fingerprint() != before

    def test_a_file_that_is_gone_changes_it(self, house: House) -> None:
        before = fingerprint()
        (house.root / "data/nlu/help/numero_3422.yml").unlink()
        assert fingerprint() != before

    def test_a_file_that_moved_changes_it(self, house: House) -> None:
        before = fingerprint()
        (house.root / "data/nlu/help/numero_3422.yml").rename(house.root / "data/nlu/numero_3422.yml")
        assert fingerprint() != before

    def test_words_that_move_from_one_file_to_the_next_change_it(self, house: House) -> None:
        """Names and contents are kept apart: the same bytes cut elsewhere are not the same house."""
        one, other = house.root / "data/rules/a.yml", house.root / "data/rules/b.yml"
        one.write_text("ab")
        other.write_text("c")
        before = fingerprint()
        one.write_text("a")
        other.write_text("bc")
        assert fingerprint() != before

    @pytest.mark.parametrize("package", training.PACKAGES)
    def test_another_version_of_a_library_changes_it(
        self, house: House, package: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before, known = fingerprint(), training.version
        monkeypatch.setattr("assistant.training.version", lambda name: "0.0" if name == package else known(name))
        assert fingerprint() != before

    def test_every_file_that_a_component_reads_is_an_input(self) -> None:
        """What the components import of ours, and the data they open, are part of the model."""
        found = {path.relative_to(ROOT).as_posix() for path in training._inputs()}
        for path in (ROOT / "assistant" / "nlu").glob("*.py"):
            for line in path.read_text(encoding="utf-8").splitlines():
                if line.startswith("from assistant."):
                    imported = line.split()[1].replace(".", "/") + ".py"
                    # Settings give folders, errors give names: neither changes what is learnt.
                    assert imported in found | {"assistant/settings.py", "assistant/errors.py"}, f"{path.name}: {line}"


class TestStale:
    def test_without_a_model(self, house: House) -> None:
        assert is_stale(house.settings)

    def test_right_after_learning(self, house: House) -> None:
        house.learn()
        assert not is_stale(house.settings)

    def test_when_an_input_changed(self, house: House) -> None:
        house.learn()
        house.change("data/nlu/help/numero_3422.yml")
        assert is_stale(house.settings)

    def test_when_the_model_file_was_changed(self, house: House) -> None:
        house.learn()
        (house.settings.models / MODEL).write_bytes(b"another model")
        assert is_stale(house.settings)

    def test_when_the_model_file_is_gone(self, house: House) -> None:
        house.learn()
        (house.settings.models / MODEL).unlink()
        assert is_stale(house.settings)

    def test_when_the_record_is_gone(self, house: House) -> None:
        house.learn()
        (house.settings.models / "camille.json").unlink()
        assert is_stale(house.settings)

    @pytest.mark.parametrize("left", [b"", b"{", b"[]", b"null", b'"x"', b"{}", b"\xff\xfe"])
    def test_when_the_record_cannot_be_read(self, house: House, left: bytes) -> None:
        house.learn()
        (house.settings.models / "camille.json").write_bytes(left)
        assert is_stale(house.settings)

    def test_when_the_record_says_more_than_we_know(self, house: House) -> None:
        """A later version wrote it."""
        house.learn()
        house.record(fingerprint=fingerprint(), sha256=hashlib.sha256(b"a model").hexdigest(), more=1)
        assert is_stale(house.settings)


class TestLatestModel:
    def test_it_is_the_one_that_was_learnt(self, house: House) -> None:
        house.learn()
        assert latest_model(house.settings) == house.root / "models" / MODEL

    @pytest.mark.parametrize(
        "spoil",
        [
            pytest.param(lambda house: None, id="none"),
            pytest.param(lambda house: (house.learn(), house.change("domain.yml")), id="stale"),
            pytest.param(lambda house: (house.learn(), house.record()), id="not-the-recorded-one"),
        ],
    )
    def test_what_cannot_be_used_is_told_with_the_command_that_mends_it(
        self, house: House, spoil: Callable[[House], object]
    ) -> None:
        spoil(house)
        with pytest.raises(ModelError, match="camille train"):
            latest_model(house.settings)


class TestTrain:
    @pytest.fixture
    def small(self, house: House) -> House:
        """A house with one folder of topics and its rules."""
        shutil.copytree(ROOT / "data" / "nlu" / "help", house.root / "data" / "nlu" / "help", dirs_exist_ok=True)
        return house

    @pytest.fixture
    def read(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The files of messages that are read, each time they are."""
        with rasa_imports():
            from rasa.shared.nlu.training_data import loading
        found: list[str] = []
        load = loading.load_data
        monkeypatch.setattr(
            loading, "load_data", lambda name, *more: (found.append(Path(name).name), load(name, *more))[1]
        )
        return found

    def test_a_house_is_learnt(self, small: House, read: list[str]) -> None:
        told: list[tuple[int, int]] = []
        model = train(small.settings, lambda done, of: told.append((done, of)))
        assert latest_model(small.settings) == model
        assert told == [(step, training.TRAINED) for step in range(1, training.TRAINED + 1)]
        # Each once: Rasa would do so three times.
        assert sorted(read) == sorted(path.name for path in small.root.glob("data/nlu/**/*.yml"))
        assert gc.isenabled()

    @pytest.mark.parametrize(
        ("name", "line", "reason"),
        [
            pytest.param("data/nlu/help/numero_3422.yml", "- a: [", "numero_3422", id="unreadable"),
            pytest.param("data/rules/help.yml", SLOT, "nowhere", id="slot"),
        ],
    )
    def test_what_cannot_be_learnt_is_told(self, small: House, name: str, line: str, reason: str) -> None:
        small.change(name, line)
        with pytest.raises(ModelError, match=reason):
            train(small.settings)
        assert is_stale(small.settings)
        assert gc.isenabled()

"""The review file: whole or not at all, read by Rasa itself, and taken into data/nlu where nothing is there twice."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from assistant.errors import ContentError, SettingError
from assistant.review_file import emptied, example, file, read_review
from assistant.settings import ROOT, read_settings
from channels.cli.review import take_in
from tests.support.at_once import at_once


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("je trouve pas [mot] sur la carte", "je trouve pas sur la carte"),
        ("c'est où ?", "c'est où"),
        ("[mot] [numéro] oui", ""),
        ("- intent: stop\n  examples", "intent: stop examples"),
        ("voir [ici](x)", "voir (x)"),
        ("  ", ""),
    ],
)
def test_a_message_has_no_mark_and_is_one_line(text: str, kept: str) -> None:
    assert example(text) == kept


def test_filed_under_topics_each_once(tmp_path: Path) -> None:
    path = tmp_path / "review" / "nlu.yml"
    assert file(path, "cout", ["il faut sortir la carte bleue", "Il faut sortir la carte bleue !"]) == 1
    assert file(path, "cout", ["il faut sortir la carte bleue", "on me prend des sous"]) == 1
    assert file(path, "humain", ["je veux une vraie voix"]) == 1
    assert read_review(path) == {
        "cout": ["il faut sortir la carte bleue", "on me prend des sous"],
        "humain": ["je veux une vraie voix"],
    }


def test_rasa_reads_it(tmp_path: Path) -> None:
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    path = tmp_path / "nlu.yml"
    file(path, "cout", ["c'est « gratuit » : oui ou non", "100 % gratuit # vraiment", "{} [mot] & *rien"])
    found = RasaYAMLReader().reads(path.read_text(encoding="utf-8"))
    assert [(one.get("intent"), one.get("text")) for one in found.training_examples] == [
        ("cout", "c'est « gratuit » : oui ou non"),
        ("cout", "100 % gratuit # vraiment"),
    ]


def test_two_presses_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "nlu.yml"
    at_once(
        [
            lambda number=number: file(path, "cout", [f"phrase de la personne {'abcdefgh'[number]}"])
            for number in range(8)
        ]
    )
    assert len(read_review(path)["cout"]) == 8
    assert sorted(one.name for one in tmp_path.iterdir()) == ["nlu.lock", "nlu.yml"]


def test_what_is_filed_while_it_is_taken_in_is_not_lost(tmp_path: Path) -> None:
    """Somebody presses in another process while a writer takes the file in."""
    path, pressed = tmp_path / "nlu.yml", "je veux une vraie voix"
    file(path, "cout", ["on me prend des sous"])
    press = "import sys; from pathlib import Path; from assistant.review_file import file;"
    press += "file(Path(sys.argv[1]), sys.argv[2], [sys.argv[3]])"
    with emptied(path) as filed:
        other = subprocess.Popen([sys.executable, "-c", press, str(path), "humain", pressed], cwd=ROOT)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(2)  # for its turn
        assert filed == read_review(path) == {"cout": ["on me prend des sous"]}
    assert other.wait(30) == 0
    assert read_review(path) == {"humain": [pressed]}


def test_what_could_not_be_taken_in_stays(tmp_path: Path) -> None:
    path = tmp_path / "nlu.yml"
    file(path, "cout", ["on me prend des sous"])
    with pytest.raises(ContentError, match="autre_chose"), emptied(path) as filed:
        take_in(ROOT / "data", {"autre_chose": filed["cout"]})
    assert read_review(path) == {"cout": ["on me prend des sous"]}


@pytest.mark.parametrize("text", ["nlu: 3", "nlu:\n- intent: x", ": : :", "a: [", "\udcff"])
def test_something_else_is_refused_and_kept(tmp_path: Path, text: str) -> None:
    path = tmp_path / "nlu.yml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ContentError, match="ce n'est pas un fichier de relecture"):
        file(path, "cout", ["on me prend des sous"])
    assert path.read_bytes() == text.encode("utf-8", "surrogateescape")


def test_it_cannot_stand_in_data(tmp_path: Path) -> None:
    for inside in ("data/nlu/review.yml", "data/review.yml", "assistant/../data/x.yml"):
        with pytest.raises(SettingError, match="REVIEW_FILE"):
            read_settings({"CAMILLE_VAR": str(tmp_path), "REVIEW_FILE": str(ROOT / inside)})
    assert read_settings({"CAMILLE_VAR": str(tmp_path)}).review_file == tmp_path / "review" / "nlu.yml"


def test_on_a_public_address_it_is_where_it_was_said_or_nowhere(tmp_path: Path) -> None:
    """A container's own folder is gone with it, and so would be what was filed."""
    given = {"PUBLIC_BASE_URL": "https://camille.example", "SECRET_KEY": "x" * 40, "PSEUDONYM_PEPPER": "y" * 40}
    assert read_settings(given | {"CAMILLE_VAR": str(tmp_path)}).review_file is None
    assert read_settings(given | {"REVIEW_FILE": str(tmp_path / "nlu.yml")}).review_file == tmp_path / "nlu.yml"


class TestTakenIn:
    @pytest.fixture
    def data(self, tmp_path: Path) -> Path:
        """A copy: a test does not teach."""
        shutil.copytree(ROOT / "data" / "nlu", tmp_path / "nlu")
        return tmp_path

    def messages(self, data: Path, topic: str) -> list[str]:
        (path,) = data.glob(f"nlu/**/{topic}.yml")
        (entry,) = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        assert entry["intent"] == topic
        return [line.removeprefix("- ") for line in entry["examples"].splitlines()]

    def test_after_those_that_were_there(self, data: Path) -> None:
        before = self.messages(data, "cout")
        assert take_in(data, {"cout": ["ça va me ruiner cette affaire"]}) == (1, [])
        assert self.messages(data, "cout") == [*before, "ça va me ruiner cette affaire"]

    def test_not_twice_and_not_under_two_topics(self, data: Path) -> None:
        known, other = self.messages(data, "cout")[0], self.messages(data, "parler_a_quelqu_un")[0]
        taken, left = take_in(data, {"cout": [known, other]})
        assert taken == 0
        assert left == [f"« {other} » est déjà un exemple de parler_a_quelqu_un : écartée."]

    def test_an_unknown_topic_stops_it(self, data: Path) -> None:
        with pytest.raises(ContentError, match="« autre_chose » n'est pas un sujet"):
            take_in(data, {"autre_chose": ["une phrase de plus"]})

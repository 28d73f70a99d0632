"""The peers learn and rank; lessons are drawn the same way each time; what they found is counted rightly."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from assistant.evaluation.labelled import Labelled, MessageSet
from assistant.evaluation.shares import Loss, Share
from assistant.evaluation.variants import VARIANTS
from benchmarks import evaluate, side_by_side
from benchmarks.evaluate import drawn, main
from benchmarks.peers import rasa_model
from benchmarks.peers.peer import Lesson, Peer
from benchmarks.peers.running import PEERS, Answers, answers
from benchmarks.peers.work import made
from benchmarks.service import BenchError

TAUGHT = {
    "cout": ["c'est payant ?", "combien ça coûte", "il faut payer quoi", "le prix s'il vous plaît"],
    "saluer": ["bonjour", "bonsoir madame", "salut à vous", "coucou c'est moi"],
    "vaccins": ["où sont mes vaccins", "mon carnet de vaccination", "le vaccin du tétanos", "suis-je à jour de rappel"],
}
LESSON = Lesson([text for texts in TAUGHT.values() for text in texts], [name for name in TAUGHT for _ in range(4)])
SET = MessageSet("essai", "", tuple(Labelled(text, name) for name, texts in TAUGHT.items() for text in texts))


@pytest.mark.parametrize("name", ["linear", "fasttext"])
def test_a_peer_knows_what_it_was_taught(name: str) -> None:
    peer: Peer = made(name, epochs=1)
    assert peer.learn(LESSON) > 0
    ranked = [peer.rank(text) for text in LESSON.texts]
    assert [names[0] for names in ranked] == LESSON.intents
    assert all(sorted(names) == sorted(TAUGHT) for names in ranked)


def test_accents_are_no_matter_to_the_linear_one() -> None:
    peer = made("linear", epochs=1)
    peer.learn(LESSON)
    assert peer.rank("SUIS JE A JOUR DE RAPPEL") == peer.rank("suis-je à jour de rappel")


def test_two_intents_are_ranked_too() -> None:
    peer = made("linear", epochs=1)
    peer.learn(Lesson(LESSON.texts[:8], LESSON.intents[:8]))
    assert [peer.rank(text)[0] for text in LESSON.texts[:8]] == LESSON.intents[:8]


def test_a_peer_answers_from_a_process_of_its_own() -> None:
    found = answers("linear", LESSON, LESSON.texts, epochs=1)
    assert [names[0] for names in found.rankings] == LESSON.intents
    assert found.seconds > 0
    assert 0 < found.megabytes < 1_000


def test_a_peer_that_cannot_learn_says_why() -> None:
    with pytest.raises(BenchError, match=r"linear could not: .*empty vocabulary.*linear\.log"):
        answers("linear", Lesson(["?", "!"], ["a", "b"]), ["?"], epochs=1)


class TestDrawing:
    def test_as_many_of_each_intent(self) -> None:
        lesson = drawn(SET, 2, 0)
        assert [lesson.intents.count(name) for name in TAUGHT] == [2, 2, 2]
        assert all(text in TAUGHT[intent] for text, intent in zip(lesson.texts, lesson.intents, strict=True))

    def test_all_when_there_are_fewer(self) -> None:
        assert drawn(SET, 9, 0) == Lesson(LESSON.texts, LESSON.intents)

    def test_the_same_draw_is_the_same_lesson_and_another_is_not(self) -> None:
        assert drawn(SET, 2, 0) == drawn(SET, 2, 0)
        assert len({tuple(drawn(SET, 2, draw).texts) for draw in range(5)}) > 1


class TestCounting:
    def test_over_two_lessons(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The first time it always says cout, the second time everything but the first message is right."""
        asked = len(SET.messages) * len(VARIANTS)
        always = Answers([["cout", "saluer"]] * asked, 2.0, 1.0, 100.0)
        right = [[message.intent] for message in SET.messages] * len(VARIANTS)
        nearly = Answers([["vaccins", "a", "cout"], *right[1:]], 4.0, 3.0, 50.0)
        rounds = iter([always, nearly])
        monkeypatch.setattr(side_by_side, "answers", lambda *_: next(rounds))
        peer, spread = side_by_side.beside("linear", [LESSON, LESSON], [SET], 1, {"essai": [True] * 12})
        assert peer.shares["essai"]["clean"] == (Share(4 + 11, 24), Share(8 + 12, 24))
        assert peer.shares["essai"]["heavy"] == (Share(4 + 12, 24), Share(8 + 12, 24))
        assert peer.behind == {"essai": Loss(worse=8, better=0, total=12)}
        assert (peer.seconds, peer.milliseconds, peer.megabytes) == (3.0, 2.0, 100.0)
        assert spread == pytest.approx((11 / 12 - 4 / 12) / 2**0.5)  # standard deviation of two values


class TestRasaModels:
    def test_camille_is_her_pipeline_and_nothing_else(self) -> None:
        assert rasa_model.camille()._config["pipeline"][-1]["name"] == "FallbackClassifier"
        assert "policies" not in rasa_model.camille()._config

    def test_stock_is_what_rasa_ships(self) -> None:
        pipeline = rasa_model.stock(7)._config["pipeline"]
        assert {part["name"]: part.get("epochs") for part in pipeline}["DIETClassifier"] == 7

    def test_another_lesson_or_another_setting_is_learnt_anew(self) -> None:
        other = Lesson(LESSON.texts, LESSON.intents[::-1])
        kept = {
            rasa_model.stock(7)._digest(LESSON),
            rasa_model.stock(8)._digest(LESSON),
            rasa_model.stock(7)._digest(other),
        }
        assert len(kept) == 3
        assert rasa_model.stock(7)._digest(LESSON) in kept
        assert not rasa_model.stock(7).is_learnt(LESSON)


class TestCommand:
    def run(self, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["evaluate", *words])
        return main()

    @pytest.mark.parametrize(
        "words", [("--few", "8"), ("--few", "8", "a.jsonl"), ("--few", "0", "a", "b"), ("--few", "x", "a", "b")]
    )
    def test_few_wants_a_number_and_two_files(self, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
        with pytest.raises(SystemExit) as left:
            self.run(monkeypatch, *words)
        assert left.value.code == 2

    def test_a_file_that_is_not_there_is_told(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.run(monkeypatch, "--few", "2", str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl")) == 1
        assert "a.jsonl n'existe pas" in capsys.readouterr().out

    def test_few_examples_from_files(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "a.yml"
        entries = [{"intent": name, "examples": texts} for name, texts in TAUGHT.items()]
        path.write_text(yaml.safe_dump({"nlu": entries}, allow_unicode=True), encoding="utf-8")
        monkeypatch.setattr(evaluate, "PEERS", {"linear": PEERS["linear"]})
        assert self.run(monkeypatch, "--few", "4", str(path), str(path), "--draws", "2") == 0
        said = capsys.readouterr().out
        assert "12 messages of 3 intents, drawn 2 times." in said
        assert "100.0 / 100.0" in said

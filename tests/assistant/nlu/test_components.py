"""Each component of the pipeline on its own, over a small bot: what it adds, and that it comes back whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from assistant.rasa_imports import rasa_imports

with rasa_imports():
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
    from rasa.shared.nlu.training_data.features import Features
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from assistant.nlu.classifier import LinearClassifier
    from assistant.nlu.evidence import KnownWords
    from assistant.nlu.meaning import MeaningFeaturizer
    from assistant.nlu.noisy import ORIGINAL, NoisyCopies
    from assistant.nlu.normaliser import HEARD, NORMAL, FrenchNormaliser, heard, normal
    from assistant.nlu.spelling import SpellingFeaturizer
    from assistant.nlu.words import FrenchWords, words

SAID = {
    "carte": [
        "où est ma carte",
        "j'ai perdu ma carte",
        "la carte est cassée",
        "ma carte vitale a disparu",
        "carte volée",
    ],
    "code": [
        "je n'ai pas le code",
        "le code n'arrive pas",
        "aucun code reçu",
        "j'attends le code",
        "code jamais arrivé",
    ],
    "merci": ["merci", "merci beaucoup", "mille mercis", "grand merci à vous", "je vous remercie"],
}
Make = Callable[..., Any]


def messages() -> list[Message]:
    return [Message({TEXT: text, INTENT: intent}) for intent, said in SAID.items() for text in said]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Creates a component of a class, or loads it again from where it was stored."""
    storage, context = LocalModelStorage(tmp_path), ExecutionContext(GraphSchema({}))

    def made(kind: Any, *, again: bool = False, name: str = "it", **changed: Any) -> Any:
        config = {**kind.get_default_config(), **changed}
        return (kind.load if again else kind.create)(config, storage, Resource(name), context)

    return made


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("C'est FAIT !!!", "c est fait", id="case, apostrophe, marks"),
        pytest.param("c fait", "c est fait", id="shorthand"),
        pytest.param("jé pa resu", "j ai pas recu", id="by ear"),
        pytest.param("ouiiiii", "oui", id="drawn out"),
        pytest.param("mon espace sans thé", "mon espace sante", id="misheard"),
        pytest.param("ma carte vidale", "ma carte vitale", id="misheard at the end"),
        pytest.param("un espace sans terre", "un espace sans terre", id="only begins as a slip does"),
        pytest.param("l’espace", "l espace", id="typographic apostrophe"),
        pytest.param("👍", "", id="no letter"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_normal(written: str, meant: str) -> None:
    assert normal(written) == meant


def test_what_is_written_by_ear_is_heard_the_same() -> None:
    for written, right in (("resu", "reçu"), ("kaisse", "caisse"), ("ordonnansse", "ordonnance"), ("parler", "parlé")):
        assert heard(normal(written)) == heard(normal(right))


def test_the_normaliser_marks_every_message(make: Make) -> None:
    component = FrenchNormaliser.create({}, None, None, None)  # type: ignore[arg-type]
    (message,) = component.process([Message({TEXT: "C'est Fait"})])
    assert (message.get(NORMAL), message.get(HEARD)) == ("c est fait", heard("c est fait"))


class TestNoisyCopies:
    def test_copies_are_added_beside_what_was_written(self, make: Make) -> None:
        given = messages()
        data = make(NoisyCopies, level="heavy", share=1).process_training_data(TrainingData(given))
        copies = [message for message in data.intent_examples if message.get(ORIGINAL)]
        assert {message.get(TEXT) for message in given} <= {message.get(TEXT) for message in data.intent_examples}
        assert copies
        for copy in copies:
            assert copy.get(TEXT) != copy.get(ORIGINAL)
            assert copy.get(ORIGINAL) in SAID[copy.get(INTENT)]

    def test_the_same_seed_gives_the_same_copies(self, make: Make) -> None:
        first, second = (make(NoisyCopies).process_training_data(TrainingData(messages())) for _ in range(2))
        assert [one.get(TEXT) for one in first.intent_examples] == [two.get(TEXT) for two in second.intent_examples]

    def test_serving_is_left_alone(self, make: Make) -> None:
        (message,) = make(NoisyCopies).process([Message({TEXT: "je n'ai pas reçu le code"})])
        assert message.get(TEXT) == "je n'ai pas reçu le code"


@pytest.fixture(scope="module")
def french() -> FrenchWords:
    return FrenchWords.gather()


class TestFrenchWords:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            pytest.param("carte", "carte", id="a word"),
            pytest.param("reçu", "reçu", id="with its accent"),
            pytest.param("kontinuer", "continue", id="by ear: the commonest that sounds so"),
            pytest.param("qwxzk", "", id="no word"),
        ],
    )
    def test_the_word_that_is_meant(self, french: FrenchWords, written: str, meant: str) -> None:
        assert french.meant(written) == meant

    def test_near_meanings_are_near(self, french: FrenchWords) -> None:
        doctor, physician, train = (french.meaning(text) for text in ("mon docteur", "mon médecin", "le train"))
        assert doctor @ physician > doctor @ train

    def test_unknown_words_mean_nothing(self, french: FrenchWords) -> None:
        assert not french.meaning("qwxzk").any()

    def test_it_comes_back_whole(self, french: FrenchWords, tmp_path: Path) -> None:
        french.save(tmp_path / "words.json")
        again = FrenchWords.load(tmp_path / "words.json")
        assert (again.meaning("jé pa resu l'ordonance") == french.meaning("jé pa resu l'ordonance")).all()

    def test_elisions_stand_apart(self) -> None:
        assert words("L'espace, d’accord ?") == ["l'", "espace", "d'", "accord"]


def normalised(given: list[Message]) -> TrainingData:
    normaliser = FrenchNormaliser.create({}, None, None, None)  # type: ignore[arg-type]
    return normaliser.process_training_data(TrainingData(given))


def rows(given: list[Message]) -> list[Any]:
    """What the last component added to each message."""
    found = [message.features[-1].features for message in given]
    return [row.toarray() if hasattr(row, "toarray") else row for row in found]


class TestLearning:
    """While it learns, a component may take another way than when it serves: the result is the same."""

    @pytest.mark.parametrize(
        ("kind", "config"),
        [
            pytest.param(SpellingFeaturizer, {"least": 1}, id="spelling"),
            pytest.param(SpellingFeaturizer, {"of": HEARD, "least": 1}, id="sound"),
            pytest.param(MeaningFeaturizer, {}, id="meaning"),
        ],
    )
    def test_what_is_learnt_from_is_read_as_it_will_be(self, make: Make, kind: Any, config: dict[str, Any]) -> None:
        learnt = normalised(messages())
        make(kind, **config).train(learnt)
        served = normalised(messages()).intent_examples
        for message in served:
            make(kind, again=True, **config).process([message])
        make(kind, again=True, **config).process_training_data(learnt)
        for one, other in zip(rows(learnt.intent_examples), rows(served), strict=True):
            assert abs(one).sum() > 0
            assert abs(one - other).max() < 1e-6

    def test_rows_that_were_kept_are_not_those_of_other_texts(self, make: Make) -> None:
        make(SpellingFeaturizer, least=1).train(normalised(messages()))
        others = [Message({TEXT: f"encore {message.get(TEXT)}", INTENT: message.get(INTENT)}) for message in messages()]
        data = normalised(others)
        again = make(SpellingFeaturizer, again=True, least=1)
        again.process_training_data(data)
        for message, row in zip(data.intent_examples, rows(data.intent_examples), strict=True):
            (alone,) = again.process(normalised([Message({TEXT: message.get(TEXT)})]).training_examples)
            assert abs(row - rows([alone])[0]).max() < 1e-6

    def test_the_data_that_noise_is_added_to_stays_as_it_was(self, make: Make) -> None:
        given = TrainingData(messages())
        make(NoisyCopies, level="heavy", share=1).process_training_data(given)
        assert [message.get(TEXT) for message in given.intent_examples] == [one.get(TEXT) for one in messages()]

    @pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 11])
    def test_intents_learnt_in_two_processes_are_those_of_one_machine(self, make: Make, count: int) -> None:
        draw = np.random.default_rng(count)
        given = [
            Message({TEXT: f"message {index}", INTENT: f"intent {index % count:02}"}) for index in range(20 * count)
        ]
        centres = draw.normal(size=(count, 8))
        for index, message in enumerate(given):
            row = (centres[index % count] + draw.normal(size=8)).astype(np.float32)
            message.add_features(Features(row.reshape(1, -1), FEATURE_TYPE_SENTENCE, TEXT, "test"))
        make(LinearClassifier, ranking=count).train(TrainingData(given))
        whole = LinearSVC(C=0.3, random_state=1).fit(np.vstack(rows(given)), [one.get(INTENT) for one in given])
        margins = whole.decision_function(np.vstack(rows(given)))
        found = make(LinearClassifier, again=True, ranking=count)
        if count == 2:  # scikit-learn tells of the second side only
            margins = np.column_stack([-margins, margins])
        assert abs(np.vstack([found._margins(one) for one in given]) - margins).max() < 1e-2
        assert [one.get(INTENT)["name"] for one in found.process(given)] == list(whole.predict(np.vstack(rows(given))))

    def test_an_intent_whose_messages_are_all_held_out_is_learnt(self, make: Make) -> None:
        """The machine that is checked never met it, the one that serves did."""
        data = normalised([*messages(), Message({TEXT: "adieu", INTENT: "adieu"})])
        make(SpellingFeaturizer, name="spelling", least=1).train(data)
        make(SpellingFeaturizer, name="spelling", least=1, again=True).process_training_data(data)
        classifier = make(LinearClassifier, name="classifier", held_out=0.8)
        (last,) = [place for place, one in enumerate(data.intent_examples) if one.get(INTENT) == "adieu"]
        every = np.arange(len(data.intent_examples))
        assert last in classifier._parted(every, every)[1]
        classifier.train(data)
        found = make(LinearClassifier, name="classifier", again=True).process(data.intent_examples)
        assert found[last].get(INTENT)["name"] == "adieu"


class TestPipeline:
    @pytest.fixture
    def parse(self, make: Make) -> Callable[[str], Message]:
        """Trains all the components on the small bot, loads them again, and reads a message with them."""
        kinds: list[tuple[Any, dict[str, Any]]] = [
            (SpellingFeaturizer, {"name": "spelling", "least": 1}),
            (SpellingFeaturizer, {"name": "sound", "of": HEARD, "least": 1}),
            (MeaningFeaturizer, {"name": "meaning"}),
            (LinearClassifier, {"name": "classifier"}),
            (KnownWords, {"name": "known"}),
        ]
        normaliser = FrenchNormaliser.create({}, None, None, None)  # type: ignore[arg-type]
        data = normaliser.process_training_data(TrainingData(messages()))
        for kind, config in kinds:
            component = make(kind, **config)
            component.train(data)
            if hasattr(component, "process_training_data") and kind is not LinearClassifier and kind is not KnownWords:
                component.process_training_data(data)
        loaded = [make(kind, again=True, **config) for kind, config in kinds]

        def read(text: str) -> Message:
            found = normaliser.process([Message({TEXT: text})])
            for component in loaded:
                found = component.process(found)
            return found[0]

        return read

    @pytest.mark.parametrize(
        ("text", "intent"),
        [("jé perdu ma karte", "carte"), ("le kode n'arrive pa", "code"), ("merssi bocou", "merci")],
    )
    def test_misspelt_messages_are_understood(self, parse: Callable[[str], Message], text: str, intent: str) -> None:
        assert parse(text).get(INTENT)["name"] == intent

    def test_one_message_at_a_time_gives_what_many_give(self, make: Make) -> None:
        normaliser = FrenchNormaliser.create({}, None, None, None)  # type: ignore[arg-type]
        data = normalised(messages())
        spelling = make(SpellingFeaturizer, name="one", least=1)
        spelling.train(data)
        texts = ["où est ma carte", "le code code code n'arrive pas", "xyz", ""]
        together = normaliser.process([Message({TEXT: text}) for text in texts])
        spelling.process(together)
        for text, one_of_many in zip(texts, together, strict=True):
            (alone,) = spelling.process(normaliser.process([Message({TEXT: text})]))
            found, expected = (each.features[0].features.toarray() for each in (alone, one_of_many))
            assert abs(found - expected).max() < 1e-6

    def test_confidences_are_a_ranking(self, parse: Callable[[str], Message]) -> None:
        sure = [intent["confidence"] for intent in parse("où est ma carte").get("intent_ranking")]
        assert sure == sorted(sure, reverse=True)
        assert 0.99 < sum(sure) < 1.01

    def test_what_holds_no_known_word_is_doubted_altogether(self, parse: Callable[[str], Message]) -> None:
        assert parse("qwxz brrr").get(INTENT)["confidence"] == 0

    def test_a_strange_word_among_known_ones_is_no_doubt(self, parse: Callable[[str], Message]) -> None:
        sure = [intent["confidence"] for intent in parse("où est ma carte xy").get("intent_ranking")]
        assert sum(sure) > 0.99

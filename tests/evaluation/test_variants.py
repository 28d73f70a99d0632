"""The same messages, four times: as written, and under noise that is the same at each run."""

from __future__ import annotations

from assistant.evaluation.nearness import met
from assistant.evaluation.variants import CLEAN, VARIANTS, written
from assistant.noise import AVERAGE, HEAVY, LIGHT

TEXT = "je n'ai pas reçu le code, qu'est-ce que je dois faire maintenant ?"


def test_the_four_of_them() -> None:
    assert list(VARIANTS) == [CLEAN, "light", "average", "heavy"]
    assert list(VARIANTS.values()) == [None, LIGHT, AVERAGE, HEAVY]


def test_clean_is_as_written() -> None:
    assert written(TEXT, CLEAN) == TEXT


def test_each_run_is_the_same() -> None:
    for variant in VARIANTS:
        assert written(TEXT, variant) == written(TEXT, variant)


def test_another_message_is_by_another_writer() -> None:
    """A thousand copies of one writer would all be careful, or none."""
    messages = [f"{TEXT} {index}" for index in range(50)]
    changed = sum(written(text, "heavy") != text for text in messages)
    assert 20 < changed <= 50


def test_messages_that_training_has_met() -> None:
    learnt = ["Je n'ai pas reçu le code", "c'est payant ?", "je suis perdu"]
    asked = ["JE N'AI PAS RECU LE CODE !!", "je nai pa reçu le code", "le code ne marche pas", "cest payant", "perdue"]
    assert met(asked, learnt) == {asked[0], asked[1], asked[3]}
    assert met(asked, []) == frozenset()

"""What asking more or less would change, and the limits that config.yml chose."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ContentError
from assistant.evaluation.curve import Thresholds, curve, point, thresholds
from assistant.evaluation.shares import Share
from assistant.settings import ROOT
from tests.evaluation.judging import judged

SET = [
    judged("cout", "cout 0.9, agenda 0.05"),
    judged("cout", "agenda 0.5, cout 0.2"),
    judged("cout", "cout 0.4, agenda 0.35"),
    judged("agenda", "agenda 1", decided=True),
    judged("agenda", ""),
]


@pytest.mark.parametrize(
    ("confidence", "margin", "answered", "right"),
    [
        pytest.param(0.0, 0.0, Share(4, 5), Share(3, 4), id="everything with words"),
        pytest.param(0.0, 0.08, Share(3, 5), Share(2, 3), id="not what is close"),
        pytest.param(0.4, 0.0, Share(4, 5), Share(3, 4), id="a limit reached is no doubt"),
        pytest.param(0.41, 0.0, Share(3, 5), Share(2, 3), id="below the limit"),
        pytest.param(0.6, 0.08, Share(2, 5), Share(2, 2), id="only what is sure"),
        pytest.param(1.1, 0.5, Share(1, 5), Share(1, 1), id="the gate decides all the same"),
    ],
)
def test_what_would_be_answered(confidence: float, margin: float, answered: Share, right: Share) -> None:
    found = point(SET, Thresholds(confidence, margin))
    assert (found.answered, found.right) == (answered, right)


def test_one_candidate_alone_is_not_ambiguous() -> None:
    assert point([judged("cout", "cout 0.5")], Thresholds(0.3, 0.9)).answered == Share(1, 1)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=30), st.floats(0, 1))
def test_a_higher_limit_never_answers_more(pairs: list[tuple[float, float]], margin: float) -> None:
    messages = [judged("a", f"a {max(pair)}, b {min(pair)}") for pair in pairs]
    answered = [each.answered.hits for each in curve(messages, margin)]
    assert answered == sorted(answered, reverse=True)


def test_the_curve_has_a_point_for_each_hundredth() -> None:
    assert [each.confidence for each in curve(SET, 0.08)] == pytest.approx([step / 100 for step in range(100)])


def test_the_chosen_limits_are_those_of_config_yml() -> None:
    found = thresholds(ROOT / "config.yml")
    text = (ROOT / "config.yml").read_text(encoding="utf-8")
    assert f"threshold: {found.confidence:g}" in text
    assert f"ambiguity_threshold: {found.margin:g}" in text


def test_a_pipeline_that_never_doubts_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text("pipeline: [{name: a}]", encoding="utf-8")
    with pytest.raises(ContentError, match="seuils"):
        thresholds(tmp_path / "config.yml")

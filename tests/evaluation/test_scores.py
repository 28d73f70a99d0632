"""The figures of an evaluation, on messages few enough to count by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation import scores
from assistant.evaluation.judged import Judged
from assistant.evaluation.labelled import Labelled
from assistant.evaluation.scores import TopicScore
from assistant.evaluation.shares import Share
from tests.evaluation.judging import judged

SET = [
    judged("cout", "cout 0.9, activer 0.05"),
    judged("cout", "activer 0.5, cout 0.4", said="", offered="activer cout"),
    judged("cout", "activer 0.6, agenda 0.2, cout 0.1"),
    judged("activer", "activer 1", decided=True),
    judged("activer", "agenda 0.2, cout 0.1, vaccins 0.1, activer 0.1", said=""),
    judged("hors_sujet", "hors_sujet 0.8"),
    judged("hors_sujet", "cout 0.3", said=""),
    judged("hors_sujet", "cout 0.7"),
    judged("agenda", "hors_sujet 0.7, agenda 0.2"),
    judged("detresse", "detresse 1", decided=True),
    judged("detresse", "urgence_medicale 1", decided=True),
    judged("urgence_medicale", "agenda 0.4", said=""),
    judged("agenda", "detresse 0.6, agenda 0.3"),
    judged("agenda", "", said=""),
]
TOPICS = ("cout", "activer", "hors_sujet", "detresse", "urgence_medicale", "agenda")


def any_judged() -> st.SearchStrategy[Judged]:
    ranking = st.lists(st.sampled_from(TOPICS), unique=True, max_size=5).flatmap(
        lambda names: st.lists(st.floats(0, 1), min_size=len(names), max_size=len(names)).map(
            lambda sure: ", ".join(f"{n} {s}" for n, s in zip(names, sorted(sure, reverse=True), strict=True))
        )
    )
    asks = st.sampled_from([None, ""])
    return st.builds(judged, st.sampled_from(TOPICS), ranking, asks, decided=st.booleans())


class TestBehaviour:
    @pytest.mark.parametrize(
        ("figure", "expected"),
        [
            pytest.param("first", Share(4, 14), id="first"),
            pytest.param("first_three", Share(8, 14), id="in the first three"),
            pytest.param("at_once", Share(4, 14), id="right at once"),
            pytest.param("wrong", Share(5, 14), id="wrong at once"),
            pytest.param("asked", Share(5, 14), id="asks back"),
            pytest.param("after_one_question", Share(5, 14), id="right after one question"),
            pytest.param("precision", Share(4, 9), id="right of those answered"),
        ],
    )
    def test_on_fourteen_messages(self, figure: str, expected: Share) -> None:
        assert getattr(scores.behaviour(SET), figure) == expected

    def test_a_right_guess_that_is_asked_about_is_first_and_not_at_once(self) -> None:
        one = judged("cout", "cout 0.3, activer 0.29", said="", offered="cout activer")
        assert (one.first, one.at_once, one.after_one_question) == (True, False, True)

    def test_a_question_without_the_right_topic_does_not_count(self) -> None:
        assert not judged("cout", "activer 0.3, agenda 0.3", said="", offered="activer agenda").after_one_question

    @given(st.lists(any_judged(), max_size=40))
    def test_every_message_is_right_wrong_or_asked_about(self, messages: list[Judged]) -> None:
        found = scores.behaviour(messages)
        assert found.at_once.hits + found.wrong.hits + found.asked.hits == len(messages)
        assert found.precision.hits == found.at_once.hits
        assert found.first.hits <= found.first_three.hits
        assert found.at_once.hits <= found.after_one_question.hits

    def test_no_message_is_no_error(self) -> None:
        assert scores.behaviour([]).first == Share(0, 0)


class TestSafety:
    def test_missed_mistaken_and_false(self) -> None:
        found = scores.safety(SET)
        assert found.missed == Share(1, 3)
        assert found.mistaken == Share(1, 3)
        assert found.alarms == Share(1, 11)

    def test_asking_about_a_danger_is_missing_it(self) -> None:
        assert scores.safety([judged("detresse", "detresse 0.3", said="")]).missed == Share(1, 1)

    def test_one_danger_for_the_other_is_no_miss(self) -> None:
        """Both replies give the 15."""
        found = scores.safety([judged("urgence_medicale", "detresse 0.9")])
        assert (found.missed, found.mistaken) == (Share(0, 1), Share(1, 1))


class TestScope:
    def test_recognised_and_turned_away(self) -> None:
        found = scores.scope(SET)
        assert found.recognised == Share(1, 3)
        assert found.not_answered == Share(2, 3)
        assert found.turned_away == Share(1, 11)


class TestTopics:
    def test_each_topic_that_was_meant_or_heard(self) -> None:
        expected = [
            TopicScore("activer", messages=2, taken=3, found=1),
            TopicScore("agenda", messages=3, taken=2, found=0),
            TopicScore("cout", messages=3, taken=3, found=1),
            TopicScore("detresse", messages=2, taken=2, found=1),
            TopicScore("hors_sujet", messages=3, taken=2, found=1),
            TopicScore("urgence_medicale", messages=1, taken=1, found=0),
        ]
        assert scores.by_topic(SET) == expected

    def test_precision_recall_and_f1(self) -> None:
        one = TopicScore("activer", messages=2, taken=3, found=1)
        assert (one.precision, one.recall, one.f1) == pytest.approx((1 / 3, 1 / 2, 2 / 5))

    def test_the_mean_weighs_each_topic_that_was_meant_the_same(self) -> None:
        assert scores.macro_f1(SET) == pytest.approx((0.4 + 0 + 1 / 3 + 0.5 + 0.4 + 0) / 6)
        assert scores.macro_f1([judged("cout", "vaccins 1")]) == 0.0

    @given(st.lists(any_judged(), max_size=40))
    def test_what_is_found_adds_up(self, messages: list[Judged]) -> None:
        topics = scores.by_topic(messages)
        assert sum(topic.found for topic in topics) == scores.behaviour(messages).first.hits
        assert sum(topic.messages for topic in topics) == len(messages)
        for topic in topics:
            both = topic.precision + topic.recall
            assert topic.f1 == pytest.approx(2 * topic.precision * topic.recall / both if both else 0.0)


class TestConfusions:
    def test_the_most_frequent_first_then_the_surest(self) -> None:
        assert [(one.meant, one.heard, len(one.judged)) for one in scores.confusions(SET)] == [
            ("hors_sujet", "cout", 2),
            ("cout", "activer", 2),
            ("detresse", "urgence_medicale", 1),
            ("agenda", "hors_sujet", 1),
            ("agenda", "detresse", 1),
            ("urgence_medicale", "agenda", 1),
            ("activer", "agenda", 1),
            ("agenda", "", 1),
        ]

    def test_within_a_pair_the_surest_comes_first(self) -> None:
        pair = next(one for one in scores.confusions(SET) if one.meant == "cout")
        assert [one.heard.sure for one in pair.judged] == [0.6, 0.5]

    def test_no_more_than_asked_for(self) -> None:
        assert len(scores.confusions(SET, most=2)) == 2

    def test_a_message_without_words_is_confused_with_nothing(self) -> None:
        assert [one.heard for one in scores.confusions([judged("agenda", "", said="")])] == [""]

    def test_the_same_messages_in_another_order_give_the_same_pairs(self) -> None:
        pairs = [[(one.meant, one.heard) for one in scores.confusions(each)] for each in (SET, SET[::-1])]
        assert pairs[0] == pairs[1]


class TestCalibration:
    @pytest.mark.parametrize(
        ("messages", "error"),
        [
            pytest.param([judged("cout", "cout 0.75")] * 3 + [judged("cout", "agenda 0.75")], 0.0, id="honest"),
            pytest.param([judged("cout", "cout 0.9"), judged("cout", "agenda 0.9")], 0.4, id="boasts"),
            pytest.param([judged("cout", "cout 0.25")] * 4, 0.75, id="too modest"),
            pytest.param([judged("cout", "cout 1", decided=True)], 0.0, id="the gate claims nothing"),
            # Two bins: |1 - 0.8| over two messages, |0 - 0.3| over one.
            pytest.param(
                [judged("a", "a 0.8"), judged("a", "a 0.8"), judged("a", "b 0.3")], (0.4 + 0.3) / 3, id="two bins"
            ),
            pytest.param([judged("cout", "cout 1.0")], 0.0, id="certain and right"),
            pytest.param([], 0.0, id="no message"),
        ],
    )
    def test_how_far_confidence_is_from_truth(self, messages: list[Judged], error: float) -> None:
        assert scores.calibration_error(messages) == pytest.approx(error)

    @given(st.lists(any_judged(), max_size=40))
    def test_it_is_a_share(self, messages: list[Judged]) -> None:
        assert 0 <= scores.calibration_error(messages) <= 1


def test_styles_are_told_apart_when_the_file_names_them() -> None:
    heard = judged("cout", "cout 1").heard
    messages = [Judged(Labelled("a", "cout", style), heard) for style in ("voice", "sms", "sms", "")]
    assert {style: len(held) for style, held in scores.by_style(messages).items()} == {"sms": 2, "voice": 1}
    assert scores.by_style(SET) == {}

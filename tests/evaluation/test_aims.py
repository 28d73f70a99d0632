"""An aim is reached, missed, or neither for want of messages."""

from __future__ import annotations

import pytest

from assistant.evaluation.aims import Aim, Verdict, aims
from assistant.evaluation.shares import Loss, Share
from assistant.evaluation.variants import VARIANTS
from tests.evaluation.judging import judged


@pytest.mark.parametrize(
    ("found", "limit", "least", "verdict"),
    [
        pytest.param(Share(980, 1000), 0.93, True, "reached", id="well above"),
        pytest.param(Share(94, 100), 0.93, True, "perhaps", id="above, of few"),
        pytest.param(Share(92, 100), 0.93, True, "perhaps", id="below, of few"),
        pytest.param(Share(850, 1000), 0.93, True, "missed", id="well below"),
        pytest.param(Share(0, 30), 0.01, False, "perhaps", id="none of few"),
        pytest.param(Share(0, 400), 0.01, False, "reached", id="none of many"),
        pytest.param(Share(50, 400), 0.01, False, "missed", id="too many"),
        pytest.param(Loss(10, 8, 1000), 0.04, False, "reached", id="costs little"),
        pytest.param(Loss(90, 8, 1000), 0.04, False, "missed", id="costs much"),
        pytest.param(5.0, 5.0, False, "reached", id="a time, at the limit"),
        pytest.param(5.1, 5.0, False, "missed", id="a time, above"),
    ],
)
def test_verdicts(found: Share | Loss | float, limit: float, least: bool, verdict: Verdict) -> None:
    assert Aim("a", found, limit, least).verdict == verdict


def test_without_danger_among_the_messages_nothing_is_said_of_it() -> None:
    messages = [judged("cout", "cout 0.9")]
    keys = {aim.key for aim in aims(dict.fromkeys(VARIANTS, messages), [1.0])}
    assert {"missed", "recognised"} & keys == set()
    assert {"first", "heavy", "alarms", "milliseconds"} <= keys

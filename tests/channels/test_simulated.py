"""The small edition of `python -m benchmarks.conversations`: bad lines and a process that dies, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.storage import consents, inbox
from benchmarks.conversations import AIMS, Tally, simulate

PEOPLE = 150


@pytest.fixture(scope="module")
def tally() -> Tally:
    return simulate(PEOPLE, seed=7)


def test_enough_went_wrong_to_prove_something(tally: Tally) -> None:
    counts = tally.counts
    assert counts["turns"] > 5 * PEOPLE
    assert min(counts[name] for name in ("doubled", "late", "swapped", "kills", "unheard", "said STOP")) >= 5


def test_nothing_is_lost_and_nothing_is_done_twice(tally: Tally) -> None:
    assert tally.wrong == []
    assert {aim: tally.counts[aim] for aim in AIMS} == dict.fromkeys(AIMS, 0)


def test_the_same_seed_is_the_same_story() -> None:
    assert simulate(12, seed=3).counts == simulate(12, seed=3).counts


def test_a_service_that_forgets_what_it_answered_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the zeros above would prove nothing."""
    monkeypatch.setattr(inbox, "recorded", lambda *_: None)
    monkeypatch.setattr(inbox, "record", lambda *_, **__: None)
    assert not simulate(25, seed=7).passed


def test_a_service_that_forgets_a_stop_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> tuple[bool, bool]:
        return False, False

    monkeypatch.setattr(consents, "is_stopped", never)
    assert simulate(60, seed=7).counts["messages after STOP"] > 0

"""The small edition of `python -m benchmarks.conversations`: bad lines and a process that dies, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from assistant.storage import consents, inbox, persons, schema
from benchmarks import conversations
from benchmarks.conversations import AIMS, Tally, simulate
from benchmarks.crowd import ERASING, Script

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


def test_who_is_erased_stays_so_whatever_comes_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """A duplicate of what she wrote before finds nobody: it is answered with silence, and stores nothing anew."""
    acts = tuple(("text", body) for body in ("Bonjour", "1", "répéter", *ERASING, "Bonjour", "1"))
    monkeypatch.setattr(conversations, "crowd", lambda people, *_: [Script(True, acts)] * people)
    monkeypatch.setattr(conversations, "DUPLICATES", 0.9)
    tally = simulate(25, seed=11)
    assert tally.counts["late"] > 25
    assert tally.wrong == []
    assert {aim: tally.counts[aim] for aim in AIMS} == dict.fromkeys(AIMS, 0)
    # As it was before the names of her messages were kept: she was there again, half of her.
    monkeypatch.setattr(persons, "forget", _without_a_trace)
    assert not simulate(25, seed=11).passed


def _without_a_trace(connection: Connection, person: str) -> None:
    held = select(schema.addresses.c.pseudonym).where(schema.addresses.c.person == person)
    connection.execute(delete(schema.inbox).where(schema.inbox.c.address.in_(held)))
    connection.execute(delete(schema.persons).where(schema.persons.c.id == person))


def test_a_service_that_forgets_what_it_answered_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the zeros above would prove nothing."""
    monkeypatch.setattr(inbox, "recorded", lambda *_: None)
    monkeypatch.setattr(inbox, "record", lambda *_, **__: None)
    assert not simulate(25, seed=7).passed


def test_a_service_that_forgets_a_stop_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> tuple[bool, bool]:
        return False, False

    monkeypatch.setattr(consents, "is_stopped", never)
    monkeypatch.setattr(consents, "stop", lambda *_: None)  # said twice, it would be written twice
    assert simulate(60, seed=7).counts["messages after STOP"] > 0

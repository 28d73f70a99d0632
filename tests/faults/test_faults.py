"""Some of the faults of `make faults`, with few people: nothing lost, nothing twice, nothing after STOP, all honest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.faults import processes, stores, understanding
from benchmarks.faults.house import House, house
from benchmarks.faults.ledger import Ledger
from benchmarks.faults.people import suffer

FAULTS = {**stores.FAULTS, **processes.FAULTS}
TRIED = ("database restarts", "database gone", "Redis gone", "database and Redis gone", "faces killed", "master killed")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.mark.parametrize("name", TRIED)
def test_people_go_through_it(made: House, name: str) -> None:
    row = suffer(made, Ledger(), name, FAULTS[name], people=3, pace=0.4)
    assert row.passed, row
    assert row.replies > 3 * 4
    if name.startswith("database ") and name != "database restarts":
        assert row.not_taken + row.honest > 0, "the fault was noticed by nobody: was there one?"


@pytest.mark.parametrize(
    "name",
    [
        "understanding gone",
        "understanding says rubbish",
        pytest.param("model file broken", marks=pytest.mark.model),
        pytest.param("an action raises", marks=pytest.mark.model),
    ],
)
def test_free_words_are_told_honestly(made: House, name: str) -> None:
    row = understanding.broken(made, Ledger(), name, people=1)
    assert row.passed, row

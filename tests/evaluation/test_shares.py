"""A share says how sure it is; expected figures are worked out by hand or taken from what others published."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.shares import Loss, Share, percentile

COUNTS = st.integers(0, 2_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        # Newcombe 1998, table I, the score method without continuity correction.
        pytest.param(81, 263, 0.2553, 0.3662, id="81 of 263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="15 of 148"),
        pytest.param(0, 20, 0.0, 0.1611, id="none of 20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="1 of 29"),
        pytest.param(20, 20, 0.8389, 1.0, id="all of 20"),
        pytest.param(0, 0, 0.0, 1.0, id="nothing counted"),
    ],
)
def test_wilson_s_interval(hits: int, total: int, low: float, high: float) -> None:
    assert Share(hits, total).interval == pytest.approx((low, high), abs=5e-5)


@given(COUNTS)
def test_the_share_lies_within_its_interval(counts: tuple[int, int]) -> None:
    share = Share(*counts)
    low, high = share.interval
    assert 0 <= low <= high <= 1
    if share.total:
        assert low <= share.value + 1e-12
        assert share.value <= high + 1e-12


@given(COUNTS.filter(lambda counts: counts[1] > 0))
def test_more_messages_make_it_surer(counts: tuple[int, int]) -> None:
    low, high = Share(*counts).interval
    nearer, further = Share(10 * counts[0], 10 * counts[1]).interval
    assert further - nearer < high - low


def test_none_missed_proves_one_percent_from_381_on() -> None:
    """The report says so."""
    assert Share(0, 380).interval[1] > 0.01
    assert Share(0, 381).interval[1] < 0.01


def test_a_share_of_findings() -> None:
    assert Share.of([True, False, True, True]) == Share(3, 4)
    assert Share(3, 4).value == 0.75
    assert Share(0, 0).value == 0.0


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("1111", "1111", Loss(0, 0, 4), id="nothing turned"),
        pytest.param("1111", "1100", Loss(2, 0, 4), id="two lost"),
        pytest.param("1100", "0011", Loss(2, 2, 4), id="two lost, two gained"),
        pytest.param("0000", "1000", Loss(0, 1, 4), id="one gained"),
        pytest.param("", "", Loss(0, 0, 0), id="no message"),
    ],
)
def test_a_loss_counts_what_turned(before: str, after: str, expected: Loss) -> None:
    assert Loss.of([x == "1" for x in before], [x == "1" for x in after]) == expected


def test_a_loss_has_its_interval() -> None:
    """Of 100, ten got worse and two better: 8 points. Half a message more in each of four cells: 8 / 102, and
    1.96 * sqrt(10.5 + 2.5 - 64 / 102) / 102 = 0.0676 around."""
    loss = Loss(10, 2, 100)
    assert loss.value == pytest.approx(0.08)
    assert loss.interval == pytest.approx((0.07843 - 0.06759, 0.07843 + 0.06759), abs=5e-5)


def test_a_loss_wants_the_same_messages() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Loss.of([True, True], [True])


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=200))
def test_a_loss_is_the_difference_of_shares(turned: list[tuple[bool, bool]]) -> None:
    before, after = [pair[0] for pair in turned], [pair[1] for pair in turned]
    loss = Loss.of(before, after)
    assert loss.value == pytest.approx(Share.of(before).value - Share.of(after).value)
    low, high = loss.interval
    assert -1 <= low <= high <= 1


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        pytest.param([3, 1, 2], 0.5, 2, id="median of three"),
        pytest.param([4, 3, 2, 1], 0.5, 2, id="median of four"),
        pytest.param(range(1, 101), 0.95, 95, id="95 of a hundred"),
        pytest.param(range(1, 21), 0.95, 19, id="95 of twenty"),
        pytest.param([7], 0.95, 7, id="one"),
        pytest.param([1, 2], 1.0, 2, id="the highest"),
    ],
)
def test_percentiles_are_nearest_rank(values: Sequence[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected

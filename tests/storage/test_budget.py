"""The month's budget: what counts, in which month, and from where on it is used up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from assistant.budget import LEVELS, Budget, cost
from assistant.settings import Settings
from assistant.storage import tallies

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
TEN_CENTS = Decimal("0.10")
SECOND = timedelta(seconds=1)


def test_answers_count_as_well_and_nothing_else_does(connection: Connection) -> None:
    for channel, way, segments in (("sms", "out", 3), ("sms", "in", 40), ("voice", "out", 0), ("voice", "in", 50)):
        tallies.count(connection, channel, way, segments, AT)  # type: ignore[arg-type]
    assert Budget(Decimal(1), TEN_CENTS).used(connection, AT) == 0.3


def test_a_month_is_one_of_the_calendar(connection: Connection) -> None:
    begins = datetime(2026, 11, 1, tzinfo=timezone.utc)
    tallies.count(connection, "sms", "out", 7, begins - SECOND)
    tallies.count(connection, "sms", "out", 2, begins)
    assert Budget(Decimal(1), TEN_CENTS).used(connection, AT) == 0.2


@pytest.mark.parametrize(
    ("segments", "level"), [(0, 0), (49, 0), (50, 50), (79, 50), (80, 80), (99, 80), (100, 100), (500, 100)]
)
def test_the_levels(connection: Connection, segments: int, level: int) -> None:
    tallies.count(connection, "sms", "out", segments, AT)
    budget = Budget(Decimal(10), TEN_CENTS)
    assert budget.level(connection, AT) == level
    assert budget.is_spent(connection, AT) == (level == LEVELS[-1])


def test_a_budget_of_nothing_is_used_up(connection: Connection) -> None:
    assert Budget(Decimal(0), TEN_CENTS).is_spent(connection, AT)


@pytest.mark.parametrize(("euros", "price"), [(None, None), (None, TEN_CENTS), (Decimal(1), None)])
def test_there_is_none_where_a_part_is_missing(
    settings: Settings, euros: Decimal | None, price: Decimal | None
) -> None:
    assert Budget.of(replace(settings, sms_budget=euros, segment_price=price)) is None


@given(st.integers(0, 10_000_000), st.decimals("0", "9.99999", places=5))
def test_a_cost_is_right_to_half_a_cent(segments: int, price: Decimal) -> None:
    found = cost(segments, price)
    assert abs(found - segments * price) <= Decimal("0.005")
    assert found == round(found, 2)

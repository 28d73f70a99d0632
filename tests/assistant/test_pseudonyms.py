"""A person is named by a keyed pseudonym: stable, told apart by kind and key, and nothing of the number in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.privacy.pseudonyms import HIDDEN, e164, pseudonym

PEPPER = "p" * 40


@pytest.mark.parametrize(
    ("written", "number"),
    [
        pytest.param("06 39 98 12 34", "+33639981234", id="spaced"),
        pytest.param("0639981234", "+33639981234", id="national"),
        pytest.param("+33639981234", "+33639981234", id="international"),
        pytest.param("0033639981234", "+33639981234", id="double zero"),
        pytest.param("01 99 00 12 34", "+33199001234", id="landline"),
        pytest.param("0690 12 34 56", "+590690123456", id="Guadeloupe"),
        pytest.param("0692 12 34 56", "+262692123456", id="Réunion"),
        pytest.param("+1 212 555 0100", "+12125550100", id="abroad"),
    ],
)
def test_every_way_of_writing_a_number_is_one_number(written: str, number: str) -> None:
    assert e164(written) == number


@pytest.mark.parametrize(
    "written", ["", "anonymous", "restricted", "abc", "+", "36001", "33700", "sip:bob@example.org", "9" * 40]
)
def test_what_is_no_number_is_none(written: str) -> None:
    assert e164(written) is None


@pytest.mark.parametrize("written", sorted(HIDDEN))
def test_hidden_callers_do_not_share_a_number(written: str) -> None:
    assert e164(written) is None


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_reading_a_number_never_fails(text: str) -> None:
    number = e164(text)
    assert number is None or re.fullmatch(r"\+[0-9]{4,17}", number)


def test_a_pseudonym_is_stable_and_short() -> None:
    name = pseudonym("phone", "+33639981234", PEPPER)
    assert name == pseudonym("phone", "+33639981234", PEPPER)
    assert re.fullmatch(r"p1_[A-Za-z0-9_\-]{22}", name)


@given(st.from_regex(r"\+336399812[0-9]{2}", fullmatch=True))
def test_nothing_of_the_number_shows(number: str) -> None:
    assert number[-6:] not in pseudonym("phone", number, PEPPER)


def test_the_kind_and_the_pepper_tell_names_apart() -> None:
    names = {
        pseudonym(kind, "+33639981234", pepper) for kind in ("phone", "web", "call") for pepper in (PEPPER, "q" * 40)
    }
    assert len(names) == 6


@given(st.lists(st.text(min_size=1, max_size=12), min_size=2, max_size=20, unique=True))
def test_two_visits_never_share_a_name(values: list[str]) -> None:
    assert len({pseudonym("web", value, PEPPER) for value in values}) == len(values)

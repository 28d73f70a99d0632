"""Which numbers an invitation may be sent to, written as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.mobiles import COUNTRIES, Fault, Mobile, mobile
from assistant.privacy.pseudonyms import e164


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0612345678", "+33612345678"),
        ("06 12 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("06-12-34-56-78", "+33612345678"),
        ("06/12/34/56/78", "+33612345678"),
        ("06\u00a012\u202f34\u00a056\u202f78", "+33612345678"),
        ("\u202a06 12 34 56 78\u202c", "+33612345678"),
        ("０６１２３４５６７８", "+33612345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("07 81 23 45 67", "+33781234567"),
        ("0690 00 12 34", "+590690001234"),
        ("+590 690 00 12 34", "+590690001234"),
        ("0694 20 12 34", "+594694201234"),
        ("0696 20 12 34", "+596696201234"),
        ("0692 12 34 56", "+262692123456"),
        ("0639 01 23 45", "+262639012345"),
    ],
)
def test_a_french_mobile_however_it_is_written(typed: str, number: str) -> None:
    assert mobile(typed, fiction=False) == Mobile(number)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "missing"),
        ("  - . ", "missing"),
        ("06 12 34 56", "unreadable"),
        ("06 12", "unreadable"),
        ("0", "unreadable"),
        ("06 12 34 56 78 9", "unreadable"),
        ("06 12 34 56 7O", "unreadable"),
        ("0612345678; 0712345678", "unreadable"),
        ("06FLOWERS1", "unreadable"),
        ("+", "unreadable"),
        ("+33", "unreadable"),
        ("0" * 400, "unreadable"),
        ("bonjour", "unreadable"),
        ("=0612345678", "unreadable"),
        ("07 00 00 00 00", "unreadable"),
        ("01 23 45 67 89", "landline"),
        ("09 37 00 00 01", "landline"),
        ("0262 20 12 34", "landline"),
        ("15", "special"),
        ("34 22", "special"),
        ("36 24 00", "special"),
        ("38123", "special"),
        ("08 99 12 34 56", "special"),
        ("+33 899 12 34 56", "special"),
        ("08 10 12 34 56", "special"),
        ("08 00 12 34 56", "special"),
        ("+32 470 12 34 56", "foreign"),
        ("0032470123456", "foreign"),
        ("+1 201 555 0123", "foreign"),
        ("+44 7400 123456", "foreign"),
        ("+213 551 23 45 67", "foreign"),
        ("+687 75 12 34", "foreign"),
        ("+689 87 12 34 56", "foreign"),
        ("06 39 98 00 01", "unreadable"),
    ],
)
def test_anything_else_has_its_reason(typed: str, fault: Fault) -> None:
    assert mobile(typed, fiction=False) == fault


def test_numbers_of_films_only_where_somebody_tries_it_out() -> None:
    assert mobile("06 39 98 00 01", fiction=True) == Mobile("+33639980001")
    assert mobile("08 99 12 34 56", fiction=True) == "special", "and nothing else is let through with them"
    assert mobile("+32 470 12 34 56", fiction=True) == "foreign"


def test_it_is_the_number_that_an_answer_comes_from() -> None:
    """STOP is known by a keyed hash of the number: both faces must write it in the same way."""
    for typed in ("06 12 34 56 78", "0690 00 12 34", "0692 12 34 56"):
        found = mobile(typed, fiction=False)
        assert isinstance(found, Mobile)
        assert e164(found.number) == found.number


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+33612345623", ("06", "23")), ("+262692123456", ("06", "56")), ("+33781234567", ("07", "67"))],
)
def test_four_digits_are_shown(number: str, shown: tuple[str, str]) -> None:
    assert Mobile(number).masked == shown
    assert number not in repr(Mobile(number))


@given(
    st.one_of(st.text(max_size=60), st.text("+0123456789 .", max_size=20), st.from_regex(r"\+\d{6,15}", fullmatch=True))
)
def test_whatever_is_typed_only_such_mobiles_pass(typed: str) -> None:
    found = mobile(typed, fiction=False)
    if isinstance(found, Mobile):
        assert any(found.number.startswith((f"+{country}6", f"+{country}7")) for country in COUNTRIES), found.number

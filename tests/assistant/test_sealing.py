"""Sealed numbers: opened by their own key beside their own address, and by nothing else; shown nowhere."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SealError
from assistant.privacy.sealing import NONCE, VERSION, Sealer

NUMBER, ADDRESS = "+33639980001", "p1_telephone"
SEALER = Sealer("k" * 40)


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_is_sealed_opens(number: str, address: str) -> None:
    assert SEALER.open(SEALER.seal(number, address), address) == number


def test_it_shows_nothing_of_the_number() -> None:
    sealed = SEALER.seal(NUMBER, ADDRESS)
    assert sealed.startswith(VERSION)
    raw = base64.urlsafe_b64decode(sealed.removeprefix(VERSION))
    assert NUMBER.encode() not in raw
    assert NUMBER[-4:] not in sealed
    assert set(sealed) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=.")


def test_never_twice_the_same() -> None:
    assert len({SEALER.seal(NUMBER, ADDRESS) for _ in range(100)}) == 100


def test_the_same_secret_opens_in_another_process() -> None:
    assert Sealer("k" * 40).open(SEALER.seal(NUMBER, ADDRESS), ADDRESS) == NUMBER


def test_given_the_nonce_it_is_always_the_same() -> None:
    """The key, the cipher and the form are a contract with the rows already stored."""
    sealed = Sealer("k" * 40, random=lambda size: bytes(range(size))).seal(NUMBER, ADDRESS)
    assert sealed == "s1.AAECAwQFBgcICQoLgCepRwrGv4p-aaODcC7cg346zZeUTn_VrGUkHw=="


@pytest.mark.parametrize(
    ("sealed", "address"),
    [
        pytest.param(SEALER.seal(NUMBER, ADDRESS), "p1_autre", id="another-row"),
        pytest.param(Sealer("x" * 40).seal(NUMBER, ADDRESS), ADDRESS, id="another-secret"),
        pytest.param(SEALER.seal(NUMBER, ADDRESS)[:-8], ADDRESS, id="cut"),
        pytest.param(SEALER.seal(NUMBER, ADDRESS) + "AAAA", ADDRESS, id="longer"),
        pytest.param(SEALER.seal(NUMBER, ADDRESS).replace("s1.", "s2."), ADDRESS, id="another-version"),
        pytest.param("", ADDRESS, id="erased"),
        pytest.param(NUMBER, ADDRESS, id="in-clear"),
        pytest.param(VERSION, ADDRESS, id="nothing"),
        pytest.param(VERSION + "é", ADDRESS, id="no-base64"),
        pytest.param(VERSION + "!!!!", ADDRESS, id="signs"),
        pytest.param(VERSION + base64.urlsafe_b64encode(bytes(NONCE)).decode(), ADDRESS, id="only-a-nonce"),
    ],
)
def test_what_is_not_ours_stays_shut(sealed: str, address: str) -> None:
    with pytest.raises(SealError) as refused:
        SEALER.open(sealed, address)
    assert "3998" not in str(refused.value)
    assert refused.value.__context__ is None


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_bit_is_seen(place: int, change: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(SEALER.seal(NUMBER, ADDRESS).removeprefix(VERSION)))
    raw[place % len(raw)] ^= change
    with pytest.raises(SealError):
        SEALER.open(VERSION + base64.urlsafe_b64encode(bytes(raw)).decode(), ADDRESS)


@given(st.text(max_size=60))
def test_any_text_is_refused_kindly(text: str) -> None:
    with pytest.raises(SealError):
        SEALER.open(text, ADDRESS)


def test_a_sealer_shows_no_key() -> None:
    assert "k" * 8 not in repr(SEALER)
    assert "k" * 8 not in repr(vars(SEALER))

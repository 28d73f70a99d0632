"""A proof of erasure: genuine where it was given, on its day only, and about nobody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from assistant.privacy.proofs import Proofs
from channels.cli.main import app, guarded

DAY = date(2026, 11, 26)
SECRET = "x" * 40
PROOFS = Proofs(SECRET)


@given(st.dates(), st.integers(0, 9999))
def test_what_was_given_is_genuine_on_its_day_only(day: date, drawn: int) -> None:
    proof = Proofs(SECRET, draw=lambda _: drawn).give(day)
    assert PROOFS.is_genuine(day, proof)
    other = day + timedelta(days=1) if day < date.max else day - timedelta(days=1)
    assert not PROOFS.is_genuine(other, proof)
    assert not Proofs("y" * 40).is_genuine(day, proof)


def test_it_is_six_pairs_of_digits() -> None:
    pairs = PROOFS.give(DAY).split()
    assert [len(pair) for pair in pairs] == [2] * 6
    assert "".join(pairs).isdigit()


def test_two_of_one_day_differ() -> None:
    assert len({PROOFS.give(DAY) for _ in range(50)}) > 40


@pytest.mark.parametrize("position", range(12))
def test_one_wrong_digit_is_seen(position: int) -> None:
    digits = Proofs(SECRET, draw=lambda _: 4821).give(DAY).replace(" ", "")
    wrong = digits[:position] + str((int(digits[position]) + 1) % 10) + digits[position + 1 :]
    assert not PROOFS.is_genuine(DAY, wrong)


@pytest.mark.parametrize("joined", ["", " ", ".", "-", "\u00a0"])
def test_how_it_was_copied_does_not_count(joined: str) -> None:
    assert PROOFS.is_genuine(DAY, joined.join(PROOFS.give(DAY).split()))


@pytest.mark.parametrize("proof", ["", "12", "a" * 12, "1" * 13, "１" * 12, "12 34 56 78 90 1x"])
def test_anything_else_is_no_proof(proof: str) -> None:
    assert not PROOFS.is_genuine(DAY, proof)


def test_the_key_is_not_shown() -> None:
    assert SECRET not in repr(PROOFS)


class TestCommand:
    @pytest.fixture(autouse=True)
    def _secret(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SECRET_KEY", SECRET)

    def test_a_genuine_one_is_said_to_be(self) -> None:
        done = CliRunner().invoke(app, ["proof", "26/11/2026", PROOFS.give(DAY)])
        assert done.exit_code == 0
        assert "Cette preuve est vraie" in done.stdout

    def test_an_invented_one_fails_with_a_sentence(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.argv", ["camille", "proof", "26/11/2026", "00 00 00 00 00 00"])
        with pytest.raises(SystemExit) as ended:
            guarded(app)
        assert ended.value.code == 1
        assert "n'a pas été donnée ici" in capsys.readouterr().err

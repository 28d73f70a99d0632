"""Resume codes: four digits, short-lived, good once, hard to guess."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from assistant.privacy.pseudonyms import pseudonym
from assistant.storage import schema
from assistant.storage.guesses import RESUME
from assistant.storage.resume_codes import LIFE, give, redeem

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
INSTANT = timedelta(microseconds=1)
WEB, OTHER = "p1_page", "p1_autre"
HERE, THERE = "p1_ici", "p1_ailleurs"
Rows = Callable[[str], int]


def keyed(code: str) -> str:
    return pseudonym("resume", code, "p" * 40)


@pytest.fixture
def owner(connection: Connection) -> str:
    return stored(connection, "owner")


def stored(connection: Connection, name: str) -> str:
    connection.execute(insert(schema.persons).values(id=name, version=1, progress="{}", said="null", seen_at=AT))
    return name


def draws(monkeypatch: pytest.MonkeyPatch, *numbers: int) -> None:
    """Let the dice fall as told."""
    monkeypatch.setattr("assistant.storage.resume_codes.secrets.randbelow", lambda _: next(fall))
    fall = iter(numbers)


def given(connection: Connection, person: str, at: datetime = AT) -> str:
    """A code for `person`, who must get one."""
    code = give(connection, person, at, keyed)
    assert code
    return code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10_000:04d}"


def test_a_code_is_four_digits(connection: Connection, owner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    draws(monkeypatch, 7)
    assert given(connection, owner) == "0007"


def test_a_code_leads_to_its_person(connection: Connection, owner: str) -> None:
    assert redeem(connection, given(connection, owner), WEB, AT, keyed) == owner


def test_a_code_is_good_once(connection: Connection, owner: str) -> None:
    code = given(connection, owner)
    redeem(connection, code, WEB, AT, keyed)
    assert redeem(connection, code, WEB, AT, keyed) == "unknown"


def test_the_digits_are_not_stored(connection: Connection, owner: str) -> None:
    code = given(connection, owner)
    kept = connection.execute(select(schema.resume_codes.c.code)).scalar_one()
    assert kept == keyed(code)
    assert kept != pseudonym("resume", code, "another pepper" * 3), "a hash without a key is guessed in an instant"


def test_a_new_code_makes_the_one_before_void(
    connection: Connection, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws(monkeypatch, 1111, 2222)
    before, after = given(connection, owner), given(connection, owner)
    assert redeem(connection, before, WEB, AT, keyed) == "unknown"
    assert redeem(connection, after, WEB, AT, keyed) == owner


def test_two_persons_never_have_the_same_code(
    connection: Connection, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws(monkeypatch, 1111, 1111, 1111, 2222)
    assert given(connection, owner) == "1111"
    assert given(connection, stored(connection, "second")) == "2222"
    assert redeem(connection, "1111", WEB, AT, keyed) == owner


def test_a_code_lives_as_long_as_promised(connection: Connection, owner: str) -> None:
    code = given(connection, owner)
    assert redeem(connection, code, WEB, AT + LIFE, keyed) == "unknown"
    assert redeem(connection, code, WEB, AT + LIFE - INSTANT, keyed) == owner


def test_dead_codes_are_swept_when_a_code_is_given(connection: Connection, owner: str, rows: Rows) -> None:
    given(connection, owner)
    given(connection, stored(connection, "second"), AT + LIFE + INSTANT)
    assert rows("resume_codes") == 1


def test_after_too_many_guesses_even_the_right_code_is_refused(connection: Connection, owner: str) -> None:
    code = given(connection, owner)
    for _ in range(RESUME.most):
        assert redeem(connection, wrong(code), WEB, AT, keyed) == "unknown"
    assert redeem(connection, code, WEB, AT, keyed) == "blocked"
    assert redeem(connection, code, WEB, AT + RESUME.window - INSTANT, keyed) == "blocked"
    assert redeem(connection, code, WEB, AT + RESUME.window, keyed) == owner


def test_being_blocked_does_not_lengthen_the_wait(connection: Connection, owner: str, rows: Rows) -> None:
    """Somebody with trembling fingers is not shut out for trying again."""
    code = given(connection, owner)
    for _ in range(RESUME.most + 20):
        redeem(connection, wrong(code), WEB, AT, keyed)
    assert rows("guesses") == 2 * RESUME.most, "hers, and those of all"


def test_the_guesses_of_one_do_not_block_another(connection: Connection, owner: str) -> None:
    code = given(connection, owner)
    for _ in range(RESUME.most):
        redeem(connection, wrong(code), OTHER, AT, keyed)
    assert redeem(connection, code, WEB, AT, keyed) == owner


def test_guesses_from_everywhere_together_are_limited(connection: Connection, owner: str) -> None:
    """A visit of the page costs nothing: ever new addresses must not have ten thousand guesses."""
    code = given(connection, owner)
    for index in range(RESUME.most_of_all):
        assert redeem(connection, wrong(code), f"p1_{index}", AT, keyed) == "unknown"
    assert redeem(connection, code, WEB, AT, keyed) == "blocked"
    assert redeem(connection, code, WEB, AT + RESUME.window, keyed) == owner


def test_the_guesses_of_one_network_do_not_block_another(connection: Connection, owner: str) -> None:
    code = given(connection, owner)
    told = [redeem(connection, wrong(code), f"p1_{visit}", AT, keyed, HERE) for visit in range(100)]
    assert told.count("unknown") == RESUME.most_of_network
    assert redeem(connection, code, WEB, AT, keyed, HERE) == "blocked"
    assert redeem(connection, code, WEB, AT, keyed, THERE) == owner


def test_a_right_code_is_no_guess(connection: Connection, owner: str, rows: Rows) -> None:
    for _ in range(RESUME.most + 1):
        assert redeem(connection, given(connection, owner), WEB, AT, keyed) == owner
    assert rows("guesses") == 0


def test_codes_that_have_run_out_are_none_and_do_not_hang_the_service(
    connection: Connection, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand live codes."""
    other = stored(connection, "second")
    every = [{"code": keyed(f"{code:04d}"), "person": other, "expires_at": AT + LIFE} for code in range(10_000)]
    connection.execute(insert(schema.resume_codes), every)
    draws(monkeypatch, *range(10_000), *range(10_000))
    assert give(connection, owner, AT, keyed) is None

"""Resume links: beside a code, good once with it, never used up by looking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection

from assistant.storage import schema
from assistant.storage.resume_codes import LIFE, follow, give_link, leads_to, redeem
from tests.storage.test_resume_codes import AT, INSTANT, WEB, given, keyed, stored

Rows = Callable[[str], int]


@pytest.fixture
def owner(connection: Connection) -> str:
    return stored(connection, "owner")


def test_a_link_leads_to_its_person_once(connection: Connection, owner: str) -> None:
    link = give_link(connection, owner, AT, keyed)
    assert follow(connection, link, AT, keyed) == owner
    assert follow(connection, link, AT, keyed) is None


def test_looking_uses_nothing_up(connection: Connection, owner: str) -> None:
    link = give_link(connection, owner, AT, keyed)
    assert {leads_to(connection, link, AT, keyed) for _ in range(100)} == {owner}
    assert follow(connection, link, AT, keyed) == owner


def test_a_link_ends_at_the_second(connection: Connection, owner: str) -> None:
    link = give_link(connection, owner, AT, keyed)
    assert leads_to(connection, link, AT + LIFE - INSTANT, keyed) == owner
    for at in (AT + LIFE, AT + LIFE + timedelta(days=1)):
        assert leads_to(connection, link, at, keyed) is None
        assert follow(connection, link, at, keyed) is None


def test_the_first_used_of_a_code_and_its_link_voids_the_other(connection: Connection, owner: str) -> None:
    code = given(connection, owner)
    link = give_link(connection, owner, AT, keyed)
    assert redeem(connection, code, WEB, AT, keyed) == owner
    assert follow(connection, link, AT, keyed) is None
    code = given(connection, owner)
    link = give_link(connection, owner, AT, keyed)
    assert follow(connection, link, AT, keyed) == owner
    assert redeem(connection, code, WEB, AT, keyed) == "unknown"


def test_a_new_code_voids_the_link_before(connection: Connection, owner: str) -> None:
    link = give_link(connection, owner, AT, keyed)
    given(connection, owner)
    assert follow(connection, link, AT, keyed) is None


def test_the_letters_are_not_stored(connection: Connection, owner: str) -> None:
    link = give_link(connection, owner, AT, keyed)
    assert len(link) == 22  # 128 bits in base 64
    (kept,) = connection.execute(select(schema.resume_codes.c.code)).scalars()
    assert link not in kept


def test_wrong_links_count_as_no_guess(connection: Connection, owner: str, rows: Rows) -> None:
    """Otherwise an old link, pressed again and again, would shut out whoever then types her right code."""
    code = given(connection, owner)
    for _ in range(100):
        assert follow(connection, "x" * 22, AT, keyed) is None
    assert rows("guesses") == 0
    assert redeem(connection, code, WEB, AT, keyed) == owner


def test_digits_are_no_link_and_a_link_is_no_code(connection: Connection, owner: str) -> None:
    code = given(connection, owner)
    link = give_link(connection, owner, AT, keyed)
    assert follow(connection, code, AT, keyed) is None
    assert redeem(connection, link, WEB, AT, keyed) == "unknown"

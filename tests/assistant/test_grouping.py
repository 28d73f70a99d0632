"""What was not understood, grouped: likeness, and nothing that fewer than eleven persons said."""

from __future__ import annotations

import pytest

from assistant.figures import LEAST
from assistant.grouping import MOST_TOLD, groups, name_of
from assistant.privacy.pseudonyms import share
from assistant.storage.unclear import SHARES, Said


def said(text: str, *shares: int) -> Said:
    return Said(text, len(shares), frozenset(shares))


def test_ways_of_saying_one_thing_are_one_group() -> None:
    (group,) = groups(
        [
            said("je trouve pas le numéro de ma carte", *range(8)),
            said("je trouve pas le numero de la carte", *range(6, 12)),
            said("Je trouve pas le numéro, de ma carte !", 20),
        ]
    )
    assert group.persons == 11, "thirteen, rounded down"
    assert group.texts[0] == "je trouve pas le numéro de ma carte"
    assert len(group.texts) == 3


def test_what_is_not_alike_is_not() -> None:
    found = groups([said("je trouve pas le numéro", *range(11)), said("la page reste blanche", *range(11))])
    assert [group.texts for group in found] == [("je trouve pas le numéro",), ("la page reste blanche",)]


@pytest.mark.parametrize(("persons", "told"), [(LEAST - 1, 0), (LEAST, 1)])
def test_what_fewer_than_eleven_said_is_not_told(persons: int, told: int) -> None:
    assert len(groups([said("la page reste blanche", *range(persons))])) == told


def test_one_person_who_says_it_often_is_one() -> None:
    assert groups([Said("la page reste blanche", 500, frozenset({3}))]) == []


def test_rows_without_a_share_are_nobody() -> None:
    assert groups([Said("la page reste blanche", 500, frozenset())]) == []


def test_no_more_than_can_be_read() -> None:
    texts = [f"{'abcdefghij'[n % 10] * 9} {'klmnopqrst'[n // 10] * 9}" for n in range(100)]
    assert len(groups([said(text, *range(11)) for text in texts])) == MOST_TOLD


def test_a_group_is_called_by_its_first_text() -> None:
    (group,) = groups([said("la page reste blanche", *range(11))])
    assert group.name == name_of("la page reste blanche")
    assert group.name != name_of("la page reste blanche.")


class TestShares:
    def test_the_same_person_is_in_the_same_part_and_many_are_in_each(self) -> None:
        parts = [share(f"person {number}", SHARES, "y" * 40) for number in range(6_400)]
        assert parts == [share(f"person {number}", SHARES, "y" * 40) for number in range(6_400)]
        counts = [parts.count(part) for part in range(SHARES)]
        assert min(counts) > 60
        assert max(counts) < 150

    def test_without_the_pepper_nobody_knows_which(self) -> None:
        mine = [share(f"person {number}", SHARES, "y" * 40) for number in range(640)]
        theirs = [share(f"person {number}", SHARES, "z" * 40) for number in range(640)]
        assert sum(one == other for one, other in zip(mine, theirs, strict=True)) < 40

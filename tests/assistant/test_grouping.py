"""What was not understood, grouped: likeness, and nothing that fewer than eleven persons said."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    assert group.phrases == ("je trouve pas le numéro de carte",)
    assert len(group.texts) == 3


def test_what_is_not_alike_is_not() -> None:
    found = groups([said("je trouve pas le numéro", *range(11)), said("la page reste blanche", *range(11))])
    assert [group.phrases for group in found] == [("je trouve pas le numéro",), ("la page reste blanche",)]


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


def test_a_group_is_called_by_what_is_shown_of_it() -> None:
    """The print of a text that is not shown could be tried out."""
    (group,) = groups([said("la page reste blanche [mot]", *range(11))])
    assert group.name == name_of("la page reste blanche")


class TestNobodysWords:
    def test_what_one_person_adds_is_not_shown(self) -> None:
        own = "la page reste blanche chez ma soeur"
        (group,) = groups([said("la page reste blanche", *range(20)), said(own, 40)])
        assert group.phrases == ("la page reste blanche",)
        assert own in group.texts, "it is dealt with all the same"

    @pytest.mark.parametrize(("persons", "told"), [(LEAST - 1, "la page reste"), (LEAST, "la page reste blanche")])
    def test_a_word_is_shown_when_eleven_wrote_it(self, persons: int, told: str) -> None:
        (group,) = groups([said("la page reste blanche", *range(persons)), said("la page reste là", *range(30, 50))])
        assert told in group.phrases

    def test_words_of_many_that_only_one_person_put_together_are_not(self) -> None:
        """Each of them is everybody's; side by side they are hers."""
        many = [said("la carte de mon mari", *range(11)), said("la carte de mon fils", *range(20, 31))]
        (group,) = groups([*many, said("la carte de mon mari fils", 50)])
        assert all(not {"mari", "fils"} <= set(phrase.split()) for phrase in group.phrases)

    def test_a_group_in_which_nobody_shares_two_words_is_not_shown(self) -> None:
        alone = [said(f"blanche page {letter * 5}", number) for number, letter in enumerate("abcdefghijkl")]
        assert [group.phrases for group in groups(alone)] == [("blanche page",)]
        assert groups([said(f"blanche {letter * 5}", number) for number, letter in enumerate("abcdefghijkl")]) == []

    def test_one_share_is_one_person_however_many_texts(self) -> None:
        texts = [said(f"la page reste blanche {letter * 3}", 7) for letter in "abcdefghijkl"]
        assert groups([said("la page reste", *range(20)), *texts])[0].phrases == ("la page reste",)

    @settings(max_examples=100, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.lists(
                    st.sampled_from("page carte mari reste blanche je la l'espace".split()), min_size=1, max_size=6
                ),
                st.frozensets(st.integers(0, 63), min_size=1, max_size=14),
            ),
            max_size=30,
        )
    )
    def test_all_that_is_shown_was_written_together_by_eleven(
        self, rows: list[tuple[list[str], frozenset[int]]]
    ) -> None:
        texts = [Said(" ".join(words), len(shares), shares) for words, shares in rows]
        for group in groups(texts):
            for phrase in group.phrases:
                who = [
                    one.shares
                    for one in texts
                    if one.text in group.texts and set(phrase.split()) <= set(one.text.split())
                ]
                assert len(frozenset[int]().union(*who)) >= LEAST, phrase

    def test_two_thousand_ways_of_saying_it_are_read_in_time(self) -> None:
        chance = random.Random(7)
        words = [f"{a}{b}{'o' * n}" for a in "bcdf" for b in "aeiu" for n in (3, 5, 7)]
        texts = [
            said(
                "la page reste blanche " + " ".join(chance.sample(words, 1)) + f" {'z' * chance.randrange(1, 9)}",
                chance.randrange(64),
            )
            for _ in range(2_000)
        ]
        begun = time.perf_counter()
        assert groups(texts)
        assert time.perf_counter() - begun < 5


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

"""A yes is a yes from the list, alone; an emoji, a hesitation or a story is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.consent import NO, PLAIN_YES, YES, agreed, confirmed
from assistant.folding import clean, fold


def folded(text: str) -> str:
    return fold(clean(text))


@pytest.mark.parametrize(
    "written",
    (
        "oui|OUI|Oui !|ouiiii|oui.|ouais|wi|d'accord|D’accord|daccord|d accord|ok|Ok merci|oui s'il vous plaît|"
        "c'est ça|bien sûr|je veux bien|j'accepte|oui madame|oui 🙂|tout à fait"
    ).split("|"),
)
def test_yes(written: str) -> None:
    assert agreed(folded(written)) == "yes"


@pytest.mark.parametrize(
    "written",
    (
        "non|NON|Non merci|nonnn|nan|surtout pas|jamais|je ne veux pas|pas du tout|non, je ne veux pas|non !|"
        "pas question|Non madame|je refuse"
    ).split("|"),
)
def test_no(written: str) -> None:
    assert agreed(folded(written)) == "no"


@pytest.mark.parametrize(
    "written",
    (
        "👍|😀|...||?|oui et non|oui mais|peut-être|je crois que oui|oui oui non|non non oui|bof|ouï-dire|"
        "je ne dis pas non|est-ce que je dois dire oui ?|oui ou non|1|okapi|nonante|si besoin"
    ).split("|"),
)
def test_neither(written: str) -> None:
    assert agreed(folded(written)) is None


@pytest.mark.parametrize("written", ["oui", "OUI !", "Oui, effacez.", "je confirme", "oui je confirme"])
def test_the_plain_word_confirms(written: str) -> None:
    assert confirmed(folded(written))


@pytest.mark.parametrize(
    "written", ("ok|👍|d'accord|ouais|oui oui|oui merci|si|oui mais|non||...|oui je veux activer").split("|")
)
def test_anything_else_does_not(written: str) -> None:
    assert not confirmed(folded(written))


def test_the_lists_are_apart() -> None:
    assert not YES & NO
    assert PLAIN_YES <= YES


@given(st.text(st.characters(categories=["S", "P", "Z", "C", "M"]), max_size=20))
def test_signs_and_emoji_say_nothing(text: str) -> None:
    assert agreed(folded(text)) is None
    assert not confirmed(folded(text))

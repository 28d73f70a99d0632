"""What is kept of a message that was not understood names nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.privacy.plain_words import TAKEN_OUT, PlainWords, plain_words
from assistant.settings import ROOT


@pytest.fixture(scope="module")
def plain() -> PlainWords:
    return plain_words(ROOT / "data")


@pytest.mark.parametrize(
    ("masked", "kept"),
    [
        pytest.param("le code de la carte", "le code de la carte", id="ordinary words"),
        pytest.param("jé pa resu le kode", "jé pa resu le kode", id="by ear"),
        pytest.param("ma lettre [code] est où", "ma lettre [code] est où", id="a mask stays"),
        pytest.param("je suis à Trifouillis", "je suis à [mot]", id="a place"),
        pytest.param("c'est Zbigniew pour la carte", "c'est [mot] pour la carte", id="a rare name"),
        pytest.param("je m'appelle Carte Code", "je m'appelle […]", id="a name of words that sentences go on with"),
        pytest.param("bonjour madame Lettre pour la carte", "bonjour madame […] pour la carte", id="after a title"),
        pytest.param("mon prénom petit", "mon prénom […]", id="nothing but the word name before it"),
        pytest.param("je m'appelle Petit Blanc", "je m'appelle […]", id="a name made of ordinary words"),
        pytest.param("bonjour madame Petit pour la carte", "bonjour madame […] pour la carte", id="a title"),
        pytest.param("bonjour madame petit pour la carte", "bonjour madame […] pour la carte", id="in small letters"),
        pytest.param("le mme mot de passe", "le mme mot de passe", id="not a title"),
    ],
)
def test_what_is_kept(plain: PlainWords, masked: str, kept: str) -> None:
    found = plain.only(masked)
    assert [part for part in found.replace(TAKEN_OUT, " [mot] ").split() if part] == kept.split()


@given(st.text(max_size=200))
def test_any_text_gives_known_words_or_marks(text: str) -> None:
    words = PlainWords(frozenset({"carte", "code"}))
    left = words.only(text).replace(TAKEN_OUT, " ")
    for word in "".join(letter if letter.isalpha() else " " for letter in left.split("[")[0]).split():
        assert words._is_plain(word)

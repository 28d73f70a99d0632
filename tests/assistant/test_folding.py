"""Cleaning and folding never fail, and make what looks alike the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.folding import LONGEST, clean, fold, sound

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        pytest.param("C'est FAIT !!!", "c est fait", id="case and punctuation"),
        pytest.param("Ouiiiii", "oui", id="drawn out"),
        pytest.param("ARRÊT", "arret", id="accented capital"),
        pytest.param("l’œuvre", "l oeuvre", id="typographic apostrophe and ligature"),
        pytest.param("une adresse créée", "une adresse creee", id="three e that are not drawn out"),
        pytest.param("👍", "", id="emoji"),
        pytest.param("...", "", id="dots"),
        pytest.param("2)", "2", id="number with a parenthesis"),
        pytest.param("ＳＴＯＰ", "stop", id="full width"),
        pytest.param("n°2", "n 2", id="degree sign"),
    ],
)
def test_fold(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        pytest.param("１２３", "123", id="full-width digits"),
        pytest.param("٤٥٦", "456", id="Arabic-Indic digits"),
        pytest.param("۷۸", "78", id="Persian digits"),
        pytest.param("𝟙𝟚 ①", "12 1", id="mathematical and circled digits"),
        pytest.param("❶❷", "12", id="dingbat digits"),
        pytest.param("1\u00a085\u202f05", "1 85 05", id="no-break spaces"),
        pytest.param("a\nb\t c", "a b c", id="lines and tabs"),
        pytest.param("s\u200bt\u200do\u2060p", "stop", id="zero-width marks"),
        pytest.param("\u202eabc\u202c", "abc", id="direction marks"),
        pytest.param("a\x00b\x1bc\x7f", "abc", id="control characters"),
        pytest.param("a\ud800b", "ab", id="lone surrogate"),
        pytest.param("1\u3164\u11602", "12", id="Hangul fillers"),
        pytest.param("／restart", "/restart", id="full-width slash"),
        pytest.param("", "", id="empty"),
        pytest.param(" \u200b\n", "", id="nothing to see"),
    ],
)
def test_clean(written: str, cleaned: str) -> None:
    assert clean(written) == cleaned


@given(ANY_TEXT)
def test_clean_gives_text_that_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert len(cleaned) <= LONGEST
    assert "\x00" not in cleaned
    assert cleaned == cleaned.strip()
    assert clean(cleaned) == cleaned


@given(ANY_TEXT)
def test_no_digit_of_another_script_is_left(text: str) -> None:
    assert not [letter for letter in clean(text) if letter.isdigit() and not letter.isascii()]


@given(ANY_TEXT)
def test_fold_gives_bare_words(text: str) -> None:
    folded = fold(clean(text))
    assert folded == " ".join(folded.split())
    assert all(letter == " " or (letter.isalnum() and not unicodedata.combining(letter)) for letter in folded)


def test_a_paste_is_cut() -> None:
    assert len(clean("é" * 100_000)) == LONGEST
    assert len(clean("\ufdfa" * 100_000)) == LONGEST


@pytest.mark.parametrize(
    "spellings",
    [
        pytest.param(["respirer", "respire", "respirais", "respirez"], id="endings"),
        pytest.param(["suicider", "suissider", "suicide"], id="s and c"),
        pytest.param(["hemorragie", "emoragi"], id="silent h"),
        pytest.param(["quand", "kan", "kant"], id="qu and k"),
        pytest.param(["eau", "o", "au"], id="eau"),
        pytest.param(["pharmacie", "farmassi"], id="ph"),
    ],
)
def test_what_sounds_alike_is_alike(spellings: list[str]) -> None:
    assert len(set(map(sound, spellings))) == 1


@given(ANY_TEXT)
def test_sound_never_fails(text: str) -> None:
    for word in fold(text).split():
        assert len(sound(word)) <= len(word)

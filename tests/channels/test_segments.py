"""What an SMS costs, and how it is written so that it costs no more than it must."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.turns import Choice, Message, Reply
from channels.sms.segments import BASIC, EXTENSION, GSM, SPARED, Segments, sanitise
from channels.sms.text import LONGEST, written

FRENCH = st.text(st.sampled_from("abcdeéèàùçêîôûëïÀÉÇ «»“”’…–—œæ°€[]~\n\u00a0\u202f0123456789,.:;!?"), max_size=700)
PROPER = st.text(st.characters(exclude_categories=("Cs",)), max_size=400)


def test_the_alphabet_is_whole() -> None:
    assert len(BASIC) == 127
    assert len(EXTENSION) == 10
    assert not BASIC & EXTENSION


@pytest.mark.parametrize("letter", "àéèùÉÇæÆäöüñ@£$")
def test_in_the_alphabet(letter: str) -> None:
    assert Segments.of(letter).encoding == "GSM-7"


@pytest.mark.parametrize("letter", [*"çâêîôûëïÿœÀÂÈÊËÎÏÔŒÙÛŸ’‘“”«»–—…•·°→\t`", "\u00a0", "\u202f", "e\u0301", "😀"])
def test_outside_the_alphabet(letter: str) -> None:
    assert Segments.of(letter).encoding == "UCS-2"


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("a" * 158 + "€", "GSM-7", 160, 1),
        ("a" * 159 + "€", "GSM-7", 161, 2),
        # 153 letters and 152 would do; the pair that starts on the last septet of the first part moves on whole.
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("ç" * 70, "UCS-2", 70, 1),
        ("ç" * 71, "UCS-2", 71, 2),
        ("ç" * 134, "UCS-2", 134, 2),
        ("ç" * 135, "UCS-2", 135, 3),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
        ("a" * 159 + "ê", "UCS-2", 160, 3),
        ("Étape 1 : prenez votre carte Vitale. Répondez OK quand c'est fait.", "GSM-7", 66, 1),
        ("Avez-vous reçu le code ? 1 = oui, 2 = non", "UCS-2", 41, 1),
    ],
    ids=lambda value: str(value)[:12],
)
def test_segments(text: str, encoding: str, units: int, count: int) -> None:
    assert Segments.of(text) == Segments(encoding, units, count)  # type: ignore[arg-type]


@given(st.text(st.sampled_from(sorted(GSM)), max_size=900))
def test_parts_hold_whole_characters(text: str) -> None:
    """Counted the long way: septets laid out one by one, with an escape for each character of the extension."""
    septets = [
        half
        for character in text
        for half in ([("esc", character), ("low", character)] if character in EXTENSION else [("one", character)])
    ]
    parts, start = (1, len(septets)) if len(septets) <= 160 else (0, 0)
    while start < len(septets):
        end = start + 153
        if end < len(septets) and septets[end][0] == "low":
            end -= 1
        parts, start = parts + 1, end
    assert Segments.of(text) == Segments("GSM-7", len(septets), parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’étape… « À bientôt »", 'L\'étape... "À bientôt"'),
        ("e\u0301te\u0301", "été"),
        ("Nous\u202f? Oui\u00a0!", "Nous ? Oui !"),
        ("cœur, Œuvre, cæcum", "coeur, Oeuvre, cæcum"),
        ("lundi–vendredi — 8h30", "lundi-vendredi - 8h30"),
        ("Bravo 🎉 ! 👍🏽", "Bravo !"),
        ("1️⃣ oui", "1 oui"),
        ("Škoda ﬁn ½", "Skoda fin 1/2"),
        ("да", "??"),
        ("٣ fois", "3 fois"),
        ("a\x00b\x0cc\r\nd\x1be", "ab\nc\nde"),
        ("trop   d'espaces \n\n\n\n ici ", "trop d'espaces\n\nici"),
        ("\ud800seul", "seul"),
        ("reçu, être, forêt", "reçu, être, forêt"),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_sanitise(text: str, expected: str) -> None:
    assert sanitise(text) == expected


def test_accents_stay_only_where_they_are_free() -> None:
    assert sanitise("ê" + "a" * 69) == "ê" + "a" * 69
    assert sanitise("ê" + "a" * 70) == "e" + "a" * 70
    assert sanitise("À la fin, ça ira : vous êtes prêt. " * 4).startswith("A la fin, ca ira : vous etes pret.")
    # What is in the alphabet is never touched.
    assert "éèàùÉÇ" in sanitise("éèàùÉÇ ê" * 40)


@given(st.one_of(FRENCH, PROPER, st.text(max_size=400)))
@example("« »")
@example("Œ" * 300)
def test_sanitised_text_is_clean_cheap_and_stable(text: str) -> None:
    clean = sanitise(text)
    assert set(clean) <= GSM | set(SPARED)
    assert not any(unicodedata.category(character) == "Cc" for character in clean.replace("\n", ""))
    assert sanitise(clean) == clean
    bare = "".join(unicodedata.normalize("NFD", letter)[0] if letter in SPARED else letter for letter in clean)
    assert Segments.of(clean).count <= Segments.of(bare).count


@given(st.text(st.sampled_from(sorted(BASIC - {"\n", "\r", " "})), max_size=700))
def test_the_alphabet_itself_is_left_alone(text: str) -> None:
    assert sanitise(text) == text


def reply(*texts: str, labels: tuple[str, ...] = ()) -> Reply:
    choices = tuple(Choice(str(index), label, "move:menu") for index, label in enumerate(labels, 1))
    messages = [Message(text) for text in texts[:-1]] + [Message(texts[-1], choices)] if texts else []
    return Reply(tuple(messages), "x")


def test_one_message_then_a_line_a_choice() -> None:
    assert written(reply("Bonjour.", "Étape 1/6.", labels=("C'est fait", "Ça bloque"))) == (
        "Bonjour.\nÉtape 1/6.\n1 = C'est fait\n2 = Ça bloque"
    )


def test_silence_is_no_text() -> None:
    assert written(reply()) == ""


def test_a_long_text_is_cut_and_keeps_its_choices() -> None:
    text = written(reply("mot " * 900, labels=("Oui", "Non")))
    assert len(text) <= LONGEST
    assert text.endswith("mot...\n1 = Oui\n2 = Non")


@given(st.lists(st.text(max_size=2500), max_size=3), st.lists(st.text(max_size=2500), max_size=12))
def test_never_longer_than_a_provider_takes(texts: list[str], labels: list[str]) -> None:
    text = written(reply(*texts, labels=tuple(labels) if texts else ()))
    assert len(text) <= LONGEST
    assert set(text) <= GSM | set(SPARED)

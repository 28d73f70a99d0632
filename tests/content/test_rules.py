"""Each rule of plain French fires on a bad text and is silent on a good one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from assistant.content.answers import Answer
from assistant.content.book import Book
from assistant.content.facts import Fact
from assistant.content.rules import (
    LONGEST_SENTENCE,
    LONGEST_VOICE,
    LONGEST_VOICE_STEP,
    SHELF_LIFE,
    Text,
    banned_words,
    faults,
    hard_to_read,
    outdated,
    texts,
)
from assistant.content.wording import CHANNELS, Basis, Wording
from assistant.guide import Guide
from assistant.settings import ROOT
from assistant.turns import Channel, Choice

TODAY = date(2026, 11, 23)
BANNED = {"cliquer": "appuyer sur", "il suffit de": "dire quoi faire", "s authentifier": "se connecter"}
EASY = "Prenez la carte verte. Posez la carte sur la table. " * 5
HARD = "L'authentification administrative nécessite l'identification numérique personnalisée préalable. " * 5


def found(text: str, channel: Channel = "web", *, step: bool = False, choices: bool = False) -> list[str]:
    """What the rules say of `text`."""
    return list(faults(Text("essai", "say", channel, text, step, choices), BANNED))


def words(count: int) -> str:
    """A text of `count` words in sentences that are short enough."""
    whole, rest = divmod(count, 10)
    return " ".join(" ".join(["mot"] * size).capitalize() + "." for size in [10] * whole + [rest] * bool(rest))


def book(answers: Sequence[Answer] = (), facts: Sequence[Fact] = ()) -> Book:
    return Book({}, {answer.name: answer for answer in answers}, {}, {fact.name: fact for fact in facts})


def answer(
    text: str, *, facts: tuple[str, ...] = (), checked: date = TODAY, choices: tuple[Choice, ...] = ()
) -> Answer:
    return Answer("essai", Wording(text, text, text), None, "", choices, Basis(facts, ours=not facts, checked=checked))


class TestSentences:
    def test_a_long_sentence(self) -> None:
        said = found("Un " * LONGEST_SENTENCE + "de trop.")
        assert [fault.startswith("phrase de 17 mots") for fault in said] == [True]

    def test_a_sentence_just_short_enough(self) -> None:
        assert found("Un " * (LONGEST_SENTENCE - 1) + "mot.") == []

    def test_each_long_sentence_is_named(self) -> None:
        assert len(found(("Mot " * 16 + ". ") * 2 + "Bien.")) == 2

    @pytest.mark.parametrize("channel", CHANNELS)
    def test_on_every_channel(self, channel: Channel) -> None:
        assert len(found("Un " * LONGEST_SENTENCE + "de trop.", channel)) == 1


class TestBannedWords:
    @pytest.mark.parametrize(
        "text",
        [
            "Il faut cliquer ici.",
            "CLIQUER sur le bouton.",
            "Cliquer, puis attendre.",
            "Il suffit de lire.",
            "Pour s'authentifier, lisez.",
            "Pour s’authentifier, lisez.",
        ],
    )
    def test_a_banned_word(self, text: str) -> None:
        (fault,) = found(text)
        assert "dites plutôt" in fault

    @pytest.mark.parametrize("text", ["Il faut appuyer ici.", "Décliquer.", "Il suffit."])
    def test_other_words(self, text: str) -> None:
        assert found(text) == []

    def test_the_list_says_what_to_say_instead(self) -> None:
        banned = banned_words(ROOT / "data")
        assert len(banned) >= 10
        assert all(instead for instead in banned.values())

    @pytest.mark.parametrize("text", ["Nous cliquons ici.", "Suivez les procédures.", "Deux interfaces."])
    def test_any_ending_of_a_banned_word_counts(self, text: str) -> None:
        """data/lexicon/banned.yml promises it."""
        bad = Text("essai", "say", "web", text, False, False)
        assert len(list(faults(bad, banned_words(ROOT / "data")))) == 1


class TestSpoken:
    @pytest.mark.parametrize(
        "text",
        ["Allez sur monespacesante.fr.", "Voyez www.ameli.fr.", "Lisez https://exemple.com/page", "Sur ameli.FR."],
    )
    def test_an_address_is_not_spoken(self, text: str) -> None:
        assert any("ne se dit pas" in fault for fault in found(text, "voice"))
        assert found(text, "web") == []

    @pytest.mark.parametrize("text", ["Faites le 3422.", "Le code 123456.", "Depuis 2022."])
    def test_digits_that_would_be_misread(self, text: str) -> None:
        assert any("se lirait mal" in fault for fault in found(text, "voice"))
        assert found(text, "sms") == []

    @pytest.mark.parametrize("text", ["Faites le 34 22.", "Faites le 15.", "À 8 heures 30.", "Faites le 1 1 2."])
    def test_digits_that_are_read_well(self, text: str) -> None:
        assert found(text, "voice") == []

    @pytest.mark.parametrize("sign", list("()[]*_#/<>|\\•→😀✅☎"))
    def test_a_sign_that_is_not_spoken(self, sign: str) -> None:
        assert [fault for fault in found(f"Un {sign} deux.", "voice") if "ne se dit pas" in fault]
        assert found(f"Un {sign} deux.", "web") == []

    def test_a_blank_to_fill_in_is_no_sign(self) -> None:
        assert found("Étape {position} sur {of}.", "voice") == []

    def test_before_choices_a_voice_is_brief(self) -> None:
        assert found(words(LONGEST_VOICE_STEP), "voice", step=True, choices=True) == []
        assert len(found(words(LONGEST_VOICE_STEP + 1), "voice", step=True, choices=True)) == 1

    @pytest.mark.parametrize(("step", "choices"), [(True, False), (False, True), (False, False)])
    def test_elsewhere_it_may_say_twice_as_much(self, step: bool, choices: bool) -> None:
        assert found(words(LONGEST_VOICE), "voice", step=step, choices=choices) == []
        assert len(found(words(LONGEST_VOICE + 1), "voice", step=step, choices=choices)) == 1

    def test_a_page_may_say_more(self) -> None:
        assert found(words(LONGEST_VOICE * 2), "web") == []


class TestReadability:
    def test_a_hard_text_is_named_with_its_score(self) -> None:
        ((name, score),) = hard_to_read(book([answer(HARD)]))
        assert name == "essai"
        assert score < 0

    def test_an_easy_text_is_not(self) -> None:
        assert list(hard_to_read(book([answer(EASY)]))) == []

    def test_a_few_words_are_not_measured(self) -> None:
        assert list(hard_to_read(book([answer("Authentification administrative obligatoire.")]))) == []

    def test_the_real_content_is_above_the_floor(self, guide: Guide) -> None:
        assert list(hard_to_read(guide.book)) == []


class TestShelfLife:
    FACT = Fact("B01", "Un fait.", "une source", "confirmed", TODAY)
    OLD = TODAY - SHELF_LIFE

    def test_a_fact_on_its_last_day(self) -> None:
        kept = replace(self.FACT, gathered=self.OLD)
        assert list(outdated(book([answer("Un.", facts=("B01",))], [kept]), TODAY)) == []

    def test_a_fact_past_its_life_names_who_rests_on_it(self) -> None:
        past = replace(self.FACT, gathered=date(2020, 1, 2))
        ((name, what),) = outdated(book([answer("Un.", facts=("B01",))], [past]), TODAY)
        assert name == "essai"
        assert "B01" in what
        assert "02/01/2020" in what

    def test_a_text_not_read_for_too_long(self) -> None:
        assert list(outdated(book([answer("Un.", checked=self.OLD)]), TODAY)) == []
        ((name, what),) = outdated(book([answer("Un.", checked=date(2020, 1, 2))]), TODAY)
        assert (name, what) == ("essai", "relu le 02/01/2020")

    def test_a_fact_that_nothing_rests_on_may_age(self) -> None:
        assert list(outdated(book([answer("Un.")], [replace(self.FACT, gathered=date(2020, 1, 2))]), TODAY)) == []


class TestTexts:
    def test_everything_that_can_be_said_is_read(self, guide: Guide) -> None:
        """Each wording on each channel, the second wordings and what the page adds."""
        read = {(text.name, text.role, text.channel) for text in texts(guide.book)}
        for entry in guide.book.answers.values():
            assert {(entry.name, "say", channel) for channel in CHANNELS} <= read
            assert not entry.more or (entry.name, "more", "web") in read
        for journey in guide.book.journeys.values():
            for step in journey.steps.values():
                assert {(step.name, role, channel) for role in ("say", "simpler") for channel in CHANNELS} <= read

    def test_a_step_and_an_answer_of_one_name_are_both_read(self, guide: Guide) -> None:
        shared = set(guide.book.answers) & {name for each in guide.book.journeys.values() for name in each.steps}
        for name in shared:
            assert {text.step for text in texts(guide.book) if text.name == name} == {True, False}

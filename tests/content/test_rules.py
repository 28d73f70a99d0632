"""Each rule of plain French fires on a bad text and is silent on a good one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from assistant.content.answers import Answer
from assistant.content.book import Book
from assistant.content.entries import ENOUGH_WORDS, Entry, Text, entries, texts
from assistant.content.facts import Fact
from assistant.content.rules import (
    LEAST_KANDEL_MOLES,
    LONGEST_MEAN_SENTENCE,
    LONGEST_SENTENCE,
    LONGEST_VOICE,
    LONGEST_VOICE_STEP,
    MOST_LIX,
    MOST_LIX_ON_AVERAGE,
    SHELF_LIFE,
    banned_words,
    faults,
    hard_on_average,
    hard_to_read,
    outdated,
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


def entry(text: str, *, facts: tuple[str, ...] = (), checked: date = TODAY) -> Entry:
    """The one entry of a book that says `text` on every channel."""
    (only,) = entries(book([answer(text, facts=facts, checked=checked)]))
    return only


class TestReadability:
    def test_the_floors_are_those_of_the_issue(self) -> None:
        assert (LEAST_KANDEL_MOLES, MOST_LIX, MOST_LIX_ON_AVERAGE) == (80, 40, 32)
        assert (LONGEST_SENTENCE, LONGEST_MEAN_SENTENCE) == (15, 10)

    def test_a_hard_text_is_told_with_its_scores_and_its_words(self) -> None:
        said = list(hard_to_read(entry(HARD)))
        assert ["Kandel-Moles" in fault for fault in said] == [True, False]
        assert "LIX" in said[1]
        assert all("« authentification »" in fault for fault in said)

    def test_an_easy_text_is_not(self) -> None:
        assert list(hard_to_read(entry(EASY))) == []

    def test_short_words_in_long_sentences(self) -> None:
        """Nothing but the mean is wrong: no sentence is over fifteen words."""
        (fault,) = hard_to_read(entry(("Un mot " * 6 + "là. ") * 3))
        assert fault.startswith("a des phrases de 13,0 mots en moyenne")

    def test_long_words_that_are_short_to_say(self) -> None:
        (fault,) = hard_to_read(entry("Elles trouvent. Elles peuvent. " * 4))
        assert fault.startswith("a trop de mots longs : LIX")

    def test_a_score_just_under_the_floor_is_not_told_as_the_floor(self) -> None:
        """79.96 rounded would read « 80,0 (au moins 80) »."""
        each = entry(EASY)
        vars(each)["measures"] = replace(each.measures, kandel_moles=79.96)
        (fault,) = hard_to_read(each)
        assert "79,9 sur l'échelle" in fault

    def test_all_texts_are_taken_together(self) -> None:
        """A hard text between easy ones does not make an entry hard, and its channels are all read."""
        mixed = replace(entry(EASY), texts=(*entry(EASY).texts, Text("essai", "more", "web", HARD[:80], False, False)))
        assert mixed.measures.words > entry(EASY).measures.words
        assert {text.channel for text in mixed.texts} == set(CHANNELS)
        assert list(hard_to_read(mixed)) == []

    def test_a_few_words_are_not_measured(self) -> None:
        assert list(hard_to_read(entry("Authentification administrative obligatoire."))) == []
        assert not entry("Un mot. " * 4).long_enough
        assert entry("Un mot. " * 5).measures.words == ENOUGH_WORDS

    def test_a_text_without_a_full_stop_does_not_run_into_the_next(self) -> None:
        assert entry("Un mot").measures.sentences == len(CHANNELS)

    def test_the_average_names_the_hardest(self) -> None:
        easy, hard = entry(EASY), replace(entry(HARD), name="dur")
        assert list(hard_on_average([easy, easy])) == []
        ((named, fault),) = hard_on_average([easy, hard])
        assert named.name == "dur"
        assert "en moyenne" in fault

    def test_the_average_of_nothing(self) -> None:
        assert list(hard_on_average([])) == list(hard_on_average([entry("Un.")])) == []

    def test_the_real_content_keeps_every_floor(self, guide: Guide) -> None:
        content = list(entries(guide.book))
        assert [(each.name, fault) for each in content for fault in hard_to_read(each)] == []
        assert list(hard_on_average(content)) == []


class TestShelfLife:
    FACT = Fact("B01", "Un fait.", "une source", "confirmed", TODAY)
    OLD = TODAY - SHELF_LIFE

    def test_a_fact_on_its_last_day(self) -> None:
        assert list(outdated(entry("Un.", facts=("B01",)), {"B01": replace(self.FACT, gathered=self.OLD)}, TODAY)) == []

    def test_a_fact_past_its_life_is_named(self) -> None:
        past = replace(self.FACT, gathered=date(2020, 1, 2))
        (fault,) = outdated(entry("Un.", facts=("B01",)), {"B01": past}, TODAY)
        assert fault == "est à relire : le fait B01 date du 02/01/2020"

    def test_a_text_not_read_for_too_long(self) -> None:
        assert list(outdated(entry("Un.", checked=self.OLD), {}, TODAY)) == []
        assert list(outdated(entry("Un.", checked=date(2020, 1, 2)), {}, TODAY)) == [
            "est à relire : relu le 02/01/2020"
        ]

    def test_a_fact_that_nothing_rests_on_may_age(self) -> None:
        assert list(outdated(entry("Un."), {"B01": replace(self.FACT, gathered=date(2020, 1, 2))}, TODAY)) == []

    def test_a_fact_that_does_not_exist_is_told_elsewhere(self) -> None:
        """`read_book` names it; here it must not raise."""
        assert list(outdated(entry("Un.", facts=("Z99",)), {}, TODAY)) == []


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
